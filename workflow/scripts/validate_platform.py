"""Compare a platform's cost model with the paper's cells: fitted, and each network left out of the fit."""

from delaysnn.core.job import job
from delaysnn.core.metrics import write_json
from delaysnn.platforms import registered
from delaysnn.platforms.constants import read_basis

with job(snakemake):
    platform = registered()[snakemake.wildcards.platform]
    basis = read_basis(snakemake.input.constants, snakemake.input.published, platform.fitted)
    write_json(snakemake.output.rows, platform.validate(basis))
