"""Layers divided over cores: every neuron on one core, none on two, and no core beyond what it has."""

from pathlib import Path

import pytest
import yaml
from small_networks import feeding_itself, quantised_network

from delaysnn.core.errors import InputError
from delaysnn.platforms.loihi.conversion import convert
from delaysnn.platforms.loihi.cores import RESOURCES, fill, first_beyond
from delaysnn.platforms.loihi.demand import layers_of, plan
from delaysnn.platforms.loihi.division import divide
from delaysnn.platforms.loihi.mapping import map_each, map_layers

LIMITS = yaml.safe_load((Path(__file__).parents[3] / "config/hardware/loihi.yaml").read_text())
# Of a core that holds a few neurons of the network below: 20-12-12-4 with five delays a pair.
SMALL = LIMITS | {"core_synapse_words": 60, "core_accumulators": 128, "core_output_axons": 200}


@pytest.fixture(params=["forward", "recurrent"])
def network(request):
    integer = convert(quantised_network(), {})
    return integer if request.param == "forward" else feeding_itself(integer)


def onward(division, layer):
    """Output axons of each neuron of a layer: to its own parts, to those of the next, or to the host."""
    own = sum(part.demand.own_axons for _, part in division.of_layer(layer))
    return own + (sum(part.demand.axons for _, part in division.of_layer(layer + 1)) if layer < 2 else 1)


def divided(network, limits=SMALL, excess=()):
    return divide(network.name, layers_of(network, limits), limits, dict(excess))


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"core_compartments": 3},
        {"core_compartment_profiles": 2},
        {"core_accumulators": 16},
        {"core_synapse_bits": 1500},
        {"core_synapse_words": 30},
        {"core_input_axons": 40},
        {"core_output_axons": 90},
    ],
)
def test_every_neuron_is_on_exactly_one_core_and_every_core_holds_what_it_may(network, change):
    limits = SMALL | change
    found = divided(network, limits)
    assert len(found.cores) > 1
    for index, layer in enumerate(network.layers):
        neurons = [n for _, part in found.of_layer(index) for n in range(part.first, part.last)]
        assert neurons == list(range(layer.weights.shape[2]))
        # In the network's order, consecutive parts of a layer on consecutive cores.
        cores = [core for core, _ in found.of_layer(index)]
        assert cores == list(range(cores[0], cores[0] + len(cores)))
    for core in found.cores:
        assert first_beyond(core, limits, {}) is None
        assert {name for name in RESOURCES if getattr(core, name) > limits[f"core_{name}"]} == set()


def test_cores_together_hold_what_the_network_has(network):
    found, whole = divided(network), [layer.whole for layer in layers_of(network, LIMITS)]
    assert sum(core.compartments for core in found.cores) == 28
    for index, demand in enumerate(whole):
        parts = [part.demand for _, part in found.of_layer(index)]
        assert sum(part.synapse_bits for part in parts) == demand.synapse_bits
        assert frozenset().union(*(part.decays for part in parts)) == demand.decays
    # Each part has axons of its own, which begin at neurons of the layer before or of its own, and nowhere else.
    for core, parts in zip(found.cores, found.parts, strict=True):
        reached = sum(onward(found, part.layer)[part.first : part.last].sum() for part in parts)
        assert core.output_axons == reached
        assert core.input_axons == sum((part.demand.axons.sum() + part.demand.own_axons.sum()) for part in parts)


def test_one_neuron_more_would_be_too_much_for_any_core(network):
    layers, found = layers_of(network, SMALL), divided(network)
    for parts in found.parts[1:]:
        index, last, others = parts[0].layer, parts[0].last, parts[1:]
        first = parts[0].first - 1
        if first < 0:
            index, last, others = index - 1, layers[index - 1].neurons, parts
            first = last - 1
        axons = [onward(found, part.layer)[part.first : part.last].sum() for part in others]
        axons.append(onward(found, index)[first:last].sum())
        for sparse in (False, True):
            demands = [layers[index].part(first, last, sparse), *(part.demand for part in others)]
            core = fill([index, *(part.layer for part in others)], demands, int(sum(axons)))
            assert first_beyond(core, SMALL, {})


def test_what_one_core_holds_stays_as_it_is():
    layers = plan((700, 48, 48, 20), 15, 58, 10, 8, LIMITS)
    excess = {"synapse_words": 0.22}
    found = divide("48", layers, LIMITS, excess)
    assert list(found.cores) == map_layers("48", layers, 1, LIMITS, excess)
    assert [(part.layer, part.first, part.last) for part in found.parts[0]] == [(0, 0, 48), (1, 0, 48), (2, 0, 20)]
    assert len(divide("48", layers, LIMITS, {}).cores) == 2


def test_where_axons_are_short_synapses_are_stored_in_sparse_ones():
    # Dense, each of 512 neurons needs 15 axons to a core, and a core has 4096.
    layers = plan((700, 512, 512, 35), 15, 58, 10, 8, LIMITS)
    found = divide("wide", layers, LIMITS, {})
    assert [part.demand.axons.max() for _, part in found.of_layer(1)] == [1] * len(found.of_layer(1))
    assert len(found.cores) <= 128 and max(core.input_axons for core in found.cores) <= 4096


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"core_synapse_words": 3}, "neuron 3 of layer 2 alone needs .* 64-bit words .* loihi.excess.synapse_words"),
        ({"core_delay_bits": 3}, "neuron 3 of layer 2 alone needs 4 bits a delay, but a core has 3, 1 fewer; "),
        ({"chip_cores": 4}, r"takes \d+ of Loihi's cores, but a chip has 4, \d+ fewer; give it fewer neurons"),
    ],
)
def test_what_does_not_fit_is_refused_with_what_it_needs(network, change, message):
    with pytest.raises(InputError, match=f"^Network tiny.*{message}"):
        divided(network, SMALL | change)


def test_the_remedy_that_an_error_names_helps(network):
    layers = layers_of(network, SMALL)
    with pytest.raises(
        InputError, match=r"add fewest to loihi\.cores, which divides layers over as many cores as they need"
    ):
        map_each("tiny", layers, [1, 3], SMALL, {})
    mapped = map_each("tiny", layers, [1, 3, "fewest"], SMALL, {})
    assert mapped.too_few == (1, 3) and {*mapped.by_platform} == {"loihi_fewest"}
    # Where nothing helps, it is not named.
    with pytest.raises(InputError, match="fewer; give a smaller network or fewer levels"):
        map_each("tiny", layers, [1], SMALL | {"chip_cores": 2}, {})


def test_a_number_that_holds_the_network_stays_beside_the_fewest(network):
    mapped = map_each("tiny", layers_of(network, LIMITS), [1, 3, 4, "fewest"], LIMITS, {})
    assert mapped.too_few == (4,) and {*mapped.by_platform} == {"loihi_1core", "loihi_3cores", "loihi_fewest"}
    assert mapped.whole[1] == list(mapped.division.cores)
