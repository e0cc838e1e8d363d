from pathlib import Path

import numpy as np
import pytest
import yaml

from delaysnn.errors import InputError
from delaysnn.loihi.integer_network import IntegerLayer, IntegerNetwork
from delaysnn.loihi.mapping import Core, fullness, map_network, platform

LIMITS = yaml.safe_load((Path(__file__).parents[2] / "config/hardware/loihi.yaml").read_text())
# Paper section II and Table I.
LEVELS = tuple(range(0, 60, 2))


def layer(levels, pre, post, kept):
    weights = np.zeros((len(levels), pre, post), np.int16)
    weights[-kept:] = 2
    ones = np.ones(post, np.int32)
    return IntegerLayer(weights, levels, ones, ones)


@pytest.fixture
def paper():
    """The paper's largest network: 700-48-48-20, 15 of 30 levels kept."""
    layers = (layer((0,), 700, 48, 1), layer(LEVELS, 48, 48, 15), layer(LEVELS, 48, 20, 15))
    return IntegerNetwork(layers, 64, 8, "48", 1, "shd")


def test_the_papers_network_fits_on_one_core(paper):
    (core,) = map_network(paper, 1, LIMITS)
    bits = 700 * 48 * 8 + 15 * (48 * 48 + 48 * 20) * 14
    assert core == Core((0, 1, 2), 116, 6, 116 * 64, bits, 796, 116)
    assert fullness(core, LIMITS)["synapse_bits"] == pytest.approx(100 * bits / 2**20)


def test_three_cores_hold_a_layer_each_and_together_the_same_synapses(paper):
    cores = map_network(paper, 3, LIMITS)
    assert [core.layers for core in cores] == [(0,), (1,), (2,)]
    assert [core.delay_bits for core in cores] == [0, 6, 6]
    assert [core.accumulators for core in cores] == [48, 48 * 64, 20 * 64]
    assert [core.input_axons for core in cores] == [700, 48, 48]
    assert [core.output_axons for core in cores] == [48, 48, 20]
    assert sum(core.synapse_bits for core in cores) == map_network(paper, 1, LIMITS)[0].synapse_bits


def test_a_pruned_neuron_has_no_axon(paper):
    paper.layers[1].weights[:, 7] = 0
    cores = map_network(paper, 3, LIMITS)
    assert (cores[0].output_axons, cores[1].input_axons) == (47, 47)


def test_a_level_without_a_synapse_asks_for_no_slot_of_the_ring():
    assert map_network(IntegerNetwork((layer((0, 3, 60), 9, 5, 1),), 64, 8, "a", 1, "b"), 1, LIMITS)[0].delay_bits == 6
    spare = layer((0, 3, 60), 9, 5, 2)
    spare.weights[2] = 0
    assert map_network(IntegerNetwork((spare,), 64, 8, "a", 1, "b"), 1, LIMITS)[0].delay_bits == 3


@pytest.mark.parametrize(
    ("resource", "limit", "words"),
    [
        ("compartments", 95, "needs 96 compartments, but a core has 95;"),
        ("delay_bits", 5, "needs 6 bits a delay, but a core has 5;"),
        ("accumulators", 6143, "needs 6144 dendritic accumulators"),
        ("synapse_bits", 752639, "needs 752640 bits of synaptic memory"),
        ("input_axons", 747, "needs 748 input axons"),
        ("output_axons", 95, "needs 96 output axons"),
    ],
)
def test_what_does_not_fit_is_named_with_core_layers_and_value(paper, resource, limit, words):
    with pytest.raises(InputError, match=f"Network 48 on 2 of Loihi's cores: core 0 with layers 0, 1 {words}"):
        map_network(paper, 2, LIMITS | {f"core_{resource}": limit})


def test_more_cores_than_layers_are_refused(paper):
    with pytest.raises(InputError, match="has 3 layers, which cannot lie on 4 cores"):
        map_network(paper, 4, LIMITS)


def test_platforms_are_named_as_the_papers():
    assert [platform(1), platform(3)] == ["loihi_1core", "loihi_3cores"]
