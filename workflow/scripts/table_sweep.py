"""Accuracy, energy and memory on Loihi over delay levels kept and bits a weight."""

from delaysnn.core.job import job
from delaysnn.core.metrics import read_metrics
from delaysnn.report.estimates import summarise_ways
from delaysnn.report.tables import add_intervals, write_table

QUANTITIES, SETTINGS = ["accuracy", "energy", "memory"], ["levels", "bits"]
WAYS = ["measured", "calibrated", "counted"]

with job(snakemake) as provenance:
    metrics = [read_metrics(path) for path in snakemake.input.metrics]
    cells = summarise_ways(metrics, {}, ["loihi_1core"], QUANTITIES, WAYS, SETTINGS)
    write_table(snakemake.output.table, add_intervals(cells, metrics), provenance)
