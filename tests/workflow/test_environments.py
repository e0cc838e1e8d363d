"""Environments that are there already: used, or left as they are."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def snakemake(folder, *arguments):
    command = [sys.executable, "-m", "snakemake", "--snakefile", ROOT / "Snakefile", "--directory", folder]
    return subprocess.run([*command, *arguments], capture_output=True, text=True, check=False)


def test_an_environment_older_than_the_clone_is_used(tmp_path):
    ready = tmp_path / ".envs/lava/ready"
    ready.parent.mkdir(parents=True)
    ready.touch()
    os.utime(ready, (1, 1))
    run = snakemake(tmp_path, "-n", ".envs/lava/ready")
    assert run.returncode == 0 and "Nothing to be done" in run.stdout + run.stderr, run.stdout + run.stderr


@pytest.mark.parametrize("name", ["lava", "peers"])
def test_an_environment_that_is_a_link_is_not_made_anew(tmp_path, name):
    own = tmp_path / "own"
    own.mkdir()
    # Older than what the environment of peers is made by.
    for file in ("file", "ready") if name == "peers" else ("file",):
        (own / file).touch()
        os.utime(own / file, (1, 1))
    (tmp_path / ".envs").mkdir()
    (tmp_path / f".envs/{name}").symlink_to(own)
    before = sorted(own.iterdir())
    run = snakemake(tmp_path, "--cores", "1", f".envs/{name}/ready")
    assert run.returncode != 0
    assert f".envs/{name}: is a link to {own}, so nothing is built or deleted" in run.stdout + run.stderr
    assert sorted(own.iterdir()) == before
