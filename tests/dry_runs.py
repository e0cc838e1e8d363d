"""Dry runs of Snakemake."""

from forked_runs import ROOT as ROOT
from forked_runs import snakemake


def dry_run(folder, *arguments):
    """Return what ``snakemake --dry-run`` says in a folder, as :func:`subprocess.run` does."""
    return snakemake(folder, "--dry-run", *arguments)
