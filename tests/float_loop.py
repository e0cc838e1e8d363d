"""A network as its format defines it, in plain float64: what networks of other tools are compared with."""

import numpy as np

from delaysnn.core.readout import SPIKES


def run(network, spikes):
    """Return spikes of every layer, each [time, sample, neuron], and the last layer's potentials, of the same shape.

    Args:
        network: of LIF and CUBA neurons.
        spikes: counts, [time, sample, channel].
    """
    layers, potentials = [], np.zeros(0)
    for index, layer in enumerate(network.layers):
        fires = index + 1 < len(network.layers) or network.readout == SPIKES
        spikes, potentials = _run_layer(layer, spikes, fires)
        layers.append(spikes)
    return layers, potentials


def _run_layer(layer, spikes, fires):
    arrived = _delayed(spikes, layer.weights, layer.delay_levels)
    lasting = layer.own.get("current_decay", np.zeros(1)).astype(np.float64)
    bias = 0.0 if layer.bias is None else layer.bias.astype(np.float64)
    u, i = np.zeros(arrived.shape[1:]), np.zeros(arrived.shape[1:])
    fired, potentials = np.zeros_like(arrived), np.zeros_like(arrived)
    for step in range(len(arrived)):
        before = fired[step - 1] if step else np.zeros_like(u)
        kept = layer.decay.astype(np.float64) * u
        kept = kept * (1 - before) if layer.reset is None else kept - layer.reset * before
        if layer.feedback is not None:
            for weights, delay in zip(layer.feedback, layer.recurrent_delays, strict=True):
                if step >= delay:
                    arrived[step] += fired[step - delay] @ weights.astype(np.float64)
        i = lasting * i + arrived[step] + bias
        u = kept + i
        potentials[step] = u
        if fires:
            fired[step] = u >= layer.threshold
    return fired, potentials


def _delayed(spikes, weights, delays):
    arrived = np.zeros((*spikes.shape[:2], weights.shape[2]))
    for level, delay in zip(weights.astype(np.float64), delays, strict=True):
        arrived[delay:] += spikes[: len(spikes) - delay] @ level
    return arrived
