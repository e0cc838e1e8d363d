"""What Seneca computes: bfloat16 parameters, and membrane potentials stored as bfloat16 between time steps."""

import numba
import numpy as np

from delaysnn.errors import InputError
from delaysnn.formats.network import Layer, Network
from delaysnn.formats.spike_trains import SpikeTrains
from delaysnn.seneca.bfloat16 import round_network


def infer(network: Network, spikes: SpikeTrains) -> tuple[SpikeTrains, ...]:
    """Return the spikes of every layer for every sample.

    A step's currents are summed in 32 bits; the potential is rounded when it goes back to memory (the paper does not
    say where the NPEs round).

    Raises:
        InputError: the inputs do not fit the network.
    """
    if spikes.n_neurons != network.topology[0]:
        raise InputError(
            f"Network {network.name} takes {network.topology[0]} inputs, but the spikes have {spikes.n_neurons}."
        )
    layers = []
    for layer in round_network(network).layers:
        spikes, _ = _infer_layer(layer, spikes)
        layers.append(spikes)
    return tuple(layers)


def membranes(network: Network, spikes: SpikeTrains) -> tuple[np.ndarray, ...]:
    """Return potentials before the reset in units of the threshold, float [time, neuron] a layer, of one sample."""
    layers = []
    for layer in round_network(network).layers:
        spikes, potential = _infer_layer(layer, spikes)
        layers.append(potential[0] / layer.threshold)
    return tuple(layers)


def _infer_layer(layer: Layer, spikes: SpikeTrains) -> tuple[SpikeTrains, np.ndarray]:
    """Return the layer's spikes, and its potentials before the reset, float32 [batch, time, post]."""
    by_neuron = np.ascontiguousarray(layer.weights.transpose(1, 0, 2))
    levels = np.array(layer.delay_levels, np.int64)
    events = (spikes.offsets, spikes.steps, spikes.neurons, spikes.n_steps)
    fired, potential = _run(*events, by_neuron, levels, layer.decay, layer.threshold)
    return SpikeTrains.from_dense(fired.transpose(1, 0, 2)), potential


@numba.njit(cache=True)
def _run(offsets, steps, neurons, n_steps, weights, levels, decay, threshold):
    n_batch, n_post = len(offsets) - 1, weights.shape[2]
    fired = np.zeros((n_batch, n_steps, n_post), np.uint8)
    potential = np.zeros((n_batch, n_steps, n_post), np.float32)
    stored = np.zeros(1, np.float32)
    bits = stored.view(np.uint32)
    for sample in range(n_batch):
        current = np.zeros((n_steps, n_post), np.float32)
        for event in range(offsets[sample], offsets[sample + 1]):
            for level in range(len(levels)):
                arrival = steps[event] + levels[level]
                if arrival >= n_steps:
                    break
                current[arrival] += weights[neurons[event], level]
        u = np.zeros(n_post, np.float32)
        for step in range(n_steps):
            for post in range(n_post):
                stored[0] = u[post] * decay[post] + current[step, post]
                bits[0] = (bits[0] + np.uint32(0x7FFF) + ((bits[0] >> np.uint32(16)) & np.uint32(1))) & np.uint32(
                    0xFFFF0000
                )
                u[post] = stored[0]
                potential[sample, step, post] = u[post]
                if u[post] >= threshold[post]:
                    fired[sample, step, post] = 1
                    u[post] = 0.0
    return fired, potential
