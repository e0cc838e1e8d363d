"""Build the environment in which Lava runs."""

from pathlib import Path

from delaysnn.job import job
from delaysnn.loihi.environment import build

with job(snakemake):
    ready = Path(snakemake.output.ready)
    build(ready.parent, Path(snakemake.input.requirements))
    ready.touch()
