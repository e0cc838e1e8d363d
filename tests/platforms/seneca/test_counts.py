from pathlib import Path

import numpy as np
import pytest
import yaml
from small_networks import adaptive_network, quantised_network

from delaysnn.core.errors import InputError
from delaysnn.core.network import Layer, Network
from delaysnn.core.spike_trains import SpikeTrains
from delaysnn.neurons import registered as neurons
from delaysnn.platforms import registered
from delaysnn.platforms.answers import check_estimates
from delaysnn.platforms.constants import read_basis
from delaysnn.platforms.seneca.counts import Updates, count, published_counts
from delaysnn.queues.delays import useful_delays
from delaysnn.queues.structures.scdq import run_queue

CONFIG = Path(__file__).parents[3] / "config"
HARDWARE = CONFIG / "hardware"
PUBLISHED = yaml.safe_load((CONFIG / "published.yaml").read_text())


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


def test_a_step_of_adaptive_neurons_takes_more_than_one_of_lif(monkeypatch):
    network, random = adaptive_network(), np.random.default_rng(1)
    inputs = SpikeTrains.from_dense(random.random((30, 2, 20)) < 0.15)
    layers = [SpikeTrains.from_dense(random.random((30, 2, post)) < 0.15) for post in (12, 12, 4)]
    for within_sample in (True, False):
        adaptive, plain = (count(each, inputs, layers, within_sample) for each in (network, quantised_network()))
        # Twelve neurons and 30 steps; b, c and d and w more, and six operations.
        assert adaptive.updates == (Updates(3 * 360, 360, 6 * 360),) * 2 + (Updates(0, 0, 0),)
        assert adaptive.totals() == plain.totals() | {"update_instructions": 2 * 360 * (3 + 1 + 6 + 1)}
        assert (plain.updates, plain.stored_numbers, adaptive.stored_numbers) == ((), 0, 2 * 12 * 4)
    monkeypatch.setattr(type(neurons()["adlif"]), "operations", None)
    with pytest.raises(
        InputError, match=r"^neurons/adlif\.py: operations is None, so Seneca cannot price a step; write"
    ):
        count(network, inputs, layers, True)


@pytest.mark.parametrize("as_floats", [False, True])
def test_networks_of_other_neurons_have_counted_estimates_alone(as_floats):
    basis = read_basis(HARDWARE / "seneca.yaml", CONFIG / "published.yaml", ["48", "32", "24"])
    inputs = SpikeTrains.from_dense(np.random.default_rng(1).random((30, 2, 20)) < 0.15)
    seneca, found = registered()["seneca"], []
    for network in (quantised_network(), adaptive_network()):
        layers = seneca.run(network, inputs).layers
        if as_floats:
            found.append(seneca.estimate_floats(network, inputs, layers, basis))
        else:
            found.append(seneca.estimate(seneca.count(network, inputs, layers), basis))
            check_estimates(seneca, found[-1], 2)
    ways = [{cell.how for cell in each.cells} for each in found]
    assert ways == [{"counted", "calibrated"}, {"counted"}]
    assert found[0].outside_fit and not found[1].outside_fit
