"""What structures need in the steady state, against their runs; and which of them needs least where."""

import numpy as np
import pytest

from delaysnn.core.spike_trains import SpikeTrains
from delaysnn.queues import registered
from delaysnn.queues.delays import useful_delays
from delaysnn.queues.regions import compare_regions, make_layer

CONSTANTS = {"event_bits": 16, "weight_bits": 16}
STEADY = {name: each for name, each in registered().items() if each.steady}
LAYERS = [make_layer(12, 5, 6, 2, 0.5, axonal) for axonal in (True, False)]


def fire(share, steps, samples=1):
    return SpikeTrains.from_dense(np.random.default_rng(3).random((steps, samples, 12)) < share)


@pytest.mark.parametrize("layer", LAYERS, ids=["axonal", "synaptic"])
@pytest.mark.parametrize("name", STEADY)
def test_accesses_grow_with_activity_as_those_of_random_spikes(name, layer):
    structure, steps, spikes = STEADY[name], 2000, fire(0.2, 2000)
    idle, firing = structure.steady(layer, CONSTANTS).accesses
    if structure.need:
        found = structure.need(layer, spikes, CONSTANTS).accesses
    else:
        found = 2 * structure.run([(spikes, useful_delays(layer))], 10_000).pops[0]
    assert found / steps == pytest.approx(idle + 0.2 * firing, rel=0.03)


@pytest.mark.parametrize("layer", LAYERS, ids=["axonal", "synaptic"])
@pytest.mark.parametrize("name", STEADY)
def test_where_all_fire_memory_is_that_of_the_busiest_step(name, layer):
    structure, spikes = STEADY[name], fire(2, 64)
    found = structure.steady(layer, CONSTANTS).bits
    if structure.need:
        busiest = structure.need(layer, spikes, CONSTANTS).needed_bits
    else:
        busiest = 16 * structure.run([(spikes, useful_delays(layer))], 10_000).peak
    # A far queue fills up to its next reading; the mean over steps lies below.
    assert sum(found) == busiest if name != "hierarchical" else 0.5 * busiest < sum(found) < busiest


def test_pruning_leaves_the_share_of_levels_and_always_the_same():
    for axonal in (True, False):
        layer = make_layer(8, 4, 10, 3, 0.3, axonal)
        assert (layer.weights.sum(axis=0) == 3).all() and layer.delay_levels[-1] == 27
        assert np.array_equal(layer.weights, make_layer(8, 4, 10, 3, 0.3, axonal).weights)
    assert (make_layer(8, 4, 2, 3, 0.1, True).weights.sum(axis=0) == 1).all()


def test_few_spikes_favour_queues_and_many_a_history():
    layers = {levels: make_layer(48, 48, levels, 2, 0.5, False) for levels in (10, 30)}
    found = compare_regions(layers, [0.001, 0.9], CONSTANTS)

    def least(quantity):
        return [[found.structures[index] for index in row] for row in found.least(quantity)]

    assert least("bits") == [["single_fifo", "history"]] * 2
    # In words: a shared queue takes as many, with more memory; where axons are pruned it takes fewer.
    assert least("accesses") == [["stride_units", "history"]] * 2
    axonal = compare_regions({30: make_layer(48, 48, 30, 2, 0.5, True)}, [0.001], CONSTANTS)
    assert axonal.structures[axonal.least("accesses")[0, 0]] == "shared_queue"
    index = found.structures.index("scdq")
    assert found.needs["accesses"][index, 1, 1] == pytest.approx(2 * 0.9 * 48 * 59)
    history = found.structures.index("history")
    assert found.needs["moved_bits"][history, 1, 0] == 2 * 48 * 59


@pytest.mark.parametrize("axonal", [False, True], ids=["synaptic", "axonal"])
def test_hierarchical_touches_less_than_scdq_but_more_than_units_of_the_stride_at_half_of_the_levels(axonal):
    found = compare_regions({30: make_layer(48, 48, 30, 2, 0.5, axonal)}, [0.1], CONSTANTS)
    accesses, bits = (
        dict(zip(found.structures, found.needs[name][:, 0, 0], strict=True)) for name in ("accesses", "bits")
    )
    assert accesses["stride_units"] < accesses["hierarchical"] < accesses["scdq"]
    assert bits["single_fifo"] < bits["hierarchical"]
