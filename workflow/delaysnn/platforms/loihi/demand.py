"""Resources that a layer, or a part of its neurons, needs on a core of Loihi."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from delaysnn.core.readout import SPIKES
from delaysnn.core.widths import Widths, each_layer
from delaysnn.platforms.loihi.integer_network import IntegerLayer, IntegerNetwork, current_decays
from delaysnn.platforms.loihi.storage import store, stored_width


@dataclass(frozen=True)
class Demand:
    """What some neurons of a layer ask of a core.

    Attributes:
        neurons: one compartment each.
        decays: the distinct pairs, of potential and current; what is equal in two layers of a core is stored once.
        thresholds: the distinct ones, likewise.
        delay_bits: of their longest delay.
        synapse_bits: of weights and delays alone.
        synapse_words: that the axons to these neurons take.
        axons: how many each neuron or channel in front needs to reach them, int64 [pre].
        own_axons: how many each neuron of the whole layer needs to reach them, where it feeds itself, int64 [post].
    """

    neurons: int
    decays: frozenset
    thresholds: frozenset
    delay_bits: int
    synapse_bits: int
    synapse_words: int
    axons: np.ndarray
    own_axons: np.ndarray


@dataclass(frozen=True)
class Divisible:
    """A layer of which a core may hold a part.

    Attributes:
        neurons: how many it has.
        silent: whether it never fires, so that nothing of it reaches the host.
        part: what neurons ``first`` to ``last - 1`` ask for, by ``first``, ``last`` and whether synapses are stored in
            sparse axons throughout (:func:`delaysnn.platforms.loihi.storage.store`).
    """

    neurons: int
    part: Callable[[int, int, bool], Demand]
    silent: bool = False

    @property
    def whole(self) -> Demand:
        """What the layer asks for where one core holds all of it."""
        return self.part(0, self.neurons, False)

    @property
    def to_host(self) -> np.ndarray:
        """Output axons that each neuron needs where the host comes behind the layer, int64 [post]."""
        return np.full(self.neurons, 0 if self.silent else 1)


def layers_of(network: IntegerNetwork, limits: Mapping[str, float]) -> list[Divisible]:
    """Return a network's layers; ``limits`` say how synapses are stored."""
    sharing = [network.input_sharing, *[1] * (len(network.layers) - 1)]
    widths = each_layer(network.bits, len(network.layers))
    parts = zip(network.layers, network.stored_weights, sharing, widths, strict=True)
    *others, last = [_layer(*part, limits) for part in parts]
    return [*others, replace(last, silent=network.readout != SPIKES)]


def plan(
    topology: Sequence[int],
    kept: int,
    longest: int,
    decays: int,
    bits: Widths,
    limits: Mapping[str, float],
    input_sharing: int = 1,
    input_kept: int = 1,
    input_longest: int = 0,
) -> list[Divisible]:
    """Return what a network will ask for before it is trained, every kept synapse counted.

    Args:
        topology: neurons a layer, inputs first.
        kept: delay levels a synapse keeps behind the first layer; 0 where no synapse is known yet.
        longest: delay of any of them, in time steps.
        decays: that a layer may have distinct; those of two layers count as distinct, too.
        bits: of a weight, or of each layer's.
        limits: how synapses are stored.
        input_sharing: number of neighbouring input channels whose axons name one list of synapses.
        input_kept, input_longest: the same as ``kept`` and ``longest`` of the first layer.
    """
    layers = []
    widths = each_layer(bits, len(topology) - 1)
    for index, (pre, post) in enumerate(pairwise(topology)):
        each, delay_bits, sharing = (kept, bits_of_delay(longest), 1)
        if index == 0:
            each, delay_bits, sharing = (input_kept if kept else 0, bits_of_delay(input_longest), input_sharing)
        layers.append(_planned(index, pre, post, each, delay_bits, sharing, widths[index], decays, limits))
    return layers


def bits_of_delay(longest: int) -> int:
    """Return the bits of a ring that delays by up to ``longest`` time steps; 0 where nothing is delayed."""
    # A ring of 2^bits slots takes delays up to two less: the slot that is read now and the one before it are not free.
    return (longest + 1).bit_length() if longest else 0


def _planned(
    index: int,
    pre: int,
    post: int,
    kept: int,
    delay_bits: int,
    sharing: int,
    bits: int,
    decays: int,
    limits: Mapping[str, float],
) -> Divisible:
    lists = -(-pre // sharing)

    def part(first: int, last: int, sparse: bool) -> Demand:
        stored = store(np.full((1, last - first), kept), bits, delay_bits, limits, sparse)
        return Demand(
            neurons=last - first,
            decays=frozenset((index, group) for group in range(min(last - first, decays))),
            thresholds=frozenset([index]),
            delay_bits=delay_bits,
            synapse_bits=kept * lists * (last - first) * (stored_width(bits) + delay_bits),
            synapse_words=lists * int(stored.words[0]),
            axons=np.repeat(stored.axons, pre),
            own_axons=np.zeros(post, np.int64),
        )

    return Divisible(post, part)


def _layer(layer: IntegerLayer, weights: np.ndarray, sharing: int, bits: int, limits: Mapping[str, float]) -> Divisible:
    """Return what a layer asks for; ``weights`` are those in memory, of which ``sharing`` neurons name each list."""
    pairs = list(zip(layer.decay.tolist(), current_decays(layer).tolist(), strict=True))
    post = weights.shape[2]
    recurrent = np.zeros((0, post, post), np.int16) if layer.recurrent is None else layer.recurrent

    def part(first: int, last: int, sparse: bool) -> Demand:
        own, back = (each[:, :, first:last] for each in (weights, recurrent))
        # A spike that comes back a step later is what a synapse without delay gives.
        longest = max(_longest(own, layer.delay_levels), _longest(back, layer.recurrent_delays) - 1, 0)
        delay_bits = bits_of_delay(longest)
        kept, fed_back = (np.count_nonzero(each, axis=0) for each in (own, back))
        stored, returning = (store(each, bits, delay_bits, limits, sparse) for each in (kept, fed_back))
        return Demand(
            neurons=last - first,
            decays=frozenset(pairs[first:last]),
            thresholds=frozenset(layer.threshold[first:last].tolist()),
            delay_bits=delay_bits,
            synapse_bits=int(kept.sum() + fed_back.sum()) * (stored_width(bits) + delay_bits),
            synapse_words=int(stored.words.sum() + returning.words.sum()),
            axons=np.repeat(stored.axons, sharing)[: layer.weights.shape[1]],
            own_axons=returning.axons,
        )

    return Divisible(post, part)


def _longest(weights: np.ndarray, delays: Sequence[int]) -> int:
    """Return the longest of the delays that has a synapse; 0 where none has."""
    used = np.flatnonzero(weights.any(axis=(1, 2)))
    return delays[used[-1]] if len(used) else 0
