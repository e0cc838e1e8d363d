"""Lava's graphs in Lava's own environment."""

import dataclasses
import json
import subprocess

import numpy as np
import pytest
from small_networks import current_network, late_network, one_hidden_layer, quantised_network, with_features
from test_deployment import WORKFLOW

from delaysnn.core.spike_trains import SpikeTrains
from delaysnn.platforms.loihi.conversion import convert
from delaysnn.platforms.loihi.fixed_point import simulate
from delaysnn.platforms.loihi.integer_network import (
    CurrentLayer,
    IntegerLayer,
    IntegerNetwork,
    write_integer_network,
)

BEGIN = """
import json, sys
import numpy as np
from delaysnn.platforms.loihi import lava_graph
from delaysnn.platforms.loihi.integer_network import read_integer_network
network = read_integer_network("network.npz")
"""
RUN = """
from delaysnn.platforms.loihi.hardware import SIMULATION, Platform
found = lava_graph.run_stock(network, np.load("spikes.npy"), Platform(SIMULATION, "asked for"), split=True)
np.savez("found.npz", *found)
"""
BOTH = """
spikes = np.load("spikes.npy")
batched = lava_graph.run_batched(network, spikes[:, None])
stock = lava_graph.run_stock(network, spikes, lava_graph.BATCHED_ON, split=False)
np.savez("found.npz", *(layer[:, 0] for layer in batched), *stock)
"""
BATCHED = """
np.savez("found.npz", *(layer[:, 0] for layer in lava_graph.run_batched(network, np.load("spikes.npy")[:, None])))
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

    def put(network, spikes):
        run.network, run.spikes, run.folder = network, spikes, tmp_path
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

    run.put = put
    spikes = SpikeTrains.from_dense(np.random.default_rng(1).random((30, 1, 20)) < 0.3)
    put(dataclasses.replace(network, layers=tuple(kinds)), spikes)
    return run


@pytest.mark.parametrize("split", ["split", "whole"])
def test_the_stock_graph_is_made_of_lavas_own_processes(in_lava, split):
    processes = json.loads(in_lava(MODULES, split))
    assert {tuple(each) for each in processes} == {
        ("lava.proc.lif.process", "LIF"),
        ("lava.proc.dense.process", "DelayDense"),
    }
    # Two decay_logits and two thresholds make four kinds of neurons, of which the last layer's four neurons are three.
    assert sum(name == "LIF" for _, name in processes) == (11 if split == "split" else 3)


def test_a_population_a_leak_fires_the_same_spikes(in_lava):
    in_lava(RUN)
    expected = simulate(in_lava.network, in_lava.spikes).layers
    with np.load(in_lava.folder / "found.npz") as found:
        for index, layer in enumerate(expected):
            assert (found[f"arr_{index}"] == layer.dense()[:, 0]).all()
            assert layer.dense().sum() > 10


@pytest.mark.slow
def test_a_stock_graph_in_parts_fires_the_same_spikes(in_lava):
    in_lava("from delaysnn.platforms.loihi import stock_parts\nstock_parts.MEMORY = 43200\n" + BOTH)
    expected = simulate(in_lava.network, in_lava.spikes).layers
    with np.load(in_lava.folder / "found.npz") as found:
        for index, layer in enumerate(2 * expected):
            assert (found[f"arr_{index}"] == layer.dense()[:, 0]).all()


def extreme_layer(random, levels, pre, threshold):
    """Weights, decays and thresholds at their ends; one neuron only falls, one only rises."""
    weights = (2 * random.integers(-127, 128, (len(levels), pre, 8))).astype(np.int16)
    weights[:, :, 0], weights[:, :, 1] = -254, 254
    decay = np.array([0, 0, 4095, 1, 2048, 100, 4094, 7], np.int32)
    return IntegerLayer(weights, levels, decay, np.resize(np.array(threshold, np.int32), 8))


def test_registers_at_their_ends_give_the_same_spikes(in_lava):
    random = np.random.default_rng(2)
    first = extreme_layer(random, (0,), 128, [131071, 131071, 1, 50, 100, 100, 1, 9])
    second = extreme_layer(random, (0, 1, 62), 8, [1, 131071, 3, 200, 2, 2, 2, 2])
    rates = np.linspace(0.05, 1, 64)[:, None, None]
    in_lava.put(
        IntegerNetwork((first, second), 64, 8, "ends", 1, "random"),
        SpikeTrains.from_dense(random.random((64, 1, 128)) < rates),
    )
    in_lava(BOTH)
    expected = simulate(in_lava.network, in_lava.spikes)
    assert expected.saturated[0] > 0.05 and 0.95 < max(expected.accumulated) < 1
    with np.load(in_lava.folder / "found.npz") as found:
        for index, layer in enumerate(2 * expected.layers):
            assert (found[f"arr_{index}"] == layer.dense()[:, 0]).all()
    assert all(len(layer.steps) > 100 for layer in expected.layers)


def test_currents_that_last_fire_the_same_spikes_and_part_populations(in_lava):
    integer = convert(current_network(), {})
    pairs = {"decay": np.full(12, 99, np.int32), "current_decay": np.array([900, 900, 1900] * 4, np.int32)}
    layers = (integer.layers[0], dataclasses.replace(integer.layers[1], **pairs), integer.layers[2])
    in_lava.put(dataclasses.replace(integer, layers=layers), in_lava.spikes)
    in_lava("assert [len(each) for each in lava_graph.alike(network.layers[1])] == [8, 4]" + BATCHED)
    with np.load(in_lava.folder / "found.npz") as found:
        for index, layer in enumerate(simulate(in_lava.network, in_lava.spikes).layers):
            assert (found[f"arr_{index}"] == layer.dense()[:, 0]).all()
            assert layer.dense().sum() > 5


def test_no_spike_differs_where_currents_and_their_decays_are_at_their_ends(in_lava):
    random = np.random.default_rng(2)

    def layer(levels, pre, threshold):
        lost = np.array([1, 4096, 4095, 2, 2048, 100, 1, 700], np.int32)
        return CurrentLayer(**vars(extreme_layer(random, levels, pre, threshold)), current_decay=lost)

    first = layer((0,), 8, [131071, 131071, 1, 50, 100, 100, 131071, 9])
    second = layer((0, 1, 62), 8, [1, 131071, 3, 200, 2, 2, 2, 2])
    in_lava.put(
        IntegerNetwork((first, second), 64, 8, "ends", 1, "random"),
        SpikeTrains.from_dense(random.random((64, 1, 8)) < np.linspace(0.05, 0.9, 64)[:, None, None]),
    )
    in_lava(BOTH)
    expected = simulate(in_lava.network, in_lava.spikes)
    # A potential stops at the end of its bits while the current, which drives it there, does not leave its own.
    assert expected.saturated[0] > 0.01
    with np.load(in_lava.folder / "found.npz") as found:
        for index, each in enumerate(2 * expected.layers):
            assert (found[f"arr_{index}"] == each.dense()[:, 0]).all()
    assert all(len(each.steps) > 50 for each in expected.layers)


def test_delayed_inputs_give_the_same_spikes(in_lava):
    inputs = SpikeTrains.from_dense(np.random.default_rng(3).random((30, 1, 23)) < 0.2)
    in_lava.put(convert(late_network(), {}), inputs)
    in_lava(BOTH)
    expected = simulate(in_lava.network, inputs).layers
    with np.load(in_lava.folder / "found.npz") as found:
        for index, layer in enumerate(2 * expected):
            assert (found[f"arr_{index}"] == layer.dense()[:, 0]).all()
    assert all(len(layer.steps) > 10 for layer in expected)


def equal_in_both(in_lava, network, spikes):
    """Assert that batches and the stock graph equal the reference: every spike, and every potential that decides."""
    in_lava.put(network, spikes)
    in_lava(BOTH)
    run = simulate(network, spikes)
    expected = [layer.dense()[:, 0] for layer in run.layers]
    if run.potentials is not None:
        expected[-1] = run.potentials[0]
    with np.load(in_lava.folder / "found.npz") as found:
        for index, each in enumerate(2 * expected):
            assert (found[f"arr_{index}"] == each).all(), index
    return run


FEATURES = ("bias", "recurrent", "readout")


def test_one_hidden_layer_with_biases_delayed_inputs_and_membranes_that_decide_is_equal(in_lava):
    spikes = SpikeTrains.from_dense(np.random.default_rng(3).random((30, 1, 23)) < 0.2)
    run = equal_in_both(in_lava, convert(one_hidden_layer("bias", "readout"), {}), spikes)
    assert len(run.layers[0].steps) > 50 and len(np.unique(run.potentials)) > 50 and len(run.layers[1].steps) == 0


@pytest.mark.parametrize("base", [quantised_network, current_network])
def test_random_networks_with_all_features_are_equal(in_lava, base):
    run = equal_in_both(in_lava, convert(with_features(base(), *FEATURES), {}), in_lava.spikes)
    assert all(len(layer.steps) > 30 for layer in run.layers[:2]) and len(np.unique(run.potentials)) > 50


def test_biases_at_their_ends_and_the_longest_recurrence_are_equal(in_lava):
    """A bias must not act before the first step of a layer, and one that fires alone must fire in that step."""
    random = np.random.default_rng(4)
    values = [4095 << 7, -(4095 << 7), 1, -1, 4096, -4098, 8200, 0]
    layers = []
    for levels, pre in (((0, 1, 62), 20), ((0,), 8)):
        layer = extreme_layer(random, levels, pre, [131071, 131071, 8189, 50, 100, 3000, 128, 9])
        recurrent = (2 * random.integers(-60, 61, (3, 8, 8))).astype(np.int16)
        bias = np.array(values, np.int32)
        layers.append(dataclasses.replace(layer, bias=bias, recurrent=recurrent, recurrent_delays=(1, 2, 63)))
        values = values[::-1]
    spikes = SpikeTrains.from_dense(random.random((80, 1, 20)) < 0.1)
    run = equal_in_both(in_lava, IntegerNetwork(tuple(layers), 80, 8, "ends", 1, "random"), spikes)
    assert all(layer.steps.min() == 0 and len(layer.steps) > 100 for layer in run.layers)
