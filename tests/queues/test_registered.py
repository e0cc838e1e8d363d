"""Structures are found by their files, and one that a stranger adds is in everything that the tables are made from."""

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from delaysnn.core.errors import InputError
from delaysnn.core.network import write_network
from delaysnn.core.traces import Traces, decide, write_traces
from delaysnn.platforms.seneca.inference import infer
from delaysnn.queues import registered
from delaysnn.queues.compare import compare

ROOT = Path(__file__).parents[2]
LIBRARY = ROOT / "workflow/delaysnn"
CONSTANTS = yaml.safe_load((ROOT / "config/hardware/seneca.yaml").read_text())

# One list a future step, into which a spike is copied once for each useful delay.
CALENDAR = '''
"""A calendar: one list a future step, into which a spike is copied once for each useful delay."""

import numpy as np

from delaysnn.queues.kernels import differences_from_dense
from delaysnn.queues.protocol import Need, Run, Structure


def run(ports, depth):
    samples = len(ports[0][0])
    pops, peak, differences = np.zeros(samples, np.int64), 0, 0
    for spikes, useful in ports:
        most = 0
        for sample in range(samples):
            own = slice(*spikes.offsets[sample : sample + 2])
            steps, neurons = spikes.steps[own], spikes.neurons[own]
            lists = [[] for _ in range(spikes.n_steps + useful.shape[1])]
            delivered = np.zeros((spikes.n_steps, *useful.shape), np.uint8)
            for step in range(spikes.n_steps):
                for axon in neurons[steps == step]:
                    for delay in np.flatnonzero(useful[axon]):
                        lists[step + delay].append((axon, delay))
                most = max(most, sum(map(len, lists[step:])))
                for axon, delay in lists[step]:
                    delivered[step, axon, delay] += 1
                    pops[sample] += 1
            differences += differences_from_dense(delivered, steps, neurons, useful)
        peak += most
    return Run(pops, peak, int(pops.sum()), int(differences))


def need(layer, spikes, constants):
    return Need(64.0, 32.0, 16.0)


STRUCTURES = (
    Structure("calendar", "calendar queue", "#cc79a7", run=run, need=need, energy_per_event=1.0),
)
'''


@pytest.fixture(scope="module")
def deployed(trace):
    network, inputs = trace
    layers = infer(network, inputs)
    return network, Traces(layers, decide(layers[-1]), decide(layers[-1]), "seneca")


def test_a_structure_does_something_and_looks_like_one():
    for structure in registered().values():
        assert structure.label and re.fullmatch("#[0-9a-f]{6}", structure.colour)
        assert structure.variant_of == "" or structure.variant_of in registered()
        assert structure.run or structure.need


def test_two_structures_of_one_name_are_refused(tmp_path):
    shutil.copytree(LIBRARY, tmp_path / "delaysnn", ignore=shutil.ignore_patterns("__pycache__"))
    structures = tmp_path / "delaysnn/queues/structures"
    shutil.copy(structures / "history.py", structures / "mine.py")
    code = "from delaysnn.queues import registered; registered()"
    run = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True)
    assert re.search(r"mine\.py: there is a delay structure history already", run.stderr)


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
    assert compared == ["scdq_simulator"] + [
        f"scdq_{name}" for name in ("no_early_drop", "stride_units", "hierarchical", "shared_by_layers")
    ]
    assert {entry["spikes"] > 0 for entry in details["equality"]} == {True}


def test_a_strangers_structure_is_one_file(deployed, tmp_path):
    shutil.copytree(LIBRARY, tmp_path / "delaysnn", ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "delaysnn/queues/structures/calendar.py").write_text(CALENDAR)
    network, traces = deployed
    write_network(tmp_path / "network.safetensors", network)
    write_traces(tmp_path / "traces.npz", traces)
    (tmp_path / "constants.json").write_text(json.dumps(CONSTANTS))
    (tmp_path / "stranger.py").write_text(
        """
import json
from dataclasses import replace
from pathlib import Path
import numpy as np
from delaysnn.core.errors import InputError
from delaysnn.core.network import read_network
from delaysnn.core.traces import read_traces
from delaysnn.platforms import registered
from delaysnn.platforms.seneca.cost import counted
from delaysnn.platforms.seneca.counts import count, run_others
from delaysnn.queues.compare import compare
from delaysnn.report.style import PLATFORM_NAMES, QUEUE_COLOURS

constants = json.loads(Path("constants.json").read_text())
network, traces = read_network("network.safetensors"), read_traces("traces.npz")
cells, details = compare(network, traces, constants)
counts = count(network, traces.layers[0], traces.layers, within_sample=True)
costs = counted(replace(counts, others=run_others(network, traces.layers)), constants)
print(json.dumps({
    "cells": {cell.quantity: cell.value for cell in cells if cell.platform == "calendar"},
    "equality": {entry["comparison"]: entry for entry in details["equality"]},
    "setups": {setup.name: [setup.label, setup.tables] for setup in registered()["seneca"].setups},
    "energy": {name: float(np.mean(costs[name, "delay_ip_energy"])) for name in ("seneca_calendar", "seneca_scdq")},
    "look": [PLATFORM_NAMES["calendar"], QUEUE_COLOURS["calendar"]],
}))
"""
    )
    run = subprocess.run(
        [sys.executable, "stranger.py"], cwd=tmp_path, env=os.environ | {"PYTHONPATH": str(tmp_path)},
        capture_output=True, text=True,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    found = json.loads(run.stdout)
    assert set(found["cells"]) == {"provisioned_bits", "needed_bits", "accesses", "pops", "peak"}
    equality = found["equality"]
    assert equality["calendar_simulator"] | {"comparison": ""} == equality["scdq_simulator"] | {"comparison": ""}
    assert found["setups"]["seneca_calendar"] == ["Seneca with calendar queue", ["energy"]]
    # It moves an event once for each delivery, at SCDQ's price of a move.
    pops = compare(*deployed, CONSTANTS)[0]
    scdq = next(cell.value for cell in pops if (cell.platform, cell.quantity) == ("scdq", "pops"))
    ratio = found["energy"]["seneca_calendar"] / found["energy"]["seneca_scdq"]
    assert ratio == pytest.approx(found["cells"]["pops"] / scdq) and ratio < 1
    assert found["look"] == ["calendar queue", "#cc79a7"]


def test_a_structure_that_delivers_something_else_stops_the_rule(deployed, monkeypatch):
    scdq = registered()["scdq"]
    late = replace(scdq, name="late", run=lambda ports, depth: replace(scdq.run(ports, depth), differences=3))
    monkeypatch.setattr("delaysnn.queues.compare.registered", lambda: {"late": late})
    with pytest.raises(InputError, match="Delay structure late: 3 events differ"):
        compare(*deployed, CONSTANTS)
