"""Pack code, configuration, tables, figures and report for a deposit."""

from pathlib import Path

from delaysnn.formats.metrics import read_json
from delaysnn.job import job
from delaysnn.paper.archive import pack

with job(snakemake):
    run = read_json(snakemake.input.run)
    pack(snakemake.output.archive, Path(snakemake.params.repository), list(snakemake.input), run)
