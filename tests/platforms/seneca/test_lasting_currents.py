"""Neurons whose currents last on Seneca: an operation of bfloat16 at a time, and what a step of them takes."""

import ml_dtypes
import numpy as np
import pytest
from small_networks import current_network, quantised_network

from delaysnn.core.spike_trains import SpikeTrains
from delaysnn.platforms import registered
from delaysnn.platforms.seneca.bfloat16 import to_bfloat16
from delaysnn.platforms.seneca.counts import Updates, count
from delaysnn.platforms.seneca.inference import infer, membranes


def loop(layer, spikes, every_add):
    """Potentials [time, post] by NumPy's bfloat16, an operation at a time; spikes [time, pre]."""
    number = ml_dtypes.bfloat16 if every_add else np.float32
    arrays = (layer.weights, layer.decay, layer.threshold, layer.own.get("current_decay", 0 * layer.decay))
    weights, a, threshold, g = (array.astype(ml_dtypes.bfloat16).astype(number) for array in arrays)
    u, i, potentials = np.zeros_like(a), np.zeros_like(a), []
    for step in range(len(spikes)):
        i = g * i
        arrived = np.zeros_like(i)
        for level in reversed(range(len(layer.delay_levels))):
            if step >= layer.delay_levels[level]:
                for pre in np.flatnonzero(spikes[step - layer.delay_levels[level]]):
                    if every_add:
                        i = i + weights[level, pre]
                    else:
                        arrived = arrived + weights[level, pre]
        i = (i + arrived).astype(ml_dtypes.bfloat16).astype(number)
        u = (a * u + i).astype(ml_dtypes.bfloat16).astype(number)
        potentials.append(u.astype(np.float32))
        u = u * (u < threshold).astype(number)
    return np.stack(potentials)


@pytest.mark.parametrize("every_add", [True, False])
def test_every_operation_is_rounded_in_the_order_of_the_equations(every_add):
    network, spikes = current_network(), np.random.default_rng(1).random((30, 5, 20)) < 0.3
    found = infer(network, SpikeTrains.from_dense(spikes), every_add)
    for sample in range(5):
        before, recorded = spikes[:, sample], membranes(network, SpikeTrains.from_dense(spikes[:, [sample]]))
        for layer, trains, potential in zip(network.layers[:2], found, recorded, strict=False):
            expected, threshold = loop(layer, before, every_add), to_bfloat16(layer.threshold)
            if every_add:
                np.testing.assert_array_equal(potential, expected / threshold)
            before = trains.dense()[:, sample]
            np.testing.assert_array_equal(before, expected >= threshold)
    assert all(0.02 < trains.dense().mean() < 0.9 for trains in found[:2])


def test_a_step_takes_more_than_one_of_lif_and_no_line_prices_it():
    network, random = current_network(), np.random.default_rng(1)
    inputs = SpikeTrains.from_dense(random.random((30, 2, 20)) < 0.15)
    layers = [SpikeTrains.from_dense(random.random((30, 2, post)) < 0.15) for post in (12, 12, 4)]
    lasting, plain = (count(each, inputs, layers, True) for each in (network, quantised_network()))
    # Twelve neurons and 30 steps: g and i more, and a product and a sum.
    assert lasting.updates == (Updates(360, 360, 2 * 360),) * 2 + (Updates(0, 0, 0),)
    assert lasting.totals() == plain.totals() | {"update_instructions": 2 * 360 * (1 + 1 + 2 + 1)}
    assert lasting.stored_numbers == 2 * 12 * 2
    assert registered()["seneca"].neurons == ("lif", "adlif", "cuba")
