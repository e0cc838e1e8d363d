import numpy as np
import pytest

from delaysnn.core.network import Layer
from delaysnn.core.spike_trains import SpikeTrains
from delaysnn.queues import registered
from delaysnn.queues.delays import activity_density, useful_delays

CONSTANTS = {"event_bits": 16, "weight_bits": 16}


def needs_of(synapses, spikes):
    return {name: own.need(synapses, spikes, CONSTANTS) for name, own in registered().items() if own.need}


def bits_over(*shape, density):
    return {name: own.bits_at(*shape, CONSTANTS, density) for name, own in registered().items() if own.bits_at}


def layer(random, density=0.5):
    weights = random.standard_normal((4, 5, 3)) * (random.random((4, 5, 1)) < density)
    return Layer(weights.astype(np.float32), (0, 2, 4, 6), np.ones(3, np.float32), np.ones(3, np.float32))


@pytest.fixture
def spikes():
    return SpikeTrains.from_dense(np.random.default_rng(2).random((20, 6, 5)) < 0.3)


def test_fifos_hold_a_copy_for_each_useful_delay_until_it_is_due(spikes):
    synapses = layer(np.random.default_rng(1))
    useful = useful_delays(synapses)
    dense = spikes.dense()
    most = 0
    for sample in range(6):
        for step in range(20):
            waiting = sum(
                dense[start, sample, axon] and useful[axon, delay] and start <= step <= start + delay
                for start in range(20)
                for axon in range(5)
                for delay in range(7)
            )
            most = max(most, waiting)
    need = needs_of(synapses, spikes)["shared_queue"]
    assert need.needed_bits == 16 * most
    assert need.needed_bits <= need.provisioned_bits


def test_reads_and_writes_are_those_of_a_plain_count(spikes):
    synapses = layer(np.random.default_rng(1))
    synapses.weights[1, 2, 0] = 0  # one post-neuron of several
    useful, dense = useful_delays(synapses), spikes.dense()
    ring = queue = 0
    for step, _, axon in np.argwhere(dense):
        ring += 2 * np.count_nonzero(synapses.weights[:, axon])
        for delay in np.flatnonzero(useful[axon]):
            queue += 1 + (step + delay < 20)
    needs = needs_of(synapses, spikes)
    assert needs["ring_buffer"].accesses == pytest.approx(ring / 6 + 2 * 3 * 20)
    assert needs["shared_queue"].accesses == pytest.approx(queue / 6)
    assert needs["history"].accesses == 2 * 5 * 20


def test_scdq_needs_what_its_simulation_holds(spikes):
    synapses = layer(np.random.default_rng(1))
    run = registered()["scdq"].run([(spikes, useful_delays(synapses))], 99)
    need = needs_of(synapses, spikes)["scdq"]
    assert need.needed_bits == 16 * run.peak
    assert need.accesses == pytest.approx(2 * run.pops.mean())


def test_when_every_neuron_fires_the_formulas_are_met():
    weights = np.ones((4, 5, 3), np.float32)
    full = Layer(weights, (0, 1, 2, 3), np.ones(3, np.float32), np.ones(3, np.float32))
    always = SpikeTrains.from_dense(np.ones((20, 1, 5)))
    needs = needs_of(full, always)
    assert activity_density(always) == 1
    for name, need in needs.items():
        assert need.needed_bits == need.provisioned_bits, name
    curves = bits_over(5, 3, 4, density=np.array([0.0, 1.0]))
    assert {name: bits[1] for name, bits in curves.items()} == {
        name: need.provisioned_bits for name, need in needs.items()
    }


def test_a_history_is_smaller_than_queues_but_where_hardly_anything_fires():
    curves = bits_over(256, 256, 64, density=np.linspace(0, 1, 1001))
    wins = np.linspace(0, 1, 1001)[curves["scdq"] < curves["history"]].max()
    assert wins == pytest.approx(64 / (16 * 127), abs=0.001)
