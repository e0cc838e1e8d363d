"""What made these results: commit, configuration, data and versions."""

import platform

from delaysnn.core.job import job
from delaysnn.core.metrics import read_json, write_json

with job(snakemake) as provenance:
    data = read_json(snakemake.input.data) | {"name": snakemake.params.dataset}
    made_by = {"packages": provenance["packages"], "python": platform.python_version()}
    write_json(
        snakemake.output.run,
        {"code": snakemake.params.commit, "config": snakemake.params.config, "data": data, "made_by": made_by},
    )
