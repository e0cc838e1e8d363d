"""The environment that make sets up: by the right Python, whole, and for this folder."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def folder(tmp_path):
    """A folder in which an environment holds nothing."""
    folder = tmp_path / "with spaces"
    shutil.copytree(ROOT / "envs", folder / "envs")
    for name in ("Makefile", "pyproject.toml"):
        shutil.copy(ROOT / name, folder)
    return folder


def make(folder, *arguments):
    run = subprocess.run(["make", ".venv/ready", *arguments], cwd=folder, capture_output=True, text=True, check=False)
    return run.returncode, run.stdout + run.stderr


@pytest.mark.parametrize("python", ["/no/such/python3.11", "false", "true", "echo"])
def test_a_python_that_is_none_is_named(folder, python):
    code, said = make(folder, f"PYTHON={python}")
    assert code and f"PYTHON is {python}, but Python 3.11 is needed" in said
    assert not (folder / ".venv").exists()


def test_a_python_of_another_version_is_named(folder, tmp_path):
    other = tmp_path / "other python"
    other.write_text("#!/bin/sh\ntest $1 = --version && echo Python 3.12.1\n")
    other.chmod(0o755)
    code, said = make(folder, f"PYTHON={other}")
    assert code and f"PYTHON is {other}, but Python 3.11 is needed: Python 3.12.1." in said
    assert not (folder / ".venv").exists()


def test_what_is_half_made_or_was_moved_is_made_anew(folder):
    def commands(folder):
        return make(folder, f"PYTHON={sys.executable}", "--dry-run")[1]

    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder / ".venv"], check=True)
    assert "-m venv --clear .venv" in commands(folder)
    (folder / ".venv/ready").touch()
    assert "up to date" in commands(folder)
    (folder / "own").mkdir()
    (folder / ".venv").rename(folder / "whole")
    (folder / ".venv").symlink_to("own")
    assert "-m venv  .venv" in commands(folder)
    (folder / ".venv").unlink()
    (folder / "whole").rename(folder / ".venv")
    linked = folder.with_name("linked")
    linked.symlink_to(folder)
    assert "up to date" in commands(linked)
    # What is whole is brought up to date, so that nothing is fetched twice.
    os.utime(folder / ".venv/ready", (0, 0))
    assert "-m venv  .venv" in commands(folder)
    (folder / ".venv/ready").touch()
    moved = folder.rename(folder.with_name("moved"))
    assert "was moved or copied" in commands(moved) and "-m venv --clear .venv" in commands(moved)
