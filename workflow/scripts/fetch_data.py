"""Bring the configured data here: download, synthesise, encode or import them."""

from delaysnn.core.job import job
from delaysnn.core.metrics import write_json
from delaysnn.data.sources import registered

with job(snakemake) as provenance:
    source, settings = registered()[snakemake.params.source], snakemake.params.settings
    targets = {role: snakemake.output[role] for role in source.roles_of(settings)}
    files = source.fetch(settings, targets, snakemake.threads)
    provenance["inputs"] = source.input_checksums(settings) or provenance["inputs"]
    write_json(snakemake.output.provenance, {**source.origin(settings), "files": files, "made_by": provenance})
