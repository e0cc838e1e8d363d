"""The exported file, read back and run by a simulator that knows NIR's equations and nothing of ours."""

import dataclasses
from types import SimpleNamespace

import nir
import numpy as np
import pytest
from small_networks import layer

from delaysnn.core.dataset import Dataset
from delaysnn.core.errors import InputError
from delaysnn.core.files import sha256
from delaysnn.core.network import Network
from delaysnn.core.spike_trains import SpikeTrains
from delaysnn.networks.nir_graph import to_nir, write_nir
from delaysnn.training.evaluate import trace
from delaysnn.training.model import DelayNetwork

DT = 0.0125
NEURONS = SimpleNamespace(threshold=1, surrogate_slope=1, decay=(0.5, 0.9))  # replaced by the network's own


@pytest.fixture
def inputs():
    return SpikeTrains.from_dense(np.random.default_rng(1).random((30, 9, 20)) < 0.15)


def run(graph, spikes):
    """Solve a graph by Euler's method, step by step; spikes [time, neuron]. Return what every LIF node emits."""
    dt = graph.metadata["dt"]
    into = {name: [a for a, b in graph.edges if b == name] for name in graph.nodes}
    history = {name: [] for name in graph.nodes}
    potential = {name: np.zeros(node.tau.shape) for name, node in graph.nodes.items() if isinstance(node, nir.LIF)}

    def value(name, step):
        """Output of a node, [neuron]; every node is asked once a step before those that follow it."""
        if len(history[name]) > step:
            return history[name][step]
        node = graph.nodes[name]
        if isinstance(node, nir.Input):
            result = spikes[step].astype(float)
        else:
            received = sum(value(source, step) for source in into[name])
            if isinstance(node, nir.Delay):
                past = np.rint(node.delay / dt).astype(int)
                assert (past == past[0]).all()
                source = into[name][0]
                result = history[source][step - past[0]] if step >= past[0] else np.zeros(len(past))
            elif isinstance(node, nir.Linear):
                result = node.weight.astype(float) @ received
            elif isinstance(node, nir.LIF):
                v = potential[name]
                v = v + dt / node.tau * (node.v_leak - v + node.r * received)
                result = (v > node.v_threshold).astype(float)
                potential[name] = np.where(result > 0, node.v_reset, v)
            else:
                result = received
        history[name].append(result)
        return result

    for step in range(len(spikes)):
        value("output", step)
    assert (np.array(history["output"]) == np.array(history[max(potential)])).all()
    return [np.array(history[name]) for name in sorted(potential)]


@pytest.fixture
def network():
    random = np.random.default_rng(4)
    levels = (0, 3, 4, 11)
    layers = [layer(random, 1, 20, 12), layer(random, 4, 12, 12), layer(random, 4, 12, 4)]
    delayed = [dataclasses.replace(each, delay_levels=levels) for each in layers[1:]]
    return Network((layers[0], *delayed), 30, "tiny", 1, "random")


def silent(network):
    network.layers[2].weights[:] = 0


def endless(network):
    network.layers[1].decay[3] = 1


@pytest.mark.parametrize("change", [lambda network: None, silent, endless])
def test_the_graph_read_back_emits_the_same_spikes(network, inputs, tmp_path, change):
    change(network)
    write_nir(tmp_path / "network.nir", to_nir(network, DT))
    graph = nir.read(tmp_path / "network.nir")
    data = Dataset(inputs, np.zeros(9), np.zeros(9), "random", 4, DT)
    expected = trace(DelayNetwork.restore(network, NEURONS), data, {}).layers
    for sample in range(9):
        found = run(graph, inputs.select(np.array([sample])).dense()[:, 0])
        for emitted, layer_spikes in zip(found, expected, strict=True):
            spikes = layer_spikes.dense()[:, sample]
            assert (emitted == spikes).all()
    assert all(0.02 < trains.dense().mean() < 0.9 for trains in expected[: 2 if change is silent else 3])


def test_branches_are_the_levels_that_hold_a_synapse(network):
    network.layers[1].weights[2] = 0
    graph = to_nir(network, DT)
    branches = [name for name, node in graph.nodes.items() if isinstance(node, nir.Linear) and name[:6] == "layer1"]
    assert branches == ["layer1_weights0", "layer1_weights3", "layer1_weights11"]
    assert graph.nodes["layer1_delay11"].delay == pytest.approx(np.full(12, 11 * DT))


def test_the_same_network_gives_the_same_bytes(network, tmp_path):
    for name in ("a.nir", "b.nir"):
        write_nir(tmp_path / name, to_nir(network, DT))
    assert sha256(tmp_path / "a.nir") == sha256(tmp_path / "b.nir")


def test_recurrent_synapses_are_refused(network):
    first, *others = network.layers
    first = dataclasses.replace(first, recurrent=np.ones((12, 12), np.float32))
    with pytest.raises(InputError, match="network tiny: has recurrent synapses, but "):
        to_nir(dataclasses.replace(network, layers=(first, *others)), DT)
