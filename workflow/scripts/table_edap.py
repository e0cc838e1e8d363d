"""Energy times latency times area of Seneca, with SCDQ and with a queue in software."""

from delaysnn.formats.metrics import read_json, read_metrics
from delaysnn.job import job
from delaysnn.paper.estimates import estimate_table, model_errors
from delaysnn.paper.published import published_beside
from delaysnn.paper.tables import outputs, write_table
from delaysnn.seneca.edap import edap_errors

PLATFORMS = ["seneca_scdq_flip_flop", "seneca_scdq_sram", "seneca_software"]

with job(snakemake) as provenance:
    metrics = [read_metrics(path) for path in snakemake.input.metrics]
    published = published_beside(snakemake.input.published, snakemake.params.shapes, outputs(provenance))
    validation = [row for path in snakemake.input.validation for row in read_json(path)["rows"]]
    table = estimate_table(metrics, published, PLATFORMS, ["edap"], edap_errors(model_errors(validation)))
    write_table(snakemake.output.table, table, provenance)
