"""Random quantised networks, small enough for plain loops."""

import dataclasses

import numpy as np

from delaysnn.core.network import Layer, Network


def layer(random, levels, pre, post, bits=8):
    top = 2 ** (bits - 1) - 1
    scale = 0.4 / top
    weights = scale * np.clip(np.rint(random.normal(0.05, 0.25, (levels, pre, post)) / scale), -top, top)
    weights[random.random(weights.shape) < 0.4] = 0
    return Layer(
        weights.astype(np.float32),
        tuple(range(0, 2 * levels, 2)),
        random.uniform(0.5, 0.98, post).astype(np.float32),
        np.full(post, 0.61, np.float32),  # no whole number of weight units
        scale,
        bits,
    )


def quantised_network(bits=8, seed=0):
    random = np.random.default_rng(seed)
    shapes = [(1, 20, 12), (5, 12, 12), (5, 12, 4)]
    layers = tuple(layer(random, *shape, bits) for shape in shapes)
    return Network(layers, n_steps=30, name="tiny", seed=1, dataset="random")


def sharing_network(bits=8, seed=0):
    """23 input channels in runs of five, the last of three; a run without synapses is among them."""
    network = quantised_network(bits, seed)
    first = layer(np.random.default_rng(seed + 1), 1, 5, 12, bits)
    first.weights[:, 3] = 0
    shared = dataclasses.replace(first, input_sharing=5, input_channels=23)
    return dataclasses.replace(network, layers=(shared, *network.layers[1:]))
