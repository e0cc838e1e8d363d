"""The integer reference of networks with adaptive neurons; all others are Loihi's own."""

import numba
import numpy as np

from delaysnn.core.spike_trains import SpikeTrains
from delaysnn.platforms.loihi import fixed_point
from delaysnn.platforms.loihi.fixed_point import Ran, Simulation, currents, part_of
from delaysnn.platforms.loihi.integer_network import DECAY_UNITY, STATE_SHIFT, IntegerLayer, IntegerNetwork
from delaysnn.platforms.loihi2.integer_network import AdaptiveLayer


def simulate(network: IntegerNetwork, spikes: SpikeTrains) -> Simulation:
    """Run every sample through the integer network.

    Raises:
        InputError: the inputs do not fit the network, or a current leaves the range of an accumulator.
    """
    return fixed_point.simulate(network, spikes, run_layer)


def membranes(network: IntegerNetwork, spikes: SpikeTrains) -> tuple[np.ndarray, ...]:
    """Return potentials before the reset in units of the threshold, float [time, neuron] a layer, of one sample."""
    return fixed_point.membranes(network, spikes, run_layer)


def run_layer(layer: IntegerLayer, spikes: SpikeTrains) -> Ran:
    """Run every sample through a layer."""
    if not isinstance(layer, AdaptiveLayer):
        return fixed_point.run_layer(layer, spikes)
    current = currents(layer, spikes)
    peak = int(max(current.max(initial=0), -current.min(initial=0))) << STATE_SHIFT
    threshold, step = (each.astype(np.int64) << STATE_SHIFT for each in (layer.threshold, layer.adaptation_spike))
    kept, remembered = ((DECAY_UNITY - each).astype(np.int64) for each in (layer.decay, layer.adaptation_decay))
    fired = _run(current, kept, threshold, remembered, layer.adaptation_membrane.astype(np.int64), step)
    return Ran(fired, current, peak)


@numba.njit(cache=True)
def _stopped(state):
    return min(max(state, -8388607), 8388607)


@numba.njit(cache=True, parallel=True)
def _run(current, kept, threshold, remembered, share, step):
    """Return the spikes; potentials before the reset take the currents' place."""
    n_batch, n_steps, n_post = current.shape
    fired = np.zeros((n_batch, n_steps, n_post), np.uint8)
    for sample in numba.prange(n_batch):
        v, w = np.zeros(n_post, np.int64), np.zeros(n_post, np.int64)
        for k in range(n_steps):
            for post in range(n_post):
                drive = np.int64(current[sample, k, post]) << 6
                v[post] = _stopped(part_of(v[post], kept[post]) + drive - w[post])
                current[sample, k, post] = v[post]
                w[post] = part_of(w[post], remembered[post]) + part_of(v[post], share[post])
                if v[post] > threshold[post]:
                    fired[sample, k, post] = 1
                    w[post] += step[post]
                    v[post] = 0
                w[post] = _stopped(w[post])
    return fired
