"""A network as the engine holds it: the parameters of its Verilog, and what is loaded into its memories."""

from dataclasses import dataclass, fields
from math import gcd

import numpy as np

from delaysnn.core.errors import InputError
from delaysnn.platforms.loihi.integer_network import (
    DECAY_UNITY,
    STATE_SHIFT,
    CurrentLayer,
    IntegerLayer,
    IntegerNetwork,
)
from delaysnn.platforms.loihi2.integer_network import AdaptiveLayer

# Delay structures, at the number by which engine.v knows them.
STRUCTURES = ("scdq", "history", "ring_buffer", "shared_queue", "scdq_strided")
# What a word of the load port does (layer_core.v); 0 moves 32 bits into the word register.
_WEIGHTS, _USEFUL, _CONSTANTS, _POINTERS, _SHIFT, _ADAPTATION = 1, 2, 3, 4, 5, 6
# Words of a memory that the load port tells apart: its index has 16 bits.
_MOST_WORDS = 1 << 16


@dataclass(frozen=True)
class Design:
    """What is settled when the engine is synthesised: the parameters of ``engine.v``, by their names in small letters.

    Attributes:
        n_input, n_first, n_second, n_output: neurons a layer, inputs first.
        lanes_first, lanes_second, lanes_output: neurons that a spike reaches in a cycle.
        weight_bits: of a weight, sign included.
        levels, stride: of the second and third layer's delays: so many, and so many time steps apart.
        time_steps: of a sample.
        structure: one of :data:`STRUCTURES`, by its number.
        depth: events of a delay queue.
        adaptive: a bit a layer, the first one's the lowest: 1 where its neurons adapt.
        compressed: 1 where rows of weights that are equal, or never due, are not stored; else 0.
        rows_first, rows_second, rows_output: rows of weights that are stored.

    Raises:
        InputError: a layer has more words than can be loaded.
    """

    n_input: int
    n_first: int
    n_second: int
    n_output: int
    lanes_first: int
    lanes_second: int
    lanes_output: int
    weight_bits: int
    levels: int
    stride: int
    time_steps: int
    structure: int
    depth: int
    adaptive: int
    compressed: int
    rows_first: int
    rows_second: int
    rows_output: int

    def __post_init__(self) -> None:
        posts, lanes = self.neurons, self.lanes
        rows = (self.rows_first, self.rows_second, self.rows_output)
        # A row takes a word for every group of neurons, as many as there are lanes.
        words = [row * -(-post // lane) for row, post, lane in zip(rows, posts, lanes, strict=True)]
        if self.compressed:
            words += [self.n_input, self.levels * self.n_first, self.levels * self.n_second]
        if max(words) > _MOST_WORDS:
            sizes, counts = ("-".join(map(str, each)) for each in ((self.n_input, *posts), lanes))
            raise InputError(
                f"An engine of {sizes} neurons, {self.levels} delay levels and {counts} lanes needs {max(words):,} "
                f"words in a layer, but its load port reaches {_MOST_WORDS:,}; take more lanes or a smaller network."
            )

    @property
    def neurons(self) -> tuple[int, int, int]:
        """Neurons of each layer."""
        return self.n_first, self.n_second, self.n_output

    @property
    def lanes(self) -> tuple[int, int, int]:
        """Neurons of each layer that a spike reaches in a cycle."""
        return self.lanes_first, self.lanes_second, self.lanes_output

    @property
    def parameters(self) -> dict[str, int]:
        """Parameters of ``engine.v``."""
        return {each.name.upper(): getattr(self, each.name) for each in fields(self)}


@dataclass(frozen=True)
class Images:
    """A network on the engine.

    Attributes:
        network: in the integers of Loihi 2, which the engine computes.
        design: what it needs of the engine.
        loads: uint32 [words, 2]; addresses and data for the engine's load port, in their order.
    """

    network: IntegerNetwork
    design: Design
    loads: np.ndarray


@dataclass(frozen=True)
class Options:
    """What may be chosen of an engine.

    Attributes:
        structure: one of :data:`STRUCTURES`.
        lanes: neurons that a spike reaches in a cycle, at most; None for all of a layer.
        compressed: whether rows of weights that are equal, or never due, are left out.
        depth: events of a delay queue.
        weight_bits: of a stored weight, sign included; None for as few as the network needs.
    """

    structure: str = "scdq"
    lanes: int | None = None
    compressed: bool = False
    depth: int = 2048
    weight_bits: int | None = None


def make_images(network: IntegerNetwork, options: Options = Options()) -> Images:
    """Return a network as the engine holds it.

    Raises:
        InputError: it has other layers than the engine, or weights of more bits, naming network and layer; or a layer
            has more words than can be loaded.
    """
    check(network)
    delays = [delay for layer in network.layers for delay in layer.delay_levels]
    stride = gcd(*delays) or 1
    levels = max(delays) // stride + 1
    spread = [_spread(layer, stride, levels if index else 1) for index, layer in enumerate(network.layers)]
    weights, shifts = zip(*spread, strict=True)
    needed = max(1 + int(np.where(each < 0, ~each, each).max()).bit_length() for each in weights)
    bits = options.weight_bits or max(needed, 2)
    if needed > bits:
        raise InputError(f"Network {network.name} has weights of {needed} bits, but the engine stores {bits}.")
    posts = [len(layer.decay) for layer in network.layers]
    lanes = [min(options.lanes or post, post) for post in posts]
    rows, loads = [], []
    for index, layer in enumerate(network.layers):
        delayed = index > 0 and levels > 1
        stored, pointers = _rows(weights[index], options.compressed, delayed)
        kept, threshold = DECAY_UNITY - layer.decay.astype(np.int64), layer.threshold.astype(np.int64)
        spaces = {_WEIGHTS: _grouped(stored, lanes[index], bits), _CONSTANTS: _bits(kept << 17 | threshold, 30)}
        if isinstance(layer, AdaptiveLayer):
            spaces[_ADAPTATION] = _adaptation(layer)
        if delayed:
            spaces[_USEFUL] = (weights[index] != 0).any(axis=2).T
        if options.compressed:
            spaces[_POINTERS] = _bits(pointers, 16)
        loads += [_load(index, space, words) for space, words in spaces.items()]
        loads.append(np.array([(index << 3 | _SHIFT, shifts[index])]))
        rows.append(len(stored))
    sizes = (network.layers[0].weights.shape[1], *posts, *lanes, bits, levels, stride, network.n_steps)
    adaptive = sum(isinstance(layer, AdaptiveLayer) << index for index, layer in enumerate(network.layers))
    chosen = (STRUCTURES.index(options.structure), options.depth, adaptive, int(options.compressed))
    names = [each.name for each in fields(Design)]
    design = Design(**dict(zip(names, (*sizes, *chosen, *rows), strict=True)))
    return Images(network, design, np.concatenate(loads).astype(np.uint32))


def _load(layer: int, space: int, bits: np.ndarray) -> np.ndarray:
    """Return the addresses and data, [word, 2], that write bits [index, bit], the lowest first, to a space."""
    n, width = bits.shape
    padded = np.zeros((n, -(-width // 32) * 32), np.int64)
    padded[:, :width] = bits
    words = padded.reshape(n, -1, 32) @ (1 << np.arange(32))
    # The word register takes the highest first; then comes the index.
    data = np.column_stack([words[:, ::-1], np.arange(n)])
    addresses = np.full(data.shape, layer << 3)
    addresses[:, -1] |= space
    return np.column_stack([addresses.ravel(), data.ravel()])


def check(network: IntegerNetwork) -> None:
    """Refuse networks that the engine does not compute, naming network and layer."""
    if len(network.layers) != 3:
        raise InputError(f"Network {network.name} has {len(network.layers)} layers, but the engine has three.")
    for index, layer in enumerate(network.layers):
        where = f"Network {network.name}, layer {index}"
        reset = layer.reset if isinstance(layer, AdaptiveLayer) else None
        further = (layer.bias, layer.recurrent, reset)
        if isinstance(layer, CurrentLayer) or any(each is not None for each in further):
            raise InputError(
                f"{where}: the engine has LIF and adaptive neurons, without biases, that are reset to zero and do not "
                "feed themselves."
            )
        if index == 0 and layer.delay_levels != (0,):
            raise InputError(f"{where}: delays are {layer.delay_levels}, but the engine does not delay inputs.")


def _adaptation(layer: AdaptiveLayer) -> np.ndarray:
    """Return the bits of what says how each neuron adapts, [post, bit]."""
    remembered = DECAY_UNITY - layer.adaptation_decay.astype(np.int64)
    share, jump = layer.adaptation_membrane.astype(np.int64), layer.adaptation_spike.astype(np.int64)
    return _bits(remembered << 30 | share << 17 | jump, 43)


def _spread(layer: IntegerLayer, stride: int, levels: int) -> tuple[np.ndarray, int]:
    """Return weights at every level, and how far what they add up to is shifted into a potential.

    They are stored over the largest power of two that divides all of them.
    """
    lowest = int(np.bitwise_or.reduce(layer.weights, axis=None))
    # Zeros may be shifted by anything.
    unit = (lowest & -lowest).bit_length() - 1 if lowest else 0
    spread = np.zeros((levels, *layer.weights.shape[1:]), np.int64)
    spread[[delay // stride for delay in layer.delay_levels]] = layer.weights.astype(np.int64) >> unit
    return spread, unit + STATE_SHIFT


def _rows(weights: np.ndarray, compressed: bool, delayed: bool) -> tuple[np.ndarray, np.ndarray]:
    """Return the rows that are stored, [row, post], and the row of each level and pre-neuron."""
    rows = weights.reshape(-1, weights.shape[2])
    pointers = np.arange(len(rows))
    if not compressed:
        return rows, pointers
    # A delay unit returns no spike at a level without weights, so a row of zeros is needed only where there is none.
    due = (rows != 0).any(axis=1) if delayed and rows.any() else np.ones(len(rows), bool)
    stored, found = np.unique(rows[due], axis=0, return_inverse=True)
    pointers[:] = 0
    pointers[due] = found.ravel()
    return stored, pointers


def _grouped(rows: np.ndarray, lanes: int, bits: int) -> np.ndarray:
    """Return the bits of weights, [row and group, bit], a group being ``lanes`` neurons."""
    groups = -(-rows.shape[1] // lanes)
    padded = np.zeros((len(rows), groups * lanes), np.int64)
    padded[:, : rows.shape[1]] = rows
    return _bits(padded.reshape(-1), bits).reshape(len(rows) * groups, lanes * bits)


def _bits(values: np.ndarray, width: int) -> np.ndarray:
    return values[:, None] >> np.arange(width) & 1
