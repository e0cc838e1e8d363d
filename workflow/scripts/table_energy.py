"""Paper Table III: energy, latency and memory of an inference on every platform."""

from delaysnn.core.job import job
from delaysnn.core.metrics import read_json, read_metrics
from delaysnn.report.estimates import estimate_table, model_errors
from delaysnn.report.published import published_beside
from delaysnn.report.tables import outputs, write_table

PLATFORMS = ["loihi_1core", "seneca_scdq", "seneca_software"]
QUANTITIES = ["energy", "latency", "memory", "delay_ip_energy"]

with job(snakemake) as provenance:
    metrics = [read_metrics(path) for path in snakemake.input.metrics]
    published = published_beside(snakemake.input.published, snakemake.params.shapes, outputs(provenance))
    validation = [row for path in snakemake.input.validation for row in read_json(path)["rows"]]
    table = estimate_table(metrics, published, PLATFORMS, QUANTITIES, model_errors(validation))
    write_table(snakemake.output.table, table, provenance)
