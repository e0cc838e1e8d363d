"""Lava's graphs in Lava's own environment."""

import dataclasses
import json
import subprocess

import numpy as np
import pytest
from networks import quantised_network
from test_deployment import WORKFLOW

from delaysnn.formats.spike_trains import SpikeTrains
from delaysnn.loihi.conversion import convert
from delaysnn.loihi.fixed_point import simulate
from delaysnn.loihi.integer_network import write_integer_network

BEGIN = """
import json, sys
import numpy as np
from delaysnn.loihi import lava_graph
from delaysnn.loihi.integer_network import read_integer_network
network = read_integer_network("network.npz")
"""
RUN = """
from delaysnn.loihi.hardware import SIMULATION, Platform
found = lava_graph.run_stock(network, np.load("spikes.npy"), Platform(SIMULATION, "asked for"), split=True)
np.savez("found.npz", *found)
"""
MODULES = """
populations = [lava_graph.Population(np.arange(20), lava_graph.SpikeFile("spikes.npy", (20,)).s_out)]
processes, split = [], sys.argv[1] == "split"
for layer in network.layers:
    populations = lava_graph.connect_stock(populations, layer, split)
    for population in populations:
        lif = population.s_out.process
        ends = [port.process for port in lif.a_in.get_src_ports()]
        processes += [(type(each).__module__, type(each).__name__) for each in (lif, *ends)]
        if split:
            assert isinstance(lif.dv.init, int) and isinstance(lif.vth.init, int)
print(json.dumps(processes))
"""


@pytest.fixture
def in_lava(lava, tmp_path):
    """A network of few kinds of neurons and one sample; run code beside their files."""
    network = convert(quantised_network(), {})
    kinds = [
        dataclasses.replace(
            layer,
            decay=layer.decay[np.arange(len(layer.decay)) % 2],
            threshold=layer.threshold + 20 * (np.arange(len(layer.decay)) % 3 == 2).astype(np.int32),
        )
        for layer in network.layers
    ]
    # One of a kind, and without a synapse.
    kinds[-1].weights[:, :, 2] = 0
    network = dataclasses.replace(network, layers=tuple(kinds))
    spikes = SpikeTrains.from_dense(np.random.default_rng(1).random((30, 1, 20)) < 0.3)
    write_integer_network(tmp_path / "network.npz", network)
    np.save(tmp_path / "spikes.npy", spikes.dense()[:, 0])

    def run(code, *arguments):
        command = [lava, "-c", BEGIN + code, *arguments]
        environment = {"PYTHONPATH": str(WORKFLOW), "TMPDIR": "/tmp"}
        done = subprocess.run(
            command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=100, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    run.network, run.spikes, run.folder = network, spikes, tmp_path
    return run


@pytest.mark.parametrize("split", ["split", "whole"])
def test_the_stock_graph_is_made_of_lavas_own_processes(in_lava, split):
    processes = json.loads(in_lava(MODULES, split))
    assert {tuple(each) for each in processes} == {
        ("lava.proc.lif.process", "LIF"),
        ("lava.proc.dense.process", "DelayDense"),
    }
    # Two leaks and two thresholds make four kinds of neurons, of which the last layer's four neurons are three.
    assert sum(name == "LIF" for _, name in processes) == (11 if split == "split" else 3)


def test_a_population_a_leak_fires_the_same_spikes(in_lava):
    in_lava(RUN)
    expected = simulate(in_lava.network, in_lava.spikes).layers
    with np.load(in_lava.folder / "found.npz") as found:
        for index, layer in enumerate(expected):
            assert (found[f"arr_{index}"] == layer.dense()[:, 0]).all()
            assert layer.dense().sum() > 10
