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


def current_network(neurons=(0, 1), decays=(0.2, 0.9)):
    """A random network in whose hidden layers, or these, currents last, by decays in this range."""
    network, random = quantised_network(), np.random.default_rng(2)
    layers = list(network.layers)
    for index in neurons:
        own = {"current_decay": random.uniform(*decays, len(layers[index].decay)).astype(np.float32)}
        # Less of each weight, since it acts for longer; still a whole number of units.
        weights = layers[index].scale * np.rint(layers[index].weights / layers[index].scale / 3)
        layers[index] = dataclasses.replace(layers[index], weights=weights.astype(np.float32), neuron="cuba", own=own)
    return dataclasses.replace(network, layers=tuple(layers))


def late_network(bits=8, seed=0):
    """Delays in front of the first layer, whose input channels share weights, and none behind the second."""
    network = sharing_network(bits, seed)
    weights = layer(np.random.default_rng(seed + 2), 3, 5, 12, bits)
    first = dataclasses.replace(weights, delay_levels=(0, 3, 7), input_sharing=5, input_channels=23)
    last = layer(np.random.default_rng(seed + 3), 1, 12, 4, bits)
    return dataclasses.replace(network, layers=(first, network.layers[1], last))


def feeding_itself(integer, delays=(1, 3), layer=1):
    """A network of integers, one of whose layers feeds itself."""
    random = np.random.default_rng(4)
    layers = list(integer.layers)
    post = layers[layer].weights.shape[2]
    recurrent = 2 * random.integers(-20, 20, (len(delays), post, post)).astype(np.int16)
    recurrent[random.random(recurrent.shape) < 0.4] = 0
    layers[layer] = dataclasses.replace(layers[layer], recurrent=recurrent, recurrent_delays=delays)
    return dataclasses.replace(integer, layers=tuple(layers))


def adaptive_network(neurons=(0, 1), **own):
    """A random network whose hidden layers are adaptive, or these; what is named else replaces their arrays."""
    network, random = quantised_network(), np.random.default_rng(1)
    layers = list(network.layers)
    for index in neurons:
        post = len(layers[index].decay)
        arrays = {"adaptation_decay": random.uniform(0.8, 0.99, post)}
        arrays |= {f"adaptation_{name}": random.uniform(0, 0.2, post) for name in ("membrane", "spike")}
        arrays = {key: np.float32(values) for key, values in (arrays | own).items() if values is not None}
        layers[index] = dataclasses.replace(layers[index], neuron="adlif", own=arrays)
    return dataclasses.replace(network, layers=tuple(layers))


def late_biased_network(readout="summed_membrane", bits=8):
    """Biases, resets by subtraction in the first layer, delays in front of it, and membranes that decide.

    Two of its neurons fire by their bias alone.
    """
    random = np.random.default_rng(3)
    layers = []
    for own in late_network(bits).layers:
        bias = random.normal(0, 0.03, len(own.decay)).astype(np.float32)
        layers.append(dataclasses.replace(own, bias=bias))
    layers[0].bias[:2] = 0.2
    layers[0] = dataclasses.replace(layers[0], reset=(layers[0].decay * layers[0].threshold).astype(np.float32))
    return dataclasses.replace(late_network(bits), layers=tuple(layers), readout=readout)


def returning_network(bits=8):
    """Spikes of both hidden layers return: of the first, whose inputs are not delayed, by delays 1 and 4; of the second
    by those and 10, the longest of all."""
    network, random = quantised_network(bits), np.random.default_rng(4)
    layers = list(network.layers)
    for index, returns in enumerate([(1, 4), (1, 4, 10)]):
        feedback = layers[index].scale * np.rint(
            random.normal(-0.02, 0.2, (len(returns), 12, 12)) / layers[index].scale
        )
        feedback[random.random(feedback.shape[:2]) < 0.3] = 0
        layers[index] = dataclasses.replace(
            layers[index], recurrent=feedback.astype(np.float32), recurrent_delays=returns
        )
    return dataclasses.replace(network, layers=tuple(layers))


def with_features(network, *features, readout="largest_membrane", seed=5):
    """The network with the named ones of ``bias``, ``reset``, ``recurrent`` (after 1 and 4 steps) and ``readout``.

    Layers of neurons whose currents last have no bias by ``bias``; by ``current_bias`` they have.
    """
    random, layers = np.random.default_rng(seed), []
    for index, each in enumerate(network.layers):
        post, changes = len(each.decay), {}
        if "current_bias" in features or ("bias" in features and each.neuron != "cuba"):
            changes["bias"] = random.uniform(-0.1, 0.15, post).astype(np.float32)
        if "reset" in features:
            changes["reset"] = random.uniform(0.3, 0.8, post).astype(np.float32)
        if "recurrent" in features and index < len(network.layers) - 1:
            most = 2 ** (each.bits - 1) // 3
            units = random.integers(-most, most + 1, (2, post, post)) * (random.random((2, post, post)) < 0.5)
            changes["recurrent"] = (units * each.scale).astype(np.float32)
            changes["recurrent_delays"] = (1, 4)
        layers.append(dataclasses.replace(each, **changes))
    return dataclasses.replace(
        network, layers=tuple(layers), readout=readout if "readout" in features else network.readout
    )


def one_hidden_layer(*features):
    """A hidden layer behind delayed inputs, and a last layer, with these features."""
    network = late_network()
    return with_features(dataclasses.replace(network, layers=(network.layers[0], network.layers[2])), *features)
