"""The library on its own: what a wheel holds, what it needs, and that its version is the same everywhere."""

import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
import tomllib
import yaml

import delaysnn

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
PYTHONS = re.findall(r"Python :: (3\.\d+)", " ".join(PROJECT["classifiers"]))


def run(*command, **options):
    done = subprocess.run(command, capture_output=True, text=True, check=False, **options)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    """The files that make the library; a build leaves its own beside them."""
    folder = tmp_path_factory.mktemp("source")
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, folder)
    shutil.copytree(
        ROOT / "workflow/delaysnn", folder / "workflow/delaysnn", ignore=shutil.ignore_patterns("__pycache__")
    )
    return folder


def test_a_wheel_holds_every_file_of_the_library(source, tmp_path):
    wanted = {str(path.relative_to(source / "workflow")) for path in source.rglob("delaysnn/**/*") if path.is_file()}
    run(sys.executable, "-m", "uv", "build", "--wheel", "--no-build-isolation", "--out-dir", tmp_path, source)
    with zipfile.ZipFile(*tmp_path.glob("*.whl")) as wheel:
        assert {name for name in wheel.namelist() if "dist-info" not in name} == wanted


def test_the_version_is_the_same_everywhere():
    assert yaml.safe_load((ROOT / "CITATION.cff").read_text())["version"] == delaysnn.__version__
    newest = re.search(r"^## (\d\S*)", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert newest[1] == delaysnn.__version__


@pytest.mark.parametrize(
    ("python", "extras"), [*((python, ("report", "rtl")) for python in PYTHONS), ("3.10", ["lava"])]
)
def test_every_python_finds_wheels_of_all_that_the_library_needs(python, extras):
    named = [word for extra in extras for word in ("--extra", extra)]
    command = ["uv", "pip", "compile", "--only-binary", ":all:", "--python-version", python, *named]
    found = run(sys.executable, "-m", *command, "--excludes", "envs/cuda.txt", "pyproject.toml", cwd=ROOT)
    assert "torch==" in found


def test_the_names_that_most_need_are_there_but_imported_only_when_asked_for():
    code = "import delaysnn, sys; print(*delaysnn.__all__, 'numpy' in sys.modules, hasattr(delaysnn, 'nothing'))"
    *names, numpy, nothing = run(sys.executable, "-c", code).split()
    assert numpy == nothing == "False"
    assert {"DelayNetwork", "fit", "prune", "read_network", "SpikeTrains", "run_queue", "simulate"} < set(names)
    assert all(getattr(delaysnn, name).__name__ == name for name in names)
    assert set(names) < set(dir(delaysnn))


def test_github_and_pre_commit_check_what_is_checked_here():
    jobs = yaml.safe_load((ROOT / ".github/workflows/test.yml").read_text())["jobs"]
    assert jobs["library"]["strategy"]["matrix"]["python"] == PYTHONS
    assert {"run": "bash .ci/run"} in jobs["everything"]["steps"] and "make test" in (ROOT / ".ci/run").read_text()
    run(sys.executable, "-m", "pre_commit", "validate-config", ROOT / ".pre-commit-config.yaml")
    hooks = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())["repos"][0]["hooks"]
    for hook in hooks:
        run(*hook["entry"].split(), "--dry-run", "--assume-old=.venv/ready", cwd=ROOT)


def test_the_library_does_alone_what_is_promised(tmp_path):
    assert run(sys.executable, ROOT / "tests/use_library.py", cwd=tmp_path).strip() == delaysnn.__version__


@pytest.mark.slow
def test_an_empty_environment_gets_all_that_the_library_needs(source, tmp_path):
    run(sys.executable, "-m", "venv", tmp_path / "empty")
    python = tmp_path / "empty/bin/python"
    run(python, "-m", "pip", "install", "--quiet", source)
    assert run(python, ROOT / "tests/use_library.py", "--installed", cwd=tmp_path).strip() == delaysnn.__version__
