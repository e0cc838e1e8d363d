"""Operations of recurrent and delay-free networks, counted by hand."""

import numpy as np
import pytest

from delaysnn.core.network import Layer, Network
from delaysnn.core.spike_trains import SpikeTrains
from delaysnn.platforms.loihi import cost as loihi
from delaysnn.platforms.loihi.cost import count_floats as count_on_loihi
from delaysnn.platforms.seneca import counts as seneca
from delaysnn.platforms.seneca.floats import count_floats as count_on_seneca
from delaysnn.platforms.seneca.floats import has_queue


def layer(pre, post, levels=(0,), recurrent=None, pruned=(), returns=(1,)):
    weights = np.ones((len(levels), pre, post), np.float32)
    for place in pruned:
        weights[place] = 0
    ones = np.ones(post, np.float32)
    return Layer(weights, levels, 0.9 * ones, ones, recurrent=recurrent, recurrent_delays=returns)


def spikes(neurons, *events):
    """Two samples of four steps; events are (step, sample, neuron)."""
    dense = np.zeros((4, 2, neurons))
    for event in events:
        dense[event] = 1
    return SpikeTrains.from_dense(dense)


INPUTS = spikes(2, (0, 0, 0), (1, 0, 1), (2, 1, 0))
# In the first sample neuron 0 fires twice, the second time in the last step, and neuron 1 once; in the second nothing.
HIDDEN = spikes(3, (1, 0, 0), (3, 0, 0), (2, 0, 1))
OUTPUT = spikes(2, (3, 0, 0))


def build(second, recurrent=None):
    return Network((layer(2, 3, recurrent=recurrent), second), 4, "small", 1, "random")


def test_a_layer_without_delays_has_no_queue():
    network = build(layer(3, 2))
    counts = count_on_seneca(network, INPUTS, [HIDDEN, OUTPUT], within_sample=True)
    # Inputs: 2 and 1 spikes times 3 neurons; hidden: 3 spikes times 2.
    assert [found.tolist() for found in counts.operations] == [[6, 3], [6, 0]]
    assert [found.tolist() for found in counts.queue_events] == [[0, 0]]
    assert not has_queue(network)


def test_a_recurrent_spike_waits_one_step_and_comes_back_unless_the_sample_has_ended():
    network = build(layer(3, 2), recurrent=np.ones((3, 3), np.float32))
    spikes = (network, INPUTS, [HIDDEN, OUTPUT])
    counts = count_on_seneca(*spikes, within_sample=True)
    # Of three hidden spikes two come back, to 3 neurons each; all three waited.
    assert [found.tolist() for found in counts.operations] == [[6 + 6, 3], [6, 0]]
    assert [found.tolist() for found in counts.queue_events] == [[3, 0]]
    assert [found.tolist() for found in counts.deliveries] == [[2, 0]]
    assert [found.tolist() for found in count_on_seneca(*spikes, within_sample=False).operations] == [[15, 3], [6, 0]]
    assert has_queue(network)


def test_a_spike_that_returns_late_waits_as_long_as_its_axon_says():
    recurrent = np.ones((2, 3, 3), np.float32)
    # Neuron 0 returns after 2 steps, 1 after 1 and 2, and 2 never.
    recurrent[0, 0] = recurrent[:, 2] = 0
    network = Network((layer(2, 3, recurrent=recurrent, returns=(1, 2)), layer(3, 2)), 4, "small", 1, "random")
    spikes = (network, INPUTS, [HIDDEN, OUTPUT])
    counts = count_on_seneca(*spikes, within_sample=True)
    # Of steps 0 to 3: neuron 0 fires in 1, waits 2 and returns in 3; in 3, waits 1 and is lost; 1 in 2, returns in 3.
    assert [found.tolist() for found in counts.queue_events] == [[2 + 1 + 1, 0]]
    assert [found.tolist() for found in counts.deliveries] == [[2, 0]]
    due = count_on_seneca(*spikes, within_sample=False)
    assert [found.tolist() for found in (*due.queue_events, *due.deliveries)] == [[2 + 2 + 2, 0], [1 + 1 + 2, 0]]
    on_loihi = count_on_loihi(*spikes, 8)
    assert on_loihi.synaptic_operations == pytest.approx((9 + 6 + 2 * 3 + 6) / 2)
    assert on_loihi.synapses == 6 + 6 + 9


def test_on_loihi_a_recurrent_synapse_is_a_synapse():
    recurrent = np.ones((3, 3), np.float32)
    recurrent[0, 1] = 0
    counts = count_on_loihi(build(layer(3, 2), recurrent), INPUTS, [HIDDEN, OUTPUT], 8)
    # Over two samples: 3 input spikes to 3 neurons, 3 hidden spikes to 2, and back: neuron 0 twice to 2, neuron 1 to 3.
    assert counts.synaptic_operations == pytest.approx((9 + 6 + 2 * 2 + 3) / 2)
    assert (counts.spikes, counts.updates, counts.synapses) == (2, 5 * 4, 6 + 6 + 8)
    assert (counts.weight_bits, counts.n_steps) == (8, 4)


def test_networks_with_delays_are_counted_as_deployed_ones_are():
    network = build(layer(3, 2, levels=(0, 2), pruned=[(1, 0), (0, 1, 1)]))
    spikes = (network, INPUTS, [HIDDEN, OUTPUT])
    for within_sample in (True, False):
        ours = count_on_seneca(*spikes, within_sample)
        theirs = seneca.count(*spikes, within_sample)
        assert ours.totals() == theirs.totals()
    assert has_queue(network)
    assert count_on_loihi(*spikes, 8).synaptic_operations == pytest.approx((9 + 2 * 2 + 3) / 2)


def test_both_chips_price_what_was_counted():
    network = build(layer(3, 2), recurrent=np.ones((3, 3), np.float32))
    constants = {"synaptic_operation_pj": 10, "neuron_update_active_pj": 100, "neuron_update_inactive_pj": 1}
    constants |= {"synaptic_operation_ns": 0, "neuron_update_active_ns": 0, "neuron_update_inactive_ns": 0}
    counts = count_on_loihi(network, INPUTS, [HIDDEN, OUTPUT], 8)
    # 12 operations, 2 spikes and 18 updates without one.
    energy = loihi.counted(counts, constants | {"barrier_ns": 0, "delay_bits": 6})["energy"]
    assert energy == pytest.approx((12 * 10 + 2 * 100 + 18) * 1e-6)
