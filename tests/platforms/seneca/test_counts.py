from pathlib import Path

import numpy as np
import pytest
import yaml

from delaysnn.core.network import Layer, Network
from delaysnn.core.spike_trains import SpikeTrains
from delaysnn.platforms.seneca.counts import count, published_counts
from delaysnn.queues.delays import useful_delays
from delaysnn.queues.structures.scdq import run_queue

PUBLISHED = yaml.safe_load((Path(__file__).parents[3] / "config/published.yaml").read_text())


@pytest.fixture
def tiny():
    weights = np.zeros((3, 2, 4), np.float32)
    weights[0, 0, 1] = weights[2, 0, 3] = weights[1, 1, 0] = 1
    ones = np.ones(4, np.float32)
    return Network(
        (Layer(np.ones((1, 5, 2), np.float32), (0,), ones[:2], ones[:2]), Layer(weights, (0, 2, 4), ones, ones)),
        6, "tiny", 1, "random",
    )  # fmt: skip


@pytest.fixture
def spikes():
    inputs, hidden = np.zeros((6, 2, 5)), np.zeros((6, 2, 2))
    inputs[2, 0, [1, 4]] = inputs[3, 1, 0] = 1
    hidden[[0, 3], 0, 0] = 1  # axon 0 has two useful delays and lives for five steps
    hidden[1, 0, 1] = 1  # axon 1 has one and lives for three
    return SpikeTrains.from_dense(inputs), [SpikeTrains.from_dense(hidden), SpikeTrains.from_dense(np.zeros((6, 2, 4)))]


def test_what_is_due_is_every_useful_delay_of_a_spike(tiny, spikes):
    counts = count(tiny, *spikes, within_sample=False)
    assert [layer.tolist() for layer in counts.operations] == [[2 * 2, 1 * 2], [4 * (2 * 2 + 1), 0]]
    assert counts.deliveries[0].tolist() == [5, 0]
    assert counts.queue_events[0].tolist() == [2 * 5 + 3, 0]
    assert counts.arrivals[0].tolist() == [3, 0]
    assert counts.input_events.tolist() == [2, 1]
    assert (counts.stored_weights, counts.neurons, counts.delay_bits, counts.steps) == (10 + 24, 6, 2 * 5, 6)


def test_within_the_sample_nothing_is_delivered_after_its_end(tiny, spikes):
    counts = count(tiny, *spikes, within_sample=True)
    # The spike of step 3 would be delivered at steps 3 and 7, and lives through steps 3, 4 and 5.
    assert counts.deliveries[0].tolist() == [4, 0]
    assert counts.queue_events[0].tolist() == [5 + 3 + 3, 0]
    assert counts.operations[1].tolist() == [16, 0]


def test_within_the_sample_is_what_the_queue_does():
    rng = np.random.default_rng(3)
    weights = rng.normal(size=(6, 12, 7)).astype(np.float32) * (rng.random((6, 12, 1)) < 0.5)
    ones = np.ones(12, np.float32)
    layer = Layer(weights, tuple(range(0, 12, 2)), ones[:7], ones[:7])
    network = Network((Layer(np.ones((1, 5, 12), np.float32), (0,), ones, ones), layer), 20, "tiny", 1, "random")
    inputs, hidden, out = (SpikeTrains.from_dense(rng.random((20, 9, n)) < 0.2) for n in (5, 12, 7))
    counts = count(network, inputs, [hidden, out], within_sample=True)
    run = run_queue(hidden, useful_delays(layer), 2048)
    assert counts.deliveries[0].tolist() == run.deliveries.tolist()
    assert counts.queue_events[0].tolist() == run.pops.tolist()


def test_the_papers_own_neural_estimate_is_of_what_lies_behind_queues():
    """The paper prices 14.48 uJ of neural energy for network 48, which leaves no room for the input layer."""
    _, *queued = published_counts(PUBLISHED, "48").operations
    estimate = PUBLISHED["table_3_hardware"]["seneca_shares"]["estimated_neural_uj_48"]
    assert sum(queued) * 12.7e-6 == pytest.approx(estimate, rel=0.05)
    assert sum(published_counts(PUBLISHED, "48").operations) * 12.7e-6 > 1.15 * estimate
