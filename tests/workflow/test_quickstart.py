"""The notebook runs as it stands, with the library alone."""

import json
import re
from pathlib import Path

import nbformat
import pytest
import tomllib
from nbclient import NotebookClient

ROOT = Path(__file__).parents[2]
NOTEBOOK = nbformat.read(ROOT / "examples/quickstart.ipynb", as_version=4)
# Added behind its last cell: what it found and took, and what it imported.
ASK = """
import json, sys, time
modules = sorted({name.split(".")[0] for name in sys.modules})
found = {"accuracy": accuracy, "differences": int(queue.differences.sum()), "seconds": time.process_time()}
print(json.dumps(found | {"modules": modules}))
"""


@pytest.fixture(scope="module")
def ran(tmp_path_factory):
    cells = [*NOTEBOOK.cells, nbformat.v4.new_code_cell(ASK)]
    notebook = nbformat.v4.new_notebook(cells=[cell.copy() for cell in cells], metadata=NOTEBOOK.metadata)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(ROOT / "workflow"))
        NotebookClient(notebook, timeout=300).execute(cwd=tmp_path_factory.mktemp("notebook"))
    return notebook


@pytest.fixture
def found(ran):
    return json.loads(ran.cells[-1].outputs[0].text)


def test_it_is_kept_without_what_a_run_leaves_in_it():
    nbformat.validate(NOTEBOOK)
    assert NOTEBOOK.metadata.kernelspec.name == "python3"
    cells = [cell for cell in NOTEBOOK.cells if cell.cell_type == "code"]
    assert all(cell.outputs == [] and cell.execution_count is None for cell in cells)


def test_delays_tell_the_gestures_apart_and_the_queue_loses_nothing(found):
    accuracy = found["accuracy"]
    assert accuracy["20 delays"] > accuracy["no delays"] + 0.2
    assert min(accuracy["5 delays kept"], accuracy["8-bit integers"]) > 0.9
    assert found["differences"] == 0


def test_it_takes_less_than_a_minute_and_draws_every_plot(ran, found):
    assert found["seconds"] < 60
    outputs = [output for cell in ran.cells for output in cell.get("outputs", [])]
    assert sum("image/png" in output.get("data", {}) for output in outputs) == 4


def test_it_needs_what_a_plain_installation_brings(found):
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"].values()
    packages = {re.match(r"[\w-]+", package)[0].replace("-", "_").lower() for extra in extras for package in extra}
    # The kernel itself, and ourselves.
    assert packages & {*found["modules"]} == {"ipykernel", "delaysnn"}
