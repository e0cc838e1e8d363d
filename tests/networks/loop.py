"""The network's equations (core/network.py) as a plain loop in float64, which knows nothing of training or chips."""

import numpy as np

from delaysnn.core.network import expand_inputs
from delaysnn.core.readout import SPIKES


def run(network, inputs):
    """Return every layer's spikes, bool [time, sample, post], and the potentials of the last, before any reset."""
    before, found = np.asarray(inputs, np.float64), []
    layers = expand_inputs(network).layers
    for index, layer in enumerate(layers):
        fires = index < len(layers) - 1 or network.readout == SPIKES
        spikes, potentials = run_layer(layer, before, fires)
        found.append(spikes.astype(bool))
        before = spikes
    return found, potentials


def run_layer(layer, before, fires=True):
    steps, samples, post = *before.shape[:2], len(layer.decay)
    u = i = np.zeros((samples, post))
    spikes, potentials = np.zeros((2, steps, samples, post))
    feedback = [] if layer.feedback is None else zip(layer.recurrent_delays, layer.feedback, strict=True)
    synapses = [(before, *each) for each in zip(layer.delay_levels, layer.weights, strict=True)]
    synapses += [(spikes, *each) for each in feedback]
    decay = layer.decay.astype(np.float64)
    for step in range(steps):
        last = spikes[step - 1] if step else np.zeros((samples, post))
        current = sum(
            source[step - delay] @ weights.astype(np.float64) for source, delay, weights in synapses if step >= delay
        )
        current = current + (0 if layer.bias is None else layer.bias.astype(np.float64))
        if layer.neuron == "cuba":
            current = i = layer.own["current_decay"].astype(np.float64) * i + current
        u = decay * u * (1 - last) if layer.reset is None else decay * u - layer.reset.astype(np.float64) * last
        u = potentials[step] = u + current
        if fires:
            spikes[step] = u >= layer.threshold
    return spikes, potentials
