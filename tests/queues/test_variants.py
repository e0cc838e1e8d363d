import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from delaysnn.core.spike_trains import SpikeTrains
from delaysnn.queues import registered
from delaysnn.queues.structures.hierarchical import run_split
from delaysnn.queues.structures.scdq import run_queue
from delaysnn.queues.structures.variants import merge, stride_of


def run_all(ports, depth):
    return {name: structure.run(ports, depth) for name, structure in registered().items() if structure.run}


def port(random, axons, levels, stride):
    useful = np.zeros((axons, (levels - 1) * stride + 1), bool)
    useful[:, ::stride] = random.random((axons, levels)) < 0.5
    return SpikeTrains.from_dense(random.random((21, 4, axons)) < 0.3), useful


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32), st.integers(1, 5), st.integers(2, 6), st.integers(1, 3))
def test_every_variant_delivers_the_dense_product(seed, axons, levels, stride):
    random = np.random.default_rng(seed)
    runs = run_all([port(random, axons, levels, stride), port(random, axons + 1, levels, stride)], depth=500)
    assert {run.differences for run in runs.values()} == {0}
    assert len({run.deliveries for run in runs.values()}) == 1
    assert (runs["no_early_drop"].pops >= runs["scdq"].pops).all()
    assert (runs["scdq"].pops >= runs["stride_units"].pops).all()
    assert (runs["scdq"].pops >= runs["hierarchical"].pops).all()
    assert runs["single_fifo"].peak <= runs["scdq"].peak
    assert runs["shared_by_layers"].peak <= runs["scdq"].peak
    assert (runs["shared_by_layers"].pops == runs["scdq"].pops).all()


def test_stride_units_touch_an_event_once_a_level():
    useful = np.zeros((1, 7), bool)
    useful[0, ::2] = True
    spikes = np.zeros((20, 1, 1))
    spikes[3] = 1
    runs = run_all([(SpikeTrains.from_dense(spikes), useful)], depth=4)
    assert (runs["scdq"].pops[0], runs["stride_units"].pops[0]) == (7, 4)
    assert (runs["scdq"].peak, runs["single_fifo"].peak) == (2, 1)


def test_a_far_queue_spares_an_event_the_steps_between_its_delays():
    useful = np.zeros((1, 40), bool)
    useful[0, [0, 2, 30]] = True
    spikes = np.zeros((60, 1, 1))
    spikes[3] = 1
    run, far = run_split(SpikeTrains.from_dense(spikes), useful, period=8)
    # Near in steps 3, 4, 5; far in 8, 16, 24, 32; near in 32 + 1.
    assert (run.pops[0], run.deliveries[0], run.differences[0]) == (8, 3, 0)
    assert (far.max(), run.occupancy.max()) == (1, 1)
    assert far[0, 5:32].all() and not far[0, 32:].any()


def test_without_early_drop_an_event_passes_every_delay():
    useful = np.array([[1, 0, 0, 0], [0, 0, 0, 1]], bool)
    spikes = np.zeros((10, 1, 2))
    spikes[0, 0, 0] = 1
    trains = SpikeTrains.from_dense(spikes)
    assert run_queue(trains, useful, 4).pops[0] == 1
    assert run_queue(trains, useful, 4, early_drop=False).pops[0] == 4


def test_merged_layers_keep_their_axons_apart():
    random = np.random.default_rng(0)
    first, second = port(random, 2, 3, 1), port(random, 3, 5, 1)
    spikes, useful = merge([first, second])
    assert useful.shape == (5, 5)
    assert (useful[:2, :3] == first[1]).all() and not useful[:2, 3:].any()
    assert (spikes.dense()[:, :, 2:] == second[0].dense()).all()


@pytest.mark.parametrize(("delays", "stride"), [((0, 2, 8), 2), ((0, 3), 3), ((0,), 1), ((), 1), ((0, 2, 5), 1)])
def test_stride_is_what_divides_every_useful_delay(delays, stride):
    useful = np.zeros((2, 10), bool)
    useful[0, list(delays)] = True
    assert stride_of(useful) == stride
