"""Structures are found by their files, and are in everything that the tables are made from."""

import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import yaml

from delaysnn.core.errors import InputError
from delaysnn.core.traces import Traces, decide
from delaysnn.platforms.seneca.inference import infer
from delaysnn.queues import registered
from delaysnn.queues.compare import compare

ROOT = Path(__file__).parents[2]
LIBRARY = ROOT / "workflow/delaysnn"
CONSTANTS = yaml.safe_load((ROOT / "config/hardware/seneca.yaml").read_text())


@pytest.fixture(scope="module")
def deployed(trace):
    network, inputs = trace
    layers = infer(network, inputs)
    return network, inputs, Traces(layers, decide(layers[-1]), decide(layers[-1]), "seneca")


def test_a_structure_does_something_and_looks_like_one():
    for structure in registered().values():
        assert structure.label and re.fullmatch("#[0-9a-f]{6}", structure.colour)
        assert structure.variant_of == "" or structure.variant_of in registered()
        assert structure.run or structure.need


def test_to_list_structures_compiles_nothing():
    code = "import sys; from delaysnn.queues import registered; registered(); sys.exit('numba' in sys.modules)"
    assert (
        subprocess.run([sys.executable, "-c", code], env=os.environ | {"PYTHONPATH": str(LIBRARY.parent)}).returncode
        == 0
    )


def test_every_structure_is_in_what_its_tables_are_made_from(deployed):
    cells, details = compare(*deployed, CONSTANTS)
    found = {(cell.platform, cell.quantity) for cell in cells}
    for name, structure in registered().items():
        assert ((name, "pops") in found, (name, "needed_bits") in found) == (bool(structure.run), bool(structure.need))
        assert (name in details["curves"]) == bool(structure.bits_at)
    compared = [entry["comparison"] for entry in details["equality"]]
    ours = ["no_early_drop", "stride_units", "hierarchical", "shared_by_layers"]
    assert compared[:5] == ["scdq_simulator", *(f"scdq_{name}" for name in ours)]
    assert {entry["spikes"] > 0 for entry in details["equality"]} == {True}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"differences": 3}, r"scdq delivers (\d+) events, but the dense product has \1: 3 differ; correct its run"),
        ({"deliveries": 7}, r"scdq delivers 7 events, but the dense product has \d+: 0 differ"),
        (
            {"pops": np.zeros(2, int)},
            r"pops of scdq has shape \(2,\), smallest 0; return a count for each of 3 samples",
        ),
        ({"pops": np.full(3, -1)}, r"pops of scdq has shape \(3,\), smallest -1; return a count"),
        ({"pops": 5}, r"pops of scdq is 5; return a count for each of 3 samples"),
    ],
)
def test_a_structure_that_delivers_something_else_stops_the_rule(deployed, monkeypatch, change, said):
    scdq = registered()["scdq"]
    other = replace(scdq, run=lambda ports, depth: replace(scdq.run(ports, depth), **change))
    monkeypatch.setattr("delaysnn.queues.compare.registered", lambda: {"scdq": other})
    with pytest.raises(InputError, match=r"^queues/structures/scdq\.py: " + said):
        compare(*deployed, CONSTANTS)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -1.0, "many"])
def test_a_structure_that_needs_no_finite_number_stops_the_rule(deployed, monkeypatch, value):
    history = registered()["history"]
    other = replace(history, need=lambda *given: replace(history.need(*given), accesses=value))
    monkeypatch.setattr("delaysnn.queues.compare.registered", lambda: {"history": other})
    with pytest.raises(InputError, match=r"^queues/structures/history\.py: accesses of history is "):
        compare(*deployed, CONSTANTS)
