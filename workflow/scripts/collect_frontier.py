"""Collect what the search found: its last round, and the winner within each budget."""

from delaysnn.core.job import job
from delaysnn.core.metrics import read_json, read_metrics, write_json
from delaysnn.frontier.results import summarise

with job(snakemake) as provenance:
    budgets = read_json(snakemake.input.winners)["budgets_kb"]
    validation, test = (list(map(read_metrics, snakemake.input[name])) for name in ("validation", "test"))
    write_json(snakemake.output.frontier, {**summarise(validation, test, budgets), "provenance": provenance})
