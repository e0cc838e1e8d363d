"""What a rule's hash of code depends on: what its script imports, and nothing else."""

import ast
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from delaysnn.core import imports
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
        "neurons/adlif.py",
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
    "module",
    [
        *("training/layers.py", "training/native/layer.cpp", "training/gpu/scan.py", "neurons/lif.py"),
        *("core/network.py", "core/spike_trains.py"),
    ],
)
def test_what_training_imports_trains_anew(copy, module):
    before = code(copy, "train_network")
    add(copy, module)
    assert code(copy, "train_network") != before


def test_networks_are_trained_anew_when_their_neuron_changes_alone(copy):
    def hashes():
        command = [sys.executable, "-c", HASH, copy / "scripts/train_network.py"]
        environment = {"PYTHONPATH": str(copy)}
        return [
            subprocess.run(
                [*command, copy / f"delaysnn/neurons/{name}.py"], env=environment, capture_output=True, check=True
            ).stdout
            for name in ("lif", "adlif")
        ]

    lif, adaptive = hashes()
    add(copy, "neurons/adlif.py")
    again, changed = hashes()
    assert again == lif and changed != adaptive


def test_comments_and_docstrings_change_no_result(copy):
    before = code(copy, "train_network")
    add(copy, "training/layers.py", "\n# A comment.\n")
    file = copy / "delaysnn/core/network.py"
    text = file.read_text()
    file.write_text(text.replace(ast.get_docstring(ast.parse(text)), "Something else."))
    assert file.read_text() != text
    assert code(copy, "train_network") == before


def test_what_a_function_imports_when_called_counts(copy):
    script = copy / "scripts/train_network.py"
    script.write_text(script.read_text() + "\ndef late():\n    import delaysnn.queues.structures.scdq\n")
    before = code(copy, "train_network")
    add(copy, "queues/structures/scdq.py")
    assert code(copy, "train_network") != before


@pytest.mark.parametrize(
    "line",
    [
        "from .spike_trains import SpikeTrains",
        "from . import spike_trains",
        "from ..core.spike_trains import SpikeTrains",
        "from delaysnn import SpikeTrains",
        "import delaysnn",
        "import importlib; importlib.import_module('delaysnn.core.spike_trains')",
        "from importlib import import_module; import_module('delaysnn.core.spike_trains')",
    ],
)
def test_every_way_to_import_is_followed(copy, line):
    (copy / "delaysnn/core/added.py").write_text(line)
    script = copy / "scripts/train_network.py"
    script.write_text("import delaysnn.core.added")
    before = code(copy, "train_network")
    add(copy, "core/spike_trains.py")
    assert code(copy, "train_network") != before


@pytest.mark.parametrize(
    ("text", "file"), [("table.csv", "table.csv"), ("tables", "tables/a.yaml"), ("b/c.npy", "b/c.npy")]
)
def test_a_file_of_another_kind_counts_where_a_module_names_it(copy, text, file):
    (copy / "delaysnn/core/added.py").write_text(f"NAME = {text!r}")
    path = copy / "delaysnn/core" / file
    path.parent.mkdir(exist_ok=True)
    path.write_text("1")
    (copy / "scripts/train_network.py").write_text("import delaysnn.core.added")
    before = code(copy, "train_network")
    path.write_text("2")
    assert code(copy, "train_network") != before
    (copy / "delaysnn/core/other.txt").write_text("named by nobody")
    assert code(copy, "train_network") != before


def test_methods_that_are_not_called_count_only_where_others_name_them(tmp_path):
    file = tmp_path / "chip.py"

    def written(run, price):
        file.write_text(f"class Chip:\n    def run(self):\n        {run}\n    def price(self):\n        {price}\n")
        imports._read.cache_clear()
        found = imported(file, without=["price"])
        return imports.code_of(file, without=["price"]), LIBRARY / "core/lock.py" in found

    use = "import delaysnn.core.lock"
    one, followed = written("return 1", use)
    assert not followed
    assert written("return 1", "return 3") == (one, False)
    assert written("return 2", use)[0] != one
    calling, followed = written("return self.price()", use)
    assert followed
    assert written("return self.price()", "return 3")[0] != calling


@pytest.mark.parametrize("script", sorted((ROOT / "workflow/scripts").glob("*.py")), ids=lambda path: path.stem)
def test_every_script_is_followed_to_the_library(script):
    assert LIBRARY / "core/errors.py" in imported(script)
