"""An environment of another tool, as its rule builds it."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]


def build(folder, name):
    """Build it below a folder; return its Python."""
    command = [sys.executable, "-m", "snakemake", "--snakefile", ROOT / "Snakefile", "--directory", folder]
    command += ["--configfile", ROOT / "config/quick.yaml", "--cores", "1", "--", f".envs/{name}/ready"]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout[-2000:] + run.stderr[-2000:]
    return folder / f".envs/{name}/bin/python"
