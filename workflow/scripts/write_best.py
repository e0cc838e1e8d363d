"""Write an overlay for the winner within each budget of memory, which trains and deploys it."""

from pathlib import Path

from delaysnn.core.files import atomic
from delaysnn.core.job import job
from delaysnn.core.metrics import read_json
from delaysnn.frontier.results import write_overlay

with job(snakemake):
    frontier, root = read_json(snakemake.input.frontier), Path(snakemake.params.repository)
    for budget, overlay in zip(snakemake.params.budgets_kb, snakemake.output, strict=True):
        with atomic(overlay) as temporary:
            temporary.write_text(write_overlay(frontier, budget, snakemake.params.config, root))
