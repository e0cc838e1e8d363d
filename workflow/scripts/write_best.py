"""Write an overlay for the winner within a budget, which trains and deploys it."""

from pathlib import Path

from delaysnn.core.files import atomic
from delaysnn.core.job import job
from delaysnn.core.metrics import read_json
from delaysnn.frontier.results import write_overlay

with job(snakemake):
    params = snakemake.params
    frontier = read_json(snakemake.input.frontier)
    text = write_overlay(frontier, params.budget, params.config, Path(params.repository))
    with atomic(snakemake.output.overlay) as temporary:
        temporary.write_text(text)
