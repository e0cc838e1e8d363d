"""Variants of the delay queue: events touched and memory needed."""

from delaysnn.core.job import job
from delaysnn.core.metrics import read_metrics
from delaysnn.queues import registered
from delaysnn.report.tables import summarise, write_table

VARIANTS = [name for name, structure in registered().items() if structure.run]

with job(snakemake) as provenance:
    metrics = [read_metrics(path) for path in snakemake.input.metrics]
    write_table(snakemake.output.table, summarise(metrics, {}, VARIANTS, ["pops", "peak"]), provenance)
