"""What a rule's hash of code depends on: what its script imports, and nothing else."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from delaysnn.core.imports import imported

ROOT = Path(__file__).parents[2]
LIBRARY = ROOT / "workflow/delaysnn"
STATEMENT = "\n_ADDED = 1\n"
HASH = "import sys; from delaysnn.core.imports import code_of; print(code_of(*sys.argv[1:]))"


@pytest.fixture
def copy(tmp_path):
    """A copy of the workflow that can be changed."""
    ignored = shutil.ignore_patterns("__pycache__", "*.nbc", "*.nbi")
    return Path(shutil.copytree(ROOT / "workflow", tmp_path / "workflow", ignore=ignored))


def code(workflow, script):
    command = [sys.executable, "-c", HASH, str(workflow / f"scripts/{script}.py")]
    run = subprocess.run(command, env={"PYTHONPATH": str(workflow)}, capture_output=True, text=True, check=True)
    return run.stdout


def add(workflow, module, text=STATEMENT):
    file = workflow / "delaysnn" / module
    file.write_text(file.read_text() + text)


# One of each room that training does not need.
@pytest.mark.parametrize(
    "module",
    [
        "core/lock.py",
        "settings/configuration.py",
        "data/cochlea.py",
        "networks/nir_graph.py",
        "platforms/seneca/inference.py",
        "platforms/loihi/mapping.py",
        "queues/structures/scdq.py",
        "costs/lines.py",
        "report/style.py",
    ],
)
def test_what_training_does_not_import_retrains_nothing(copy, module):
    before = code(copy, "train_network")
    add(copy, module)
    assert code(copy, "train_network") == before


@pytest.mark.parametrize(
    "module", ["training/layers.py", "training/native/layer.cpp", "core/network.py", "core/spike_trains.py"]
)
def test_what_training_imports_trains_anew(copy, module):
    before = code(copy, "train_network")
    add(copy, module)
    assert code(copy, "train_network") != before


def test_comments_and_docstrings_change_no_result(copy):
    before = code(copy, "train_network")
    add(copy, "training/layers.py", "\n# A comment.\n")
    file = copy / "delaysnn/core/network.py"
    first, rest = file.read_text().split("\n", 1)
    assert first.startswith('"""')
    file.write_text('"""Something else."""\n' + rest)
    add(copy, "settings/training.py", '\n"""Explanation of an attribute."""\n')
    assert code(copy, "train_network") == before


def test_what_a_function_imports_when_called_counts(copy):
    script = copy / "scripts/train_network.py"
    script.write_text(script.read_text() + "\ndef late():\n    import delaysnn.queues.structures.scdq\n")
    before = code(copy, "train_network")
    add(copy, "queues/structures/scdq.py")
    assert code(copy, "train_network") != before


@pytest.mark.parametrize("script", sorted((ROOT / "workflow/scripts").glob("*.py")), ids=lambda path: path.stem)
def test_every_script_is_followed_to_the_library(script):
    assert LIBRARY / "core/errors.py" in imported(script)
