"""What was counted: operations and queue events of every network, the paper's from its printed spikes beside."""

from delaysnn.core.job import job
from delaysnn.core.metrics import read_json, read_metrics
from delaysnn.report.operations import operation_table
from delaysnn.report.published import namesakes
from delaysnn.report.tables import outputs, write_table

with job(snakemake) as provenance:
    metrics = [read_metrics(path) for path in snakemake.input.metrics]
    loihi, seneca = (read_json(path) for path in snakemake.input.validation)
    names = namesakes(snakemake.input.published, snakemake.params.shapes, outputs(provenance))
    counts = {"loihi": loihi["counts"], "seneca": seneca["counts"]}
    table = operation_table(metrics, counts, seneca["asked"], seneca["software"], names)
    write_table(snakemake.output.table, table, provenance)
