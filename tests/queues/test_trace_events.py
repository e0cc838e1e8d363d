import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from delaysnn.core.spike_trains import SpikeTrains
from delaysnn.queues.events import trace_events
from delaysnn.queues.structures.scdq import run_queue


def test_the_papers_example():
    useful = np.array([[1, 1, 0], [0, 0, 1]], bool)  # A has delays 0 and 1, B has delay 2
    steps = trace_events([[0, 1], [], []], useful)
    assert [step.waiting for step in steps] == [[(0, 2), (1, 2)], [(0, 1), (1, 1)], [(1, 0)]]
    assert [step.delivered for step in steps] == [[(0, 0)], [(0, 1)], [(1, 2)]]
    assert [step.kept for step in steps] == [[(0, 1), (1, 1)], [(1, 0)], []]


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32), st.integers(1, 5), st.integers(1, 8))
def test_it_is_the_simulated_queue(seed, axons, delays):
    random = np.random.default_rng(seed)
    useful = random.random((axons, delays)) < 0.5
    dense = random.random((12, 1, axons)) < 0.3
    steps = trace_events([np.flatnonzero(row).tolist() for row in dense[:, 0]], useful)
    run = run_queue(SpikeTrains.from_dense(dense), useful, depth=100)
    assert [len(step.waiting) for step in steps] == run.occupancy[0].tolist()
    assert sum(len(step.delivered) for step in steps) == run.deliveries[0]
