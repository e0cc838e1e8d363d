"""Pack code, configuration, tables, figures and report for a deposit."""

from pathlib import Path

from delaysnn.core.job import job
from delaysnn.core.metrics import read_json
from delaysnn.report.archive import pack

with job(snakemake):
    run = read_json(snakemake.input.run)
    pack(snakemake.output.archive, Path(snakemake.params.repository), list(snakemake.input), run)
