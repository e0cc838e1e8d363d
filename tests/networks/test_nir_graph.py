"""The exported file, read back and run by a simulator that knows NIR's equations and nothing of ours."""

import dataclasses
from types import SimpleNamespace

import nir
import numpy as np
import pytest
from float_loop import run as run_plainly
from small_networks import current_network, late_network, layer, quantised_network

from delaysnn.core.dataset import Dataset
from delaysnn.core.errors import InputError
from delaysnn.core.files import sha256
from delaysnn.core.network import Network, expand_inputs
from delaysnn.core.spike_trains import SpikeTrains
from delaysnn.networks.nir_graph import to_nir, write_nir
from delaysnn.networks.readers import read_theirs
from delaysnn.training.evaluate import trace
from delaysnn.training.model import DelayNetwork

DT = 0.0125
NEURONS = SimpleNamespace(threshold=1, surrogate_slope=1, decay=(0.5, 0.9))  # replaced by the network's own


@pytest.fixture
def inputs():
    return SpikeTrains.from_dense(np.random.default_rng(1).random((30, 9, 20)) < 0.15)


def run(graph, spikes):
    """Solve a graph by Euler's method, step by step; spikes [time, neuron]. Return what every node of neurons emits.

    What returns to a node that is being solved is what it emitted in the step before. Nodes that do not fire emit their
    potential.
    """
    dt = graph.metadata["dt"]
    into = {name: [a for a, b in graph.edges if b == name] for name in graph.nodes}
    history = {name: [] for name in graph.nodes}
    neurons = {name: node for name, node in graph.nodes.items() if hasattr(node, "r")}
    potential = {name: np.zeros(node.r.shape) for name, node in neurons.items()}
    current = {name: np.zeros(node.r.shape) for name, node in neurons.items()}
    solving = set()

    def value(name, step):
        """Output of a node, [neuron]."""
        if len(history[name]) > step:
            return history[name][step]
        if name in solving:
            return history[name][step - 1] if step else np.zeros(graph.nodes[name].r.shape)
        solving.add(name)
        history[name].append(solve(name, step))
        solving.remove(name)
        return history[name][step]

    def solve(name, step):
        node = graph.nodes[name]
        if isinstance(node, nir.Input):
            return spikes[step].astype(float)
        if isinstance(node, nir.Delay):
            (source,), past = into[name], np.rint(node.delay / dt).astype(int)
            assert (past == past[0]).all()
            # What leads back is solved no further than the step before.
            if step >= past[0] and source not in solving:
                value(source, step)
            return history[source][step - past[0]] if step >= past[0] else np.zeros(len(past))
        received = sum(value(source, step) for source in into[name])
        if isinstance(node, nir.Linear):
            return node.weight.astype(float) @ received
        if isinstance(node, nir.Affine):
            return node.weight.astype(float) @ received + node.bias.astype(float)
        if name not in neurons:
            return received
        tau = getattr(node, "tau", None)
        if tau is None:
            current[name] = current[name] + dt / node.tau_syn * (node.w_in * received - current[name])
            received, tau = current[name], node.tau_mem
        v = potential[name]
        v = v + dt / tau * (node.v_leak - v + node.r * received)
        potential[name] = v
        if not hasattr(node, "v_threshold"):
            return v
        fired = v > node.v_threshold
        potential[name] = np.where(fired, node.v_reset, v)
        return fired.astype(float)

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


def biased(network):
    random = np.random.default_rng(5)
    layers = [
        dataclasses.replace(each, bias=random.normal(0.05, 0.05, len(each.decay)).astype(np.float32))
        for each in network.layers
    ]
    return dataclasses.replace(network, layers=tuple(layers))


def returning(network, delays=(1,)):
    weights = np.random.default_rng(6).normal(0, 0.2, (len(delays), 12, 12)).astype(np.float32)
    first, second, last = network.layers
    second = dataclasses.replace(second, recurrent=weights if len(delays) > 1 else weights[0], recurrent_delays=delays)
    return dataclasses.replace(network, layers=(first, second, last))


def by_membranes(network, readout="summed_membrane"):
    return dataclasses.replace(network, readout=readout)


# What the paper's networks do not have, alone and together.
FURTHER = {
    "late inputs": late_network,
    "currents": current_network,
    "biases": lambda: biased(quantised_network()),
    "currents and biases": lambda: biased(current_network()),
    "returning": lambda: returning(quantised_network()),
    "returning late": lambda: returning(biased(quantised_network()), (1, 4)),
    "membranes": lambda: by_membranes(biased(quantised_network())),
    "membranes of currents": lambda: by_membranes(current_network((1, 2)), "largest_membrane"),
}


@pytest.mark.parametrize("kind", FURTHER)
def test_what_goes_beyond_the_papers_networks_is_emitted_too(kind):
    network = FURTHER[kind]()
    spikes = np.random.default_rng(1).random((30, 3, network.topology[0])) < 0.15
    expected, potentials = run_plainly(expand_inputs(network), spikes)
    for sample in range(3):
        *found, last = run(to_nir(network, DT), spikes[:, sample])
        assert all((one == other[:, sample]).all() for one, other in zip(found, expected[:-1], strict=True))
        if network.readout == "spikes":
            assert (last == expected[-1][:, sample]).all()
        else:
            assert last == pytest.approx(potentials[:, sample], rel=1e-6, abs=1e-6)
    assert all(0.02 < each.mean() < 0.9 for each in expected[:-1])


@pytest.mark.parametrize(("kind", "folded"), [*((kind, False) for kind in (*FURTHER, "plain")), ("biases", True)])
def test_what_is_written_is_read_as_it_was(kind, folded, tmp_path):
    network = FURTHER.get(kind, quantised_network)()
    graph = to_nir(network, DT, folded)
    assert not folded or all((node.r == 1).all() for node in graph.nodes.values() if isinstance(node, nir.LIF))
    write_nir(tmp_path / "a.nir", graph)
    found = read_theirs(tmp_path / "a.nir", 30)
    assert (found.readout, found.topology) == (network.readout, network.topology)
    for one, other in zip(found.layers, expand_inputs(network).layers, strict=True):
        assert (one.delay_levels, one.recurrent_delays) == (other.delay_levels, other.recurrent_delays)
        assert set(one.arrays) == set(other.arrays)
        # Of a layer that never fires the threshold means nothing.
        fires = network.readout == "spikes" or one is not found.layers[-1]
        same = {name: (one.arrays[name] == values).all() for name, values in other.arrays.items()}
        assert all(each for name, each in same.items() if fires or name != "threshold"), same


def test_neurons_that_are_reset_by_subtraction_are_refused(network):
    first, *others = network.layers
    first = dataclasses.replace(first, reset=np.ones(12, np.float32))
    with pytest.raises(InputError, match="network tiny: has neurons that are reset by subtraction, but NIR takes"):
        to_nir(dataclasses.replace(network, layers=(first, *others)), DT)
