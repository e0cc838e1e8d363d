import dataclasses
from pathlib import Path

import numpy as np
import pytest
import yaml
from pydantic import ValidationError

from delaysnn.core.errors import InputError
from delaysnn.platforms.loihi.cores import RESOURCES, Core, fullness, overfull
from delaysnn.platforms.loihi.demand import plan
from delaysnn.platforms.loihi.integer_network import IntegerLayer, IntegerNetwork
from delaysnn.platforms.loihi.mapping import map_layers, map_network, platform
from delaysnn.platforms.loihi.settings import Settings

LIMITS = yaml.safe_load((Path(__file__).parents[3] / "config/hardware/loihi.yaml").read_text())
# Paper section II and Table I.
LEVELS = tuple(range(0, 60, 2))


# Network 48 has 36 of 16,384 words too many (test_storage.py).
EXCESS = {"synapse_words": 0.22}


def layer(levels, pre, post, kept, decays=10):
    weights = np.zeros((len(levels), pre, post), np.int16)
    weights[-kept:] = 2
    return IntegerLayer(weights, levels, 1 + np.arange(post, dtype=np.int32) % decays, np.ones(post, np.int32))


@pytest.fixture
def paper():
    """The paper's largest network: 700-48-48-20, 15 of 30 levels kept; ten decays shared by all layers."""
    layers = (layer((0,), 700, 48, 1), layer(LEVELS, 48, 48, 15), layer(LEVELS, 48, 20, 15))
    return IntegerNetwork(layers, 64, 8, "48", 1, "shd")


def test_the_papers_network_on_one_core(paper):
    (core,) = map_network(paper, 1, LIMITS, EXCESS)
    bits, words = 700 * 48 * 8 + 15 * (48 * 48 + 48 * 20) * 14, 16420
    assert core == Core((0, 1, 2), 116, 10, 1, 6, 116 * 64, bits, words, 700 + 2 * 48 * 15, 2 * 48 * 15 + 20)
    assert fullness(core, LIMITS)["synapse_bits"] == pytest.approx(100 * bits / 2**20)
    assert overfull(core, LIMITS) == {"synapse_words": 36}


def test_the_papers_network_is_refused_where_nothing_may_exceed(paper):
    words = "needs 16420 64-bit words of synaptic memory, but a core has 16384, 36 fewer; .* loihi.excess.synapse_words"
    for excess in ({}, {"synapse_words": 0.2}, {"synapse_bits": 1}):
        with pytest.raises(InputError, match=words):
            map_network(paper, 1, LIMITS, excess)


def test_what_is_planned_is_what_is_laid(paper):
    def mapped(layers):
        return map_layers("48", layers, 3, LIMITS, {})

    planned = mapped(plan((700, 48, 48, 20), 15, 58, 10, 8, LIMITS))
    assert planned == map_network(paper, 3, LIMITS, {})
    assert [core.compartment_profiles for core in planned] == [10, 10, 10]
    assert mapped(plan((700, 48, 48, 20), 15, 58, 30, 8, LIMITS))[2].compartment_profiles == 20


@pytest.mark.parametrize(("attribute", "most", "words"), [("decay", 32, "compartment"), ("threshold", 8, "threshold")])
def test_profiles_are_distinct_values_on_a_core(paper, attribute, most, words):
    def with_values(first, second):
        values = (np.arange(48) % first, np.arange(48) % second + first - 1, np.zeros(20, int))
        parts = zip(paper.layers, values, strict=True)
        return dataclasses.replace(
            paper, layers=tuple(dataclasses.replace(each, **{attribute: value}) for each, value in parts)
        )

    # One value is of both layers.
    half = most // 2
    (core,) = map_network(with_values(half + 1, half), 1, LIMITS, EXCESS)
    assert getattr(core, f"{words}_profiles") == most
    with pytest.raises(InputError, match=rf"needs {most + 1} {words} profiles .* but a core has {most}, 1 fewer"):
        map_network(with_values(half + 1, half + 1), 1, LIMITS, EXCESS)
    map_network(with_values(half + 1, half + 1), 3, LIMITS, {})


def test_three_cores_hold_a_layer_each_and_together_the_same_synapses(paper):
    cores = map_network(paper, 3, LIMITS, {})
    assert [core.layers for core in cores] == [(0,), (1,), (2,)]
    assert [core.delay_bits for core in cores] == [0, 6, 6]
    assert [core.accumulators for core in cores] == [48, 48 * 64, 20 * 64]
    # A dense axon for each of the 15 delays of a pair.
    assert [core.input_axons for core in cores] == [700, 720, 720]
    assert [core.output_axons for core in cores] == [720, 720, 20]
    (one,) = map_network(paper, 1, LIMITS, EXCESS)
    for resource in ("synapse_bits", "synapse_words"):
        assert sum(getattr(core, resource) for core in cores) == getattr(one, resource)


