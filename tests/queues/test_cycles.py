"""The cycle models deliver what the event-level simulator and the dense product do, and take the cycles they should."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from shared_queue import trace_shared_queue

from delaysnn.core.spike_trains import SpikeTrains
from delaysnn.queues.structures.scdq import run_queue
from delaysnn.queues.verilog.cycles import no_gaps, trace_scdq


def due(dense, useful):
    """The dense delayed product's (sample, step, source, delay); dense [time, batch, neuron]."""
    return {
        (sample, step + delay, axon, delay)
        for step, sample, axon in np.argwhere(dense).tolist()
        for delay in np.flatnonzero(useful[axon]).tolist()
        if step + delay < len(dense)
    }


traffic = given(st.integers(0, 2**32), st.integers(1, 5), st.integers(2, 9), st.floats(0, 1), st.floats(0, 1))


@settings(max_examples=40, deadline=None)
@traffic
def test_deep_queues_deliver_the_dense_product(seed, axons, delays, rate, density):
    random = np.random.default_rng(seed)
    useful = random.random((axons, delays)) < density
    dense = random.random((12, 2, axons)) < rate
    spikes = SpikeTrains.from_dense(dense)
    for trace in (trace_scdq, trace_shared_queue):
        ran = trace(spikes, useful, axons * delays, random.integers(0, 3, len(no_gaps(spikes))))
        delivered = [tuple(row) for row in ran.deliveries.tolist()]
        assert set(delivered) == due(dense, useful) and len(set(delivered)) == len(delivered)
        assert not ran.lost.any()


@settings(max_examples=40, deadline=None)
@traffic
def test_scdq_takes_a_cycle_a_pop_and_two_or_three_a_step(seed, axons, delays, rate, density):
    random = np.random.default_rng(seed)
    useful = random.random((axons, delays)) < density
    spikes = SpikeTrains.from_dense(random.random((12, 2, axons)) < rate)
    trace = trace_scdq(spikes, useful, axons * delays, no_gaps(spikes))
    run = run_queue(spikes, useful, axons * delays)
    arrivals = spikes.dense().sum(axis=2).T
    # The first pop of an empty queue waits a cycle for its spike.
    empty = (run.occupancy > 0) & (run.occupancy == arrivals)
    assert (trace.cycles == run.occupancy + 2 + empty).all()
    assert np.bincount(trace.deliveries[:, 0], minlength=2).tolist() == run.deliveries.tolist()


def test_a_spike_without_room_is_lost_and_counted():
    spikes = SpikeTrains.from_dense(np.ones((1, 1, 4)))
    useful = np.ones((4, 2), bool)
    scdq = trace_scdq(spikes, useful, 3, no_gaps(spikes))
    assert scdq.lost.tolist() == [1] and scdq.deliveries[:, 2].tolist() == [0, 1, 2]
    # FIFOs of 2 and 3 events; the first event leaves the former too late for the third, in time for the fourth.
    shared = trace_shared_queue(spikes, useful, 3, no_gaps(spikes))
    assert shared.lost.tolist() == [2] and shared.deliveries[:, 2].tolist() == [0, 1, 3]
