"""Random networks for engines, most of 8-6-6-4, and how many spikes of an engine differ from the integer reference."""

import dataclasses
from itertools import pairwise

import numpy as np
from engine_designs import write_top

from delaysnn.core.spike_trains import SpikeTrains
from delaysnn.platforms.fpga.images import make_images
from delaysnn.platforms.fpga.verilog import Handshakes, build_top, count_differences, play
from delaysnn.platforms.loihi.integer_network import IntegerLayer, IntegerNetwork
from delaysnn.platforms.loihi2.fixed_point import simulate
from delaysnn.platforms.loihi2.integer_network import AdaptiveLayer

STEPS, LEVELS, STRIDE = 20, 4, 3
OWN = ("adaptation_decay", "adaptation_membrane", "adaptation_spike")
EAGER = Handshakes(patience=2000)
# By the second, outputs wait so long that everything in front of them has to wait, too.
SLOW = [Handshakes(120, 100, seed=1, patience=2000), Handshakes(ready=8, seed=2, patience=2000)]


def network(seed, bits=8, decay=(0, 2000), threshold=(150, 300), sizes=(8, 6, 6, 4)):
    """A random network, a third of whose weights are zero; decays and thresholds are drawn from these ranges."""
    random = np.random.default_rng(seed)
    layers = []
    for levels, (pre, post) in zip((1, LEVELS, LEVELS), pairwise(sizes), strict=True):
        most = 2 ** (bits - 1) - 1
        weights = np.rint(random.normal(0.1 * most, 0.6 * most, (levels, pre, post))).clip(-most - 1, most)
        weights[random.random(weights.shape) < 0.35] = 0
        if pre > 2:
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


def adapting(other, seed, loses=(1, 1200), share=(0, 1500), jump=(0, 200), layers=(0, 1)):
    """The network with adaptive neurons in these layers, whose numbers are drawn from these ranges."""
    random = np.random.default_rng(seed)
    changed = list(other.layers)
    for index in layers:
        post = len(changed[index].decay)
        own = [random.integers(*limits, post, endpoint=True).astype(np.int32) for limits in (loses, share, jump)]
        changed[index] = AdaptiveLayer(**vars(changed[index]), **dict(zip(OWN, own, strict=True)))
    return dataclasses.replace(other, layers=tuple(changed))


def adapting_strongly(seed):
    """Both states reach the ends of their 24 bits: much of a large potential is taken over, and a spike adds most."""
    other = adapting(strong(seed), seed, (1, 40), (0, 8191), (2**17 - 300, 2**17 - 1))
    changed = []
    for layer in other.layers[:2]:
        share, threshold = layer.adaptation_membrane.copy(), layer.threshold.copy()
        # The second is only excited (strong), and fires at once. What a spike adds to w takes v to its lower end in the
        # next step, v takes w there, and w takes v to its upper end. In the third w stays where a spike took it, and v,
        # at its lower end, becomes less by as much again.
        share[:3], threshold[1:3] = [8191, 8191, 0], [9000, 1]
        changed.append(dataclasses.replace(layer, adaptation_membrane=share, threshold=threshold))
    return dataclasses.replace(other, layers=(*changed, other.layers[2]))


def adapting_by_little(seed):
    """Weights and thresholds are so small that a potential's last bit decides: shares must be rounded towards zero."""
    other = network(seed, decay=(0, 300), threshold=(1, 9))
    layers = [dataclasses.replace(layer, weights=layer.weights.clip(-4, 4)) for layer in other.layers]
    return adapting(dataclasses.replace(other, layers=tuple(layers)), seed, (1, 60), (200, 1500), (0, 1))


# Weights of two bits are multiples of 128, and so are these thresholds: potentials meet them exactly.
CASES = [
    (network(1), inputs(1)),
    (network(2), inputs(2)),
    (network(3, bits=2, decay=(0, 0), threshold=(128, 256)), inputs(3, 0.6)),
    (strong(4), inputs(4, 1.0)),
    (one_level(5), inputs(5, 0.5)),
    towards_zero(6),
]
# The networks of a kind run on one engine.
ADAPTIVE_CASES = [
    (adapting(network(7), 7), inputs(7, 0.4)),
    (adapting(network(8, bits=2, decay=(0, 0), threshold=(128, 256)), 8, (0, 0), (0, 8191), (0, 2)), inputs(8, 0.6)),
    (adapting_strongly(9), inputs(9, 0.06)),
    (adapting_strongly(10), inputs(10, 0.6)),
    (adapting_by_little(15), inputs(15, 0.3)),
]
# One or two neurons a layer: a step's first neuron follows the last one of the step before at once.
FEW_NEURONS = network(11, threshold=(20, 80), sizes=(8, 1, 2, 1))
CASES_OF = {
    "lif": CASES,
    "adaptive": ADAPTIVE_CASES,
    "few": [(adapting(FEW_NEURONS, 11, (1, 400), (500, 3000), (50, 200), layers=(0, 1, 2)), inputs(11, 0.5))],
}


class Engines:
    """Engines of several options, some of them mutants, in one simulation, each for ``CASES_OF`` a kind."""

    def __init__(self, folder, rtl, options, mutants, kinds):
        self.folder, self.options = folder, options
        designs = []
        for each, kind in zip(options, kinds, strict=True):
            design = make_images(CASES_OF[kind][0][0], each).design
            # A row of weights for every pair of level and neuron, which any network of this shape needs.
            rows = (design.n_input, LEVELS * design.n_first, LEVELS * design.n_second)
            names = ("rows_first", "rows_second", "rows_output")
            designs.append(dataclasses.replace(design, **dict(zip(names, rows, strict=True))))
        sources = write_top(folder, rtl, designs, mutants)
        build_top("designs", sources, rtl, folder, designs[0].parameters, optimise="-O0")

    def play(self, number, network, spikes, how=EAGER):
        """Return what an engine did, and how many of its spikes differ."""
        images = make_images(network, self.options[number])
        played = play(self.folder, images, spikes, how, "designs", f"+design={number}")
        return played, sum(map(count_differences, played.layers, simulate(network, spikes).layers))
