"""Bring the Spiking Heidelberg Digits here, from their publisher or a local folder, checked and unpacked."""

from delaysnn.core.job import job
from delaysnn.core.metrics import write_json
from delaysnn.data.download import download, known_archives

with job(snakemake) as provenance:
    targets = {role: snakemake.output[role] for role in ("train", "test")}
    archives = known_archives("shd", snakemake.params.mirrors)
    settings = {key: snakemake.params[key] for key in ("folder", "timeout_s")}
    source = {
        "source": "Spiking Heidelberg Digits, Cramer et al., IEEE TNNLS 2020",
        "licence": "CC BY 4.0",
        "files": download(archives, targets, **settings),
    }
    write_json(snakemake.output.provenance, {**source, "made_by": provenance})
