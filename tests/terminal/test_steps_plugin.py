"""Snakemake itself with the logger plugin that profiles/default names."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
EVENTS = "results/metrics/events.json"


def snakemake(folder, *arguments):
    command = [sys.executable, "-m", "snakemake", "--snakefile", ROOT / "Snakefile", "--directory", folder]
    command += ["--configfile", ROOT / "config/quick.yaml", "--cores", "1", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("steps")


def test_a_run_says_what_it_is_of_and_snakemakes_own_lines_are_in_its_log(folder):
    run = snakemake(folder, "--", EVENTS)
    assert run.returncode == 0, run.stderr
    lines = [line for line in run.stderr.splitlines() if not line.startswith(("Using workflow", "Config file"))]
    assert lines == ["Data: spoken digits. 1 step, about 5 seconds on 1 core. Logs of all steps are in logs/."]
    [log] = (folder / ".snakemake/log").glob("*.log")
    assert "rule trace_events:" in log.read_text()


def test_a_dry_run_shows_what_snakemake_does_and_no_command_that_is_none(folder):
    run = snakemake(folder, "--dry-run", "--", "results/metrics/capacity.json")
    assert "Job stats:" in run.stdout and re.search("rule compute_capacity:", run.stdout)
    assert "Shell command: None" not in run.stdout + run.stderr