def test_a_pruned_neuron_has_no_axon(paper):
    paper.layers[1].weights[:, 7] = 0
    cores = map_network(paper, 3, LIMITS, {})
    assert (cores[0].output_axons, cores[1].input_axons) == (47 * 15, 47 * 15)


def test_a_layer_that_feeds_itself_has_axons_and_synapses_more(paper):
    recurrent = np.zeros((2, 48, 48), np.int16)
    recurrent[0], recurrent[1, :5] = 2, 2
    hidden = dataclasses.replace(paper.layers[0], recurrent=recurrent, recurrent_delays=(1, 4))
    cores, plain = (
        map_network(dataclasses.replace(paper, layers=(first, *paper.layers[1:])), 3, LIMITS, {})
        for first in (hidden, paper.layers[0])
    )
    # A delay of 4 keeps a current for 3 steps, in a ring of 2^3; all synapses of the layer then say how long.
    assert (plain[0].delay_bits, cores[0].delay_bits) == (0, 3)
    assert cores[0].synapse_bits == (700 + 48 + 5) * 48 * (8 + 3)
    # One axon a neuron, and one more for the second delay of five; both ends are on the core.
    assert cores[0].input_axons == 700 + 48 + 5 and cores[0].output_axons == 720 + 48 + 5
    assert cores[0].synapse_words > plain[0].synapse_words and cores[1:] == plain[1:]
    at_once = dataclasses.replace(hidden, recurrent=recurrent[:1], recurrent_delays=(1,))
    (core, *_) = map_network(dataclasses.replace(paper, layers=(at_once, *paper.layers[1:])), 3, LIMITS, {})
    assert core.delay_bits == 0


def test_a_last_layer_whose_membranes_decide_sends_nothing_to_the_host(paper):
    silent = dataclasses.replace(paper, readout="summed_membrane", unit=1.0)
    assert [core.output_axons for core in map_network(silent, 3, LIMITS, {})] == [720, 720, 0]


def test_weights_of_7_bits_are_stored_in_8(paper):
    found = [
        map_network(dataclasses.replace(paper, bits=bits), 1, LIMITS, EXCESS)[0].synapse_bits for bits in (6, 7, 8)
    ]
    assert found[0] < found[1] == found[2]


def test_a_level_without_a_synapse_asks_for_no_slot_of_the_ring():
    def delay_bits(spare):
        return map_network(IntegerNetwork((spare,), 64, 8, "a", 1, "b"), 1, LIMITS, {})[0].delay_bits

    assert delay_bits(layer((0, 3, 60), 9, 5, 1)) == 6
    spare = layer((0, 3, 60), 9, 5, 2)
    spare.weights[2] = 0
    assert delay_bits(spare) == 3


@pytest.mark.parametrize(
    ("resource", "limit", "words"),
    [
        ("compartments", 95, "needs 96 compartments, but a core has 95, 1 fewer;"),
        ("compartment_profiles", 9, "needs 10 compartment profiles .* training.decay_groups"),
        ("threshold_profiles", 0, "needs 1 threshold profiles"),
        ("delay_bits", 5, "needs 6 bits a delay, but a core has 5, 1 fewer;"),
        ("accumulators", 6143, "needs 6144 dendritic accumulators"),
        ("synapse_bits", 752639, "needs 752640 bits of synaptic memory"),
        ("synapse_words", 12819, "needs 12820 64-bit words of synaptic memory"),
        ("input_axons", 1419, "needs 1420 input axons"),
        ("output_axons", 1439, "needs 1440 output axons"),
    ],
)
def test_what_does_not_fit_is_named_with_core_layers_and_value(paper, resource, limit, words):
    limits = LIMITS | {f"core_{resource}": limit}
    with pytest.raises(InputError, match=f"Network 48 on 2 of Loihi's cores: core 0 with layers 0, 1 {words}"):
        map_network(paper, 2, limits, {})
    if limit:
        map_network(paper, 2, limits, {resource: 100 / limit + 1e-6})


def test_the_configuration_can_name_each_resource():
    settings = {"cores": [1], "batch": 1, "stock_samples": 1, "timeout_s": 1, "verify": None}
    assert Settings(**settings, excess=dict.fromkeys(RESOURCES, 0.5)).excess["synapse_words"] == 0.5
    with pytest.raises(ValidationError, match=r"excess\.words"):
        Settings(**settings, excess={"words": 0.5})


def test_more_cores_than_layers_are_refused(paper):
    with pytest.raises(InputError, match="has 3 layers, which cannot be mapped onto 4 cores"):
        map_network(paper, 4, LIMITS, {})


def test_platforms_are_named_as_the_papers():
    assert [platform(1), platform(3)] == ["loihi_1core", "loihi_3cores"]
