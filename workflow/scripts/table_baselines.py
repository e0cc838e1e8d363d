"""Networks with delays beside those without, and beside networks that do not spike."""

from delaysnn.core.job import job
from delaysnn.core.metrics import read_json, read_metrics
from delaysnn.report.card import baseline_metrics
from delaysnn.report.tables import add_intervals, summarise, write_table

with job(snakemake) as provenance:
    metrics = [read_metrics(path) for path in snakemake.input.metrics]
    metrics += baseline_metrics(read_json(snakemake.input.card))
    quantities = ["parameters", "accuracy", "accuracy_membranes"]
    table = summarise(metrics, {}, ["pytorch"], quantities, ["phase"])
    write_table(snakemake.output.table, add_intervals(table, metrics), provenance)
