"""Accuracy over the delay levels that pruning keeps, and over as many that it did not choose."""

from delaysnn.core.job import job
from delaysnn.core.metrics import read_metrics
from delaysnn.report.levels import tabulate_levels
from delaysnn.report.tables import write_table

with job(snakemake) as provenance:
    metrics = [read_metrics(path) for path in snakemake.input.metrics]
    write_table(snakemake.output.table, tabulate_levels(metrics, snakemake.params.kept), provenance)
