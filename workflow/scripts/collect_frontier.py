"""Collect what the search found: its last round, and the winner within each budget."""

from delaysnn.core.job import job
from delaysnn.core.metrics import read_json, read_metrics, write_json
from delaysnn.frontier.budgets import QUANTITIES
from delaysnn.frontier.results import summarise

with job(snakemake) as provenance:
    best = read_json(snakemake.input.winners)
    parts = {name: list(map(read_metrics, snakemake.input[name])) for name in ("validation", "test", "energies")}
    best = {key: best[key] for key in QUANTITIES if key in best}
    write_json(snakemake.output.frontier, {**summarise(best=best, **parts), "provenance": provenance})
