"""A network divided over as few of Loihi's cores as hold it. Layers are split where a core is too small for one.

Neurons keep their order. Cores are filled from the last layer back, each with as many neurons as it holds; a core with
room left takes neurons of the layer before. The order goes from the back because the number of a neuron's output axons
is known once all that it reaches has its core. Cores are then numbered from the first layer on. Another order of
neurons might need fewer cores.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NoReturn

import numpy as np

from delaysnn.core.errors import InputError
from delaysnn.platforms.loihi.cores import Core, fill, first_beyond, needs
from delaysnn.platforms.loihi.demand import Demand, Divisible

# In the configuration's list of numbers of cores: as few as hold the network.
FEWEST = "fewest"


@dataclass(frozen=True)
class Part:
    """Neurons ``first`` to ``last - 1`` of a layer, counted from 0, that one core holds, and what they ask for."""

    layer: int
    first: int
    last: int
    demand: Demand


@dataclass(frozen=True)
class Division:
    """Which core holds what.

    Attributes:
        cores: what each holds, counted.
        parts: of layers on each, in the network's order; every neuron is in one.
    """

    cores: tuple[Core, ...]
    parts: tuple[tuple[Part, ...], ...]

    def of_layer(self, layer: int) -> list[tuple[int, Part]]:
        """Return the parts of a layer, each with the number of its core."""
        return [(core, part) for core, parts in enumerate(self.parts) for part in parts if part.layer == layer]


def divide(
    name: str, layers: Sequence[Divisible], limits: Mapping[str, float], excess: Mapping[str, float]
) -> Division:
    """Divide a network over as few cores as hold it.

    Args:
        name: the network's.
        layers: what is divided.
        limits: what a core and a chip have, ``core_compartments``, ``chip_cores`` and so on.
        excess: by how many percent a core may hold more than it has, by resource; 0 where it is not named.

    Raises:
        InputError: a neuron alone is too much for a core, or a chip has too few of them, naming what is needed.
    """
    # Axons from a layer to itself are known once it is divided, and may then divide it further.
    own = [np.zeros(layer.neurons, np.int64) for layer in layers]
    while True:
        shares, onward, needed = _take(name, layers, own, limits, excess)
        if all((more <= less).all() for more, less in zip(needed, own, strict=True)):
            break
        own = [np.maximum(more, less) for more, less in zip(needed, own, strict=True)]
    if len(shares) > limits["chip_cores"]:
        raise InputError(
            f"Network {name} takes {len(shares)} of Loihi's cores, but a chip has {limits['chip_cores']}, "
            f"{len(shares) - limits['chip_cores']} fewer; give it fewer neurons, fewer delay levels or fewer bits."
        )
    parts = tuple(tuple(share) for share in reversed(shares))
    return Division(tuple(_hold(share, onward) for share in parts), parts)


def _take(
    name: str,
    layers: Sequence[Divisible],
    own: Sequence[np.ndarray],
    limits: Mapping[str, float],
    excess: Mapping[str, float],
) -> tuple[list[list[Part]], dict[int, np.ndarray], list[np.ndarray]]:
    """Return the parts on each core, the last core first, and output axons of the neurons of each layer.

    These come as taken, where each layer needs ``own`` to reach itself, and as those to itself that it then needs.
    """
    onward = {len(layers) - 1: layers[-1].to_host + own[-1]}
    needed = [np.zeros(layer.neurons, np.int64) for layer in layers]
    shares: list[list[Part]] = [[]]

    def fits(part: Part) -> bool:
        return first_beyond(_hold([part, *shares[-1]], onward), limits, excess) is None

    for index in reversed(range(len(layers))):
        last = layers[index].neurons
        while last:
            if more := _most(layers[index], index, last, fits):
                shares[-1].insert(0, more)
                last = more.first
            elif not shares[-1]:
                one = _hold([Part(index, last - 1, last, layers[index].part(last - 1, last, False))], onward)
                _refuse(name, index, last - 1, one, limits, excess)
            if last:
                shares.append([])
        here = [part.demand for share in shares for part in share if part.layer == index]
        needed[index] = np.sum([demand.own_axons for demand in here], axis=0)
        if index:
            onward[index - 1] = np.sum([demand.axons for demand in here], axis=0) + own[index - 1]
    return shares, onward, needed


def _hold(parts: Sequence[Part], onward: Mapping[int, np.ndarray]) -> Core:
    """Return what a core with these parts holds; ``onward`` are the output axons of each layer's neurons."""
    axons = sum(int(onward[part.layer][part.first : part.last].sum()) for part in parts)
    return fill([part.layer for part in parts], [part.demand for part in parts], axons)


def _most(layer: Divisible, index: int, last: int, fits: Callable[[Part], bool]) -> Part | None:
    """Return as many neurons of a layer before ``last`` as fit; None where not one does."""

    def part(neurons: int) -> Part | None:
        for sparse in (False, True):
            found = Part(index, last - neurons, last, layer.part(last - neurons, last, sparse))
            if fits(found):
                return found
        return None

    # Numbers of neurons that fit and that do not: twice as many as long as they do, then halves of what lies between.
    best, low, high = None, 0, last + 1
    while high - low > 1:
        neurons = min(2 * low or 1, last) if high > last else (low + high) // 2
        if found := part(neurons):
            best, low = found, neurons
        else:
            high = neurons
    return best


def _refuse(
    name: str, layer: int, neuron: int, core: Core, limits: Mapping[str, float], excess: Mapping[str, float]
) -> NoReturn:
    resource = first_beyond(core, limits, excess)
    assert resource is not None
    raise InputError(
        f"Network {name}: neuron {neuron} of layer {layer} alone {needs(core, resource, limits)}; give it fewer "
        "neurons in the layers before and behind this one, fewer delay levels or fewer bits, or allow it by "
        f"loihi.excess.{resource}."
    )
