"""Energy times latency times area of Seneca, with SCDQ and with a queue in software."""

from delaysnn.core.job import job
from delaysnn.core.metrics import read_json, read_metrics
from delaysnn.platforms.seneca.edap import edap_errors
from delaysnn.report.estimates import estimate_table, model_errors
from delaysnn.report.published import published_beside
from delaysnn.report.tables import outputs, write_table

PLATFORMS = ["seneca_scdq_flip_flop", "seneca_scdq_sram", "seneca_software"]

with job(snakemake) as provenance:
    metrics = [read_metrics(path) for path in snakemake.input.metrics]
    published = published_beside(snakemake.input.published, snakemake.params.shapes, outputs(provenance))
    validation = [row for path in snakemake.input.validation for row in read_json(path)["rows"]]
    table = estimate_table(metrics, published, PLATFORMS, ["edap"], edap_errors(model_errors(validation)))
    write_table(snakemake.output.table, table, provenance)
