import numpy as np
import pytest
from small_networks import late_network

from delaysnn.core.errors import InputError
from delaysnn.core.spike_trains import SpikeTrains
from delaysnn.platforms.seneca.first_queue import FirstQueue, check, measure
from delaysnn.queues.delays import queued, useful_delays
from delaysnn.queues.structures.scdq import run_queue


def test_it_is_what_the_queue_of_the_network_will_need():
    inputs = SpikeTrains.from_dense(np.random.default_rng(1).random((30, 9, 23)) < 0.15)
    found = measure(inputs, (0, 3, 7), kept=1)
    network = late_network()
    # One run of five channels has no synapse, so that its spikes leave at once.
    network.layers[0].weights[:, 3] = 1
    (first, *_) = queued(network, inputs, [SpikeTrains.from_dense(np.zeros((30, 9, n))) for n in (12, 12, 4)])
    assert found.most == run_queue(first.spikes, useful_delays(first.layer), 2048).occupancy.max()
    busiest = int(inputs.dense().sum(axis=2).max())
    assert found.least == busiest and measure(inputs, (0, 3, 7), kept=3).least == found.most


def test_what_cannot_fit_is_refused_and_what_may_not_is_said():
    assert check(FirstQueue(100, 2048), "late", 2048) == ""
    said = check(FirstQueue(100, 2973), "late", 2048)
    assert "networks.late.input_delays" in said and "needs 2973 events (100 where the shortest are kept)" in said
    with pytest.raises(InputError, match=r"busiest step needs 2973 events, but queue_depth is 2048; write shorter"):
        check(FirstQueue(2973, 2973), "late", 2048)
