"""Accuracy over the delay levels that pruning keeps, and over as many that it did not choose."""

from delaysnn.core.job import job
from delaysnn.core.metrics import read_metrics
from delaysnn.report.levels import quantities_of
from delaysnn.report.tables import add_intervals, summarise, write_table

with job(snakemake) as provenance:
    metrics = [read_metrics(path) for path in snakemake.input.metrics]
    quantities = quantities_of(*(snakemake.params[key] for key in ("levels", "kept", "controls")))
    cells = summarise(metrics, {}, ["pytorch"], quantities)
    write_table(snakemake.output.table, add_intervals(cells, metrics), provenance)
