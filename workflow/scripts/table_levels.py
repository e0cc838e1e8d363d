"""Accuracy over the delay levels that pruning keeps, and over as many that it did not choose."""

from delaysnn.formats.metrics import read_metrics
from delaysnn.job import job
from delaysnn.paper.levels import quantities_of
from delaysnn.paper.tables import add_intervals, summarise, write_table

with job(snakemake) as provenance:
    metrics = [read_metrics(path) for path in snakemake.input.metrics]
    quantities = quantities_of(*(snakemake.params[key] for key in ("levels", "kept", "controls")))
    cells = summarise(metrics, {}, ["pytorch"], quantities)
    write_table(snakemake.output.table, add_intervals(cells, metrics), provenance)
