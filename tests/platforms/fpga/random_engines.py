"""Random networks of 8-6-6-4 for engines, and how many spikes of an engine differ from the integer reference."""

import dataclasses

import numpy as np
from engine_designs import write_top

from delaysnn.core.spike_trains import SpikeTrains
from delaysnn.platforms.fpga.images import make_images
from delaysnn.platforms.fpga.verilog import Handshakes, build_top, count_differences, play
from delaysnn.platforms.loihi.fixed_point import simulate
from delaysnn.platforms.loihi.integer_network import IntegerLayer, IntegerNetwork

STEPS, LEVELS, STRIDE = 20, 4, 3
EAGER = Handshakes(patience=2000)
SLOW = [Handshakes(offered=120, ready=100, seed=seed, patience=2000) for seed in (1, 2)]


def network(seed, bits=8, decay=(0, 2000), threshold=(150, 300)):
    """A random network, a third of whose weights are zero; decays and thresholds are drawn from these ranges."""
    random = np.random.default_rng(seed)
    layers = []
    for levels, pre, post in ((1, 8, 6), (LEVELS, 6, 6), (LEVELS, 6, 4)):
        most = 2 ** (bits - 1) - 1
        weights = np.rint(random.normal(0.1 * most, 0.6 * most, (levels, pre, post))).clip(-most - 1, most)
        weights[random.random(weights.shape) < 0.35] = 0
        weights[:, random.integers(pre)] = 0
        delays = tuple(range(0, STRIDE * levels, STRIDE))
        own = (random.integers(*limits, post, endpoint=True).astype(np.int32) for limits in (decay, threshold))
        layers.append(IntegerLayer((2 ** (9 - bits) * weights).astype(np.int16), delays, *own))
    return IntegerNetwork(tuple(layers), STEPS, bits, f"random{seed}", 1, "random")


def inputs(seed, rate=0.25, samples=4):
    return SpikeTrains.from_dense(np.random.default_rng(seed).random((STEPS, samples, 8)) < rate)


def strong(seed):
    """Potentials reach the ends of their 24 bits: nothing is lost, weights are large, most thresholds the highest.

    Weights are eight times as large as Loihi's, which both the reference and the engine take.
    """
    large = network(seed, decay=(0, 0), threshold=(2**17 - 300, 2**17 - 1))
    layers = []
    for layer in large.layers:
        weights = 8 * layer.weights
        # The first neuron is only inhibited, and would fire early; the second is only excited.
        weights[..., :2] = 8 * np.array([-254, 254], np.int16)
        threshold = layer.threshold.copy()
        threshold[0] = 1000
        layers.append(dataclasses.replace(layer, weights=weights, threshold=threshold))
    return dataclasses.replace(large, layers=tuple(layers))


def one_level(seed):
    """Every synapse behind the first layer has the same delay, so that spikes of several neurons are due together."""
    other = network(seed, threshold=(20, 80))
    layers = [other.layers[0]]
    for layer in other.layers[1:]:
        weights = layer.weights.copy()
        weights[[0, 1, 3]] = 0
        layers.append(dataclasses.replace(layer, weights=weights))
    return dataclasses.replace(other, layers=tuple(layers))


def towards_zero(seed):
    """A first neuron that fires in step 4 only since what is kept of -128, 63.4 of it, is rounded towards zero.

    64 * 152 - 63 is above its threshold, 64 * 151, and 64 * 152 - 64 is not.
    """
    other = network(seed)
    first = other.layers[0]
    weights, decay, threshold = first.weights.copy(), first.decay.copy(), first.threshold.copy()
    weights[0, :, 0], decay[0], threshold[0] = [-2, 152, 0, 0, 0, 0, 0, 0], 4096 - 2030, 151
    first = dataclasses.replace(first, weights=weights, decay=decay, threshold=threshold)
    spikes = inputs(seed).dense()
    spikes[..., :2] = 0
    spikes[3, :, 0] = spikes[4, :, 1] = 1
    return dataclasses.replace(other, layers=(first, *other.layers[1:])), SpikeTrains.from_dense(spikes)


# Weights of two bits are multiples of 128, and so are these thresholds: potentials meet them exactly.
CASES = [
    (network(1), inputs(1)),
    (network(2), inputs(2)),
    (network(3, bits=2, decay=(0, 0), threshold=(128, 256)), inputs(3, 0.6)),
    (strong(4), inputs(4, 1.0)),
    (one_level(5), inputs(5, 0.5)),
    towards_zero(6),
]


class Engines:
    """Engines of several options, some of them mutants, in one simulation."""

    def __init__(self, folder, rtl, options, mutants):
        self.folder, self.options = folder, options
        # A row of weights for every pair of level and neuron, which any network of this shape needs.
        rows = {"rows_first": 8, "rows_second": LEVELS * 6, "rows_output": LEVELS * 6}
        designs = [dataclasses.replace(make_images(network(1), each).design, **rows) for each in options]
        sources = write_top(folder, rtl, designs, mutants)
        build_top("designs", sources, rtl, folder, designs[0].parameters, optimise="-O0")

    def play(self, number, network, spikes, how=EAGER):
        """Return what an engine did, and how many of its spikes differ."""
        images = make_images(network, self.options[number])
        played = play(self.folder, images, spikes, how, "designs", f"+design={number}")
        return played, sum(map(count_differences, played.layers, simulate(network, spikes).layers))
