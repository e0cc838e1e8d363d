"""Other people's machines: folders with spaces, no compiler, an empty home, another workflow that uses this one."""

import json
import os
import re
import resource
import subprocess
import sys
from pathlib import Path

import forked_runs
import pytest
import yaml
from private import find_private

from delaysnn.core.files import sha256

ROOT = Path(__file__).parents[2]
COMPILERS = re.compile(r"^(.*-)?(c\+\+|g\+\+|gcc|cc|clang|clang\+\+)(-[\d.]+)?$")
REDUCED = Path("tests/workflow/reduced.yaml")
MINE = """
rule mine:
    input: "results/metrics/capacity.json"
    output: "mine.json"
    shell: "cp {input} {output}"
"""


def snakemake(folder, *arguments):
    command = [sys.executable, "-m", "snakemake", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("overlay", ["config/config.yaml", "config/quick.yaml"])
def test_lint_finds_nothing_but_missing_conda_environments(overlay):
    # Its environment is the one that runs Snakemake; a conda environment a rule would install torch once more.
    run = forked_runs.snakemake(ROOT, "--lint", f"--configfile={overlay}")
    titles = re.findall(r"^    \* (.*):$", run.stdout + run.stderr, re.MULTILINE)
    assert set(titles) == {"Specify a conda environment or container for each rule."}


def test_the_catalog_can_read_what_the_workflow_needs():
    usage = yaml.safe_load((ROOT / ".snakemake-workflow-catalog.yml").read_text())["usage"]
    assert {"mandatory-flags", "software-stack-deployment", "report"} <= set(usage)
    assert {"snakemake", "workflow"} <= set(re.findall(r"\w+", (ROOT / "README.md").read_text().lower()))
    assert (ROOT / "workflow/Snakefile").exists() and (ROOT / "config/README.md").exists()


def test_another_workflow_uses_this_one_as_a_module(tmp_path):
    page = (ROOT / "docs/reproducibility.md").read_text()
    (module,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    (tmp_path / "Snakefile").write_text(module.replace("path/to/this/repository", str(ROOT)) + MINE)
    run = snakemake(tmp_path, "--cores", "1", "mine", "results/figures/pipeline.svg")
    assert run.returncode == 0, run.stdout + run.stderr
    assert json.loads((tmp_path / "mine.json").read_text())
    # The pipeline's rules have other names there.
    assert "train" in (tmp_path / "results/figures/pipeline.svg").read_text()


def clone(folder):
    """Clone the repository and make its environment as the README says, with an empty home."""
    subprocess.run(["git", "clone", "--quiet", ROOT, folder], check=True)
    home = folder.parent / "home"
    home.mkdir(exist_ok=True)
    environment = os.environ | {"HOME": str(home)}
    for name in ("PYTHONPATH", "VIRTUAL_ENV", "CI"):
        environment.pop(name, None)
    return environment


def run_reduced(folder, environment):
    make(folder, environment, ".venv/ready")
    command = [".venv/bin/snakemake", "--cores", "all", f"--configfile={REDUCED}"]
    run = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout[-4000:] + run.stderr[-4000:]
    return {path.name: sha256(path) for path in sorted((folder / "results/tables").glob("*.csv"))}


def make(folder, environment, *arguments):
    run = subprocess.run(["make", *arguments], cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout[-4000:] + run.stderr[-4000:]


@pytest.mark.slow  # an environment of its own
def test_the_first_look_trains_nothing_and_takes_less_than_a_minute_of_one_core(tmp_path):
    folder = tmp_path / "clone"
    environment = clone(folder)
    make(folder, environment, ".venv/ready")
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    make(folder, environment, "demo")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 60
    assert {path.name for path in (folder / "results").iterdir()} == {"demo.html"}
    assert find_private(folder / "results") == []


@pytest.mark.slow
def test_two_clones_make_the_same_tables_whatever_their_folders_are_called(tmp_path):
    folders = [tmp_path / "plain", tmp_path / "with spaces & 'quotes'"]
    environments = [clone(folder) for folder in folders]
    first, second = map(run_reduced, folders, environments)
    assert len(first) > 10
    assert first == second
    for folder in folders:
        assert find_private(folder / "results") == []
    make(folders[1], environments[1], "clean")
    assert not (folders[1] / "results").exists()


@pytest.mark.slow
def test_without_a_compiler_the_chain_runs_and_says_what_it_leaves_out(tmp_path):
    folder = tmp_path / "clone"
    programs = tmp_path / "programs"
    programs.mkdir()
    for place in os.environ["PATH"].split(os.pathsep):
        for program in Path(place).glob("*"):
            if not COMPILERS.search(program.name) and not (programs / program.name).exists():
                (programs / program.name).symlink_to(program)
    environment = clone(folder) | {"PATH": str(programs)}
    tables = run_reduced(folder, environment)
    assert {"energy.csv", "fidelity.csv", "equality.csv"} <= set(tables)
    assert "scdq_rtl" not in (folder / "results/tables/equality.csv").read_text()
    log = (folder / "logs/spoken_digits/48/seed1/train_network.log").read_text()
    assert "no compiled kernels: training runs in pure torch" in log
