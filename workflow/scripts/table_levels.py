"""Accuracy over the delay levels that pruning keeps, and fine-tuning at each."""

from delaysnn.formats.metrics import read_metrics
from delaysnn.job import job
from delaysnn.paper.tables import summarise, write_table

with job(snakemake) as provenance:
    metrics = [read_metrics(path) for path in snakemake.input.metrics]
    quantities = [f"accuracy_{keep}levels" for keep in sorted(snakemake.params.levels)]
    cells = summarise(metrics, {}, ["pytorch"], [*quantities, "accuracy"])
    write_table(snakemake.output.table, cells, provenance)
