"""What a layer asks of whatever delays its spikes: its useful delays, and the spikes that arrive."""

import numpy as np

from delaysnn.core.network import Layer
from delaysnn.core.spike_trains import SpikeTrains


def useful_delays(layer: Layer) -> np.ndarray:
    """Return WVU, bool [pre, delay] for every delay in time steps: has any post-neuron a weight there?"""
    useful = np.zeros((layer.weights.shape[1], layer.delay_levels[-1] + 1), bool)
    useful[:, list(layer.delay_levels)] = (layer.weights != 0).any(axis=2).T
    return useful


def leading_zeros(useful: np.ndarray) -> np.ndarray:
    """Return, int64 [pre], the zeros of each row of WVU before the largest useful delay, that delay first in line."""
    reverse = useful[:, ::-1]
    return np.where(useful.any(axis=1), reverse.argmax(axis=1), useful.shape[1])


def arrivals(spikes: SpikeTrains) -> np.ndarray:
    """Return the spikes a sample and step, int64 [samples, time]."""
    flat = spikes.samples * spikes.n_steps + spikes.steps
    return np.bincount(flat, minlength=len(spikes) * spikes.n_steps).reshape(len(spikes), spikes.n_steps)


def activity_density(spikes: SpikeTrains) -> float:
    """Return the share of neurons that fire in a time step, over all samples and steps."""
    return len(spikes.neurons) / (len(spikes) * spikes.n_steps * spikes.n_neurons)
