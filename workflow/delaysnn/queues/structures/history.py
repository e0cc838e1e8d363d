"""A spike history of one bit an axon and step, shifted once a step and read as one word an axon."""

from collections.abc import Mapping

import numpy as np

from delaysnn.core.network import Layer
from delaysnn.core.spike_trains import SpikeTrains
from delaysnn.queues.capacity import history_bits
from delaysnn.queues.protocol import Need, Steady, Structure


def need(layer: Layer, spikes: SpikeTrains, constants: Mapping[str, float]) -> Need:
    """Every axon's word is read and written in every step."""
    n_pre = layer.weights.shape[1]
    bits = history_bits(n_pre, layer.delay_levels[-1] + 1)
    return Need(bits, bits, 2.0 * n_pre * spikes.n_steps)


def bits_at(n_pre: int, n_post: int, n_delays: int, constants: Mapping[str, float], density: np.ndarray) -> np.ndarray:
    """Whatever fires, a history keeps its size."""
    return np.full(len(density), float(history_bits(n_pre, n_delays)))


def steady(layer: Layer, constants: Mapping[str, float]) -> Steady:
    """Whatever fires, every axon's word is read and written."""
    n_pre, n_delays = layer.weights.shape[1], layer.delay_levels[-1] + 1
    return Steady((history_bits(n_pre, n_delays), 0), (2 * n_pre, 0), n_delays)


STRUCTURES = (Structure("history", "spike history", "#009e73", place=4, need=need, bits_at=bits_at, steady=steady),)
