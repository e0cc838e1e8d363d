"""Input channels that share weights: every platform fires what it fires without sharing, and stores less."""

import dataclasses
from pathlib import Path

import nir
import numpy as np
import pytest
import yaml
from small_networks import sharing_network

from delaysnn.core.errors import InputError
from delaysnn.core.network import expand_inputs
from delaysnn.core.spike_trains import SpikeTrains
from delaysnn.networks.nir_graph import to_nir
from delaysnn.platforms import registered
from delaysnn.platforms.loihi.conversion import convert
from delaysnn.platforms.loihi.demand import plan
from delaysnn.platforms.loihi.integer_network import (
    IntegerLayer,
    IntegerNetwork,
    read_integer_network,
    write_integer_network,
)
from delaysnn.platforms.loihi.limits import check
from delaysnn.platforms.loihi.mapping import map_layers, map_network
from delaysnn.platforms.protocol import Planned

SHARED = sharing_network()
EXPANDED = expand_inputs(SHARED)
INPUTS = SpikeTrains.from_dense(np.random.default_rng(1).random((30, 9, 23)) < 0.2)
LIMITS = yaml.safe_load((Path(__file__).parents[2] / "config/hardware/loihi.yaml").read_text())
LEVELS = tuple(range(0, 60, 2))


@pytest.mark.parametrize("name", registered())
def test_every_platform_fires_what_the_expanded_network_fires(name):
    platform = registered()[name]
    shared, expanded = (platform.run(platform.deploy(network), INPUTS) for network in (SHARED, EXPANDED))
    ways = {"layers": (shared.layers, expanded.layers)}
    ways |= {way: (layers, expanded.beside[way]) for way, layers in shared.beside.items()}
    for ours, theirs in ways.values():
        for a, b in zip(ours, theirs, strict=True):
            assert (a.dense() == b.dense()).all() and len(a.steps) > 20
    one = INPUTS.select(np.array([2]))
    potentials = [platform.membranes(platform.deploy(network), one) for network in (SHARED, EXPANDED)]
    assert all((a == b).all() for a, b in zip(*potentials, strict=True))


@pytest.mark.parametrize("name", ["loihi", "seneca"])
def test_operations_are_those_of_the_expanded_network_and_memory_is_less_by_the_rows(name):
    platform = registered()[name]
    layers = platform.run(platform.deploy(SHARED), INPUTS).layers
    shared, expanded = (platform.count(platform.deploy(network), INPUTS, layers) for network in (SHARED, EXPANDED))
    first = SHARED.layers[0].weights
    if name == "loihi":
        # Four runs of five channels and one of three: each row is there once instead of five or three times.
        fewer = sum((times - 1) * np.count_nonzero(first[:, row]) for row, times in enumerate([5, 5, 5, 5, 3]))
        assert expanded == dataclasses.replace(shared, synapses=shared.synapses + fewer)
        assert shared.synapses == SHARED.parameters
        return
    for ours, theirs in zip(shared, expanded, strict=True):
        assert theirs.stored_weights - ours.stored_weights == (23 - 5) * 12
        assert ours.totals() == theirs.totals()


def test_loihi_counts_floats_alike():
    from delaysnn.platforms.loihi.cost import count_floats

    layers = registered()["loihi"].run(convert(SHARED, {}), INPUTS).layers
    shared, expanded = (count_floats(network, INPUTS, layers, 8) for network in (SHARED, EXPANDED))
    assert shared.synaptic_operations == expanded.synaptic_operations
    assert (shared.synapses, expanded.synapses) == (SHARED.parameters, EXPANDED.parameters)


def papers(sharing):
    """The paper's network 48 with input weights shared by so many channels."""

    def layer(levels, pre, post, kept):
        weights = np.zeros((len(levels), pre, post), np.int16)
        weights[-kept:] = 2
        return IntegerLayer(weights, levels, 1 + np.arange(post, dtype=np.int32) % 10, np.ones(post, np.int32))

    layers = (layer((0,), 700, 48, 1), layer(LEVELS, 48, 48, 15), layer(LEVELS, 48, 20, 15))
    return IntegerNetwork(layers, 64, 8, "48", 1, "shd", input_sharing=sharing)


@pytest.mark.parametrize(("sharing", "lists"), [(5, 140), (6, 117), (700, 1)])
def test_loihi_stores_a_list_of_synapses_a_run_and_an_axon_a_channel(sharing, lists):
    (core,) = map_network(papers(sharing), 1, LIMITS, {})
    # A list of 48 weights of 8 bits is 7 words; behind it 15 axons a neuron, of 11 and of 5 words.
    assert core.synapse_words == lists * 7 + 48 * 15 * 11 + 48 * 15 * 5
    assert core.synapse_bits == lists * 48 * 8 + 15 * (48 * 48 + 48 * 20) * 14
    assert core.input_axons == 700 + 2 * 48 * 15
    planned = plan((700, 48, 48, 20), 15, 58, 10, 8, LIMITS, sharing)
    assert map_layers("48", planned, 3, LIMITS, {}) == map_network(papers(sharing), 3, LIMITS, {})


def test_network_48_fits_one_core_by_sharing_alone_and_is_not_refused_before_training():
    def planned(sharing):
        return Planned("48", (700, 48, 48, 20), LEVELS, 15, 10, 8, input_sharing=sharing)

    check(planned(5), [1], {}, LIMITS)
    with pytest.raises(InputError, match="needs 16420 64-bit words"):
        check(planned(1), [1], {}, LIMITS)


def test_a_channel_whose_run_has_no_synapse_has_no_axon():
    cores = map_network(convert(SHARED, {}), 3, LIMITS, {})
    assert cores[0].input_axons == 23 - 5


def test_the_file_for_loihi_holds_a_row_a_channel_and_says_which_are_one(tmp_path):
    write_integer_network(tmp_path / "a.npz", convert(SHARED, {}))
    again = read_integer_network(tmp_path / "a.npz")
    assert (again.input_sharing, again.layers[0].weights.shape) == (5, (1, 23, 12))
    assert [weights.shape[1] for weights in again.stored_weights] == [5, 12, 12]
    write_integer_network(tmp_path / "b.npz", convert(EXPANDED, {}))
    with np.load(tmp_path / "b.npz") as arrays:
        assert "input_sharing" not in str(arrays["header"])


def test_other_tools_read_a_weight_a_channel():
    graph = to_nir(SHARED, 0.01)
    assert isinstance(graph.nodes["layer0_weights0"], nir.Linear)
    assert (graph.nodes["layer0_weights0"].weight == EXPANDED.layers[0].weights[0].T).all()
    assert graph.nodes["input"].input_type["input"].tolist() == [23]
