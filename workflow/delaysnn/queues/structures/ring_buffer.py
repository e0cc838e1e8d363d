"""A ring of pending currents a post-neuron (Loihi, SpiNNaker): every kept synapse of a spike adds to its future."""

from collections.abc import Mapping

import numpy as np

from delaysnn.core.network import Layer
from delaysnn.core.spike_trains import SpikeTrains
from delaysnn.queues.capacity import ring_buffer_bits
from delaysnn.queues.protocol import Need, Steady, Structure


def need(layer: Layer, spikes: SpikeTrains, constants: Mapping[str, float]) -> Need:
    """A synapse reads and writes a current, and each current is read and cleared once a neuron and step."""
    n_post = layer.weights.shape[2]
    synapses = float((spikes.counts() @ np.count_nonzero(layer.weights, axis=(0, 2))).mean())
    bits = ring_buffer_bits(n_post, layer.delay_levels[-1] + 1, constants["weight_bits"])
    return Need(bits, bits, 2 * synapses + 2 * n_post * spikes.n_steps)


def bits_at(n_pre: int, n_post: int, n_delays: int, constants: Mapping[str, float], density: np.ndarray) -> np.ndarray:
    """Whatever fires, a ring keeps its size."""
    return np.full(len(density), float(ring_buffer_bits(n_post, n_delays, constants["weight_bits"])))


def steady(layer: Layer, constants: Mapping[str, float]) -> Steady:
    """A kept synapse reads and writes a current; each current of the step is read and cleared, whatever fires."""
    n_post = layer.weights.shape[2]
    bits = ring_buffer_bits(n_post, layer.delay_levels[-1] + 1, constants["weight_bits"])
    return Steady((bits, 0), (2 * n_post, 2 * float(np.count_nonzero(layer.weights))), constants["weight_bits"])


STRUCTURES = (
    Structure("ring_buffer", "ring buffer a neuron", "#56606b", place=1, need=need, bits_at=bits_at, steady=steady),
)
