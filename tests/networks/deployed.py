"""A network of another tool as Loihi's integers, and what that loses."""

import numpy as np

from delaysnn.core.spike_trains import SpikeTrains
from delaysnn.platforms.loihi.conversion import convert
from delaysnn.platforms.loihi.fixed_point import simulate
from delaysnn.training.quantisation import requantise


def spikes_of_integers(network, inputs, bits=8):
    """Return spikes of every layer, each [time, sample, neuron], of the network with weights of so many bits."""
    run = simulate(convert(requantise(network, bits), {}), SpikeTrains.from_dense(inputs))
    return [layer.dense() for layer in run.layers]


def differences(found, expected):
    """Return how many spikes differ, and how many there are."""
    pairs = list(zip(found, expected, strict=True))
    return sum(int((np.asarray(a) != b).sum()) for a, b in pairs), int(sum(b.sum() for _, b in pairs))


def same_decisions(found, expected):
    """Return the share of samples whose most active output, the first of equals, is the same."""
    return float((found.sum(axis=0).argmax(axis=1) == expected.sum(axis=0).argmax(axis=1)).mean())
