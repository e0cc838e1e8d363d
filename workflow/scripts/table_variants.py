"""Variants of the delay queue: events touched and memory needed."""

from delaysnn.core.job import job
from delaysnn.core.metrics import read_metrics
from delaysnn.report.tables import summarise, write_table

VARIANTS = ["scdq", "no_early_drop", "stride_units", "hierarchical", "shared_by_layers", "single_fifo"]

with job(snakemake) as provenance:
    metrics = [read_metrics(path) for path in snakemake.input.metrics]
    write_table(snakemake.output.table, summarise(metrics, {}, VARIANTS, ["pops", "peak"]), provenance)
