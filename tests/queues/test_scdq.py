"""The queue delivers what the dense delayed product asks for, and holds what the closed form says."""

from collections import deque
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from delaysnn.core.errors import InputError
from delaysnn.core.network import Layer
from delaysnn.core.spike_trains import SpikeTrains
from delaysnn.queues.delays import leading_zeros, useful_delays
from delaysnn.queues.structures import scdq
from delaysnn.queues.structures.scdq import (
    differences_from_oracles,
    expected_occupancy,
    measure,
    run,
    run_queue,
    summarise,
)


def plain_queue(arrivals, useful):
    """The paper's steps with Python's queues; arrivals [time] lists of axons. Returns deliveries and occupancy."""
    n_delays = useful.shape[1]
    prq, poq = deque(), deque()
    delivered, occupancy = [], []
    for step, axons in enumerate(arrivals):
        prq.extend((axon, n_delays - 1) for axon in axons)
        occupancy.append(len(prq))
        prq.append("EOT")
        while (event := prq.popleft()) != "EOT":
            axon, counter = event
            delay = n_delays - 1 - counter
            if useful[axon, delay]:
                delivered.append((step, axon, delay))
            if useful[axon, delay + 1 :].any():
                poq.append((axon, counter - 1))
        prq, poq = poq, prq
    return delivered, occupancy


def test_the_papers_example():
    useful = np.array([[1, 1, 0], [0, 0, 1]], bool)  # A has delays 0 and 1, B has delay 2
    assert leading_zeros(useful).tolist() == [1, 0]
    delivered, occupancy = plain_queue([[0, 1], [], []], useful)
    assert delivered == [(0, 0, 0), (1, 0, 1), (2, 1, 2)]  # (A,2), (B,0) and (B,1) never come
    assert occupancy == [2, 2, 1]
    spikes = np.zeros((3, 1, 2))
    spikes[0, 0] = 1
    run = run_queue(SpikeTrains.from_dense(spikes), useful, depth=2)
    assert (run.deliveries[0], run.pops[0], run.differences[0]) == (3, 5, 0)
    assert run.occupancy[0].tolist() == occupancy


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32), st.integers(1, 6), st.integers(1, 12), st.floats(0, 1), st.floats(0, 1))
def test_any_traffic_equals_the_plain_queue_the_dense_product_and_the_closed_form(seed, axons, delays, rate, density):
    random = np.random.default_rng(seed)
    useful = random.random((axons, delays)) < density
    dense = random.random((15, 3, axons)) < rate
    spikes = SpikeTrains.from_dense(dense)
    run = run_queue(spikes, useful, depth=axons * delays)
    assert (run.differences == 0).all()
    assert (run.occupancy == expected_occupancy(spikes, useful)).all()
    assert (run.pops == run.occupancy.sum(axis=1)).all()
    for sample in range(3):
        arrivals = [np.flatnonzero(row).tolist() for row in dense[:, sample]]
        delivered, occupancy = plain_queue(arrivals, useful)
        due = {
            (step + delay, axon, delay)
            for step, axon in np.argwhere(dense[:, sample])
            for delay in np.flatnonzero(useful[axon])
            if step + delay < 15
        }
        assert set(delivered) == due and len(delivered) == len(due) == run.deliveries[sample]
        assert run.occupancy[sample].tolist() == occupancy


def test_every_kind_of_difference_is_counted():
    spikes, useful = SpikeTrains.from_dense(np.eye(3)[:, None]), np.ones((3, 2), bool)
    run = run_queue(spikes, useful, depth=4)
    assert differences_from_oracles(run, spikes, useful) == 0
    wrong = replace(run, differences=run.differences + 2, occupancy=run.occupancy + np.array([0, 1, 0]))
    assert differences_from_oracles(wrong, spikes, useful) == 3


def test_the_summary_counts_a_sample():
    spikes, useful = SpikeTrains.from_dense(np.eye(3)[:, None]), np.array([[1, 1], [1, 0], [0, 0]], bool)
    found = summarise(run_queue(spikes, useful, depth=4), useful)
    assert (found["useful_delays"], found["pops_mean"], found["deliveries_mean"]) == (3, 4, 3)
    assert (found["occupancy_peak"], found["occupancy_most"]) == (2, [1, 2, 1])


def test_a_network_has_means_over_axons_and_sums_over_queues():
    spikes = SpikeTrains.from_dense(np.eye(3)[:, None])
    useful = [np.array([[1, 1], [1, 0], [0, 0]], bool), np.array([[0, 0, 1], [0, 0, 0], [0, 0, 0]], bool)]
    cells = measure([run_queue(spikes, table, depth=4) for table in useful], [(spikes, table) for table in useful])
    # Axons with a useful delay have 2, 1 and 1 of them, the last after 1, 0 and 2 steps.
    assert {cell.quantity: cell.value for cell in cells} == pytest.approx(
        {
            "useful_delays": 4 / 3,
            "last_useful_delay": 1,
            "queue_events": 4 + 5,
            "steps_in_queue": (4 + 5) / (3 + 3),
            "deliveries": 3 + 1,
        }
    )


def test_a_shallow_queue_overflows_with_sample_and_step():
    spikes = np.zeros((4, 2, 3))
    spikes[1:3, 1] = 1
    useful = np.ones((3, 4), bool)
    with pytest.raises(InputError, match=r"5 events overflows in sample 1, step 2; its busiest .* queue_depth in"):
        run_queue(SpikeTrains.from_dense(spikes), useful, depth=5)


def test_axons_must_match():
    with pytest.raises(InputError, match="2 axons"):
        run_queue(SpikeTrains.from_dense(np.zeros((3, 1, 5))), np.ones((2, 2), bool), 9)


def test_only_wholly_pruned_axons_are_useless():
    weights = np.zeros((3, 2, 4), np.float32)
    weights[0, 0, 1] = weights[2, 0, 3] = weights[1, 1, 0] = 1
    ones = np.ones(4, np.float32)
    useful = useful_delays(Layer(weights, (0, 2, 4), ones, ones))
    assert useful.astype(int).tolist() == [[1, 0, 0, 0, 1], [0, 0, 1, 0, 0]]


def test_occupancy_that_differs_from_the_closed_form_is_a_difference(monkeypatch):
    ports = [(SpikeTrains.from_dense(np.eye(3)[:, None]), np.ones((3, 2), bool))]
    assert run(ports, depth=4).differences == 0
    monkeypatch.setattr(scdq, "expected_occupancy", lambda spikes, useful: np.array([[1, 2, 1]]))
    assert run(ports, depth=4).differences == 1
