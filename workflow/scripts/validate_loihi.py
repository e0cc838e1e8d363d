"""Compare Loihi's cost model with the paper's cells: fitted, and each network left out of the fit."""

from pathlib import Path

import yaml

from delaysnn.formats.metrics import write_json
from delaysnn.job import job
from delaysnn.loihi.cost import validate

with job(snakemake):
    constants, published = (
        yaml.safe_load(Path(path).read_text()) for path in (snakemake.input.constants, snakemake.input.published)
    )
    write_json(snakemake.output.rows, validate(published, constants, snakemake.params.fitted))
