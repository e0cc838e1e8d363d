"""What a layer asks of whatever delays its spikes: its useful delays, and the spikes that arrive."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from delaysnn.core.network import Layer, Network, expand_inputs
from delaysnn.core.spike_trains import SpikeTrains


@dataclass(frozen=True)
class Queued:
    """A layer behind a delay queue.

    Attributes:
        index: of the layer, counted from 0.
        layer: its synapses; the first layer's have a row for every input channel.
        spikes: that enter the queue.
    """

    index: int
    layer: Layer
    spikes: SpikeTrains

    @property
    def between(self) -> str:
        """Where the queue stands, in words."""
        return f"{f'h{self.index}' if self.index else 'inputs'} and layer {self.index + 1}"


def queued(network: Network, inputs: SpikeTrains, layers: Sequence[SpikeTrains]) -> list[Queued]:
    """Return what stands behind delay queues: every layer but the first, and that where it delays its inputs.

    Args:
        network: may share weights between input channels. Its first queue tells them apart all the same.
        inputs, layers: spikes of the input channels and of every layer.
    """
    parts = zip(expand_inputs(network).layers, [inputs, *layers[:-1]], strict=True)
    found = [Queued(index, layer, spikes) for index, (layer, spikes) in enumerate(parts)]
    return found if delays_inputs(network) else found[1:]


def delays_inputs(network: Network) -> bool:
    """Say whether the first layer has delays."""
    return network.layers[0].delay_levels[-1] > 0


def useful_delays(layer: Layer) -> np.ndarray:
    """Return WVU, bool [pre, delay] for every delay in time steps: has any post-neuron a weight there?"""
    useful = np.zeros((layer.inputs, layer.delay_levels[-1] + 1), bool)
    run = np.arange(layer.inputs) // layer.input_sharing
    useful[:, list(layer.delay_levels)] = (layer.weights != 0).any(axis=2).T[run]
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
