"""Accuracy in validation and memory of weights, at each width."""

import dataclasses

import numpy as np
import pytest
from small_networks import quantised_network

from delaysnn.core.dataset import Dataset
from delaysnn.core.spike_trains import SpikeTrains
from delaysnn.training.evaluate import trace
from delaysnn.training.model import DelayNetwork
from delaysnn.training.validate_widths import validate_widths


@pytest.fixture
def samples():
    random = np.random.default_rng(4)
    spikes = SpikeTrains.from_dense(random.random((30, 40, 20)) < 0.1)
    return Dataset(spikes, random.integers(0, 4, 40), np.zeros(40, int), "random", 4, 0.02)


def test_each_width_has_its_memory_and_its_accuracy(samples, settings):
    integers = [quantised_network(bits) for bits in (8, 4)]
    layers = [dataclasses.replace(layer, bits=bits) for layer, bits in zip(integers[1].layers, (8, 4, 4), strict=True)]
    integers.append(dataclasses.replace(integers[1], layers=tuple(layers)))
    floats = integers[0]
    cells = validate_widths(floats, integers, samples, settings)
    memory = {cell.bits: cell.value for cell in cells if cell.quantity == "weights_memory"}
    counts = [np.count_nonzero(layer.weights) for layer in floats.layers]
    assert memory == {
        8: sum(counts) * 8 / 8e3,
        4: sum(counts) * 4 / 8e3,
        "8/4/4": (8 * counts[0] + 4 * counts[1] + 4 * counts[2]) / 8e3,
    }
    accuracy = {cell.bits: cell for cell in cells if cell.quantity == "accuracy"}
    for network in integers[:2]:
        cell = accuracy[network.bits]
        assert cell.split == "validation" and cell.samples == 40
        assert cell.value == 100 * trace(DelayNetwork.restore(network, settings), samples, {}).accuracy
