"""Whole layers mapped onto a number of Loihi's cores, with every core checked against its limits."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from delaysnn.core.errors import InputError
from delaysnn.platforms.loihi.cores import Core, fill, first_beyond, needs
from delaysnn.platforms.loihi.demand import Divisible, layers_of
from delaysnn.platforms.loihi.division import FEWEST, Division, divide
from delaysnn.platforms.loihi.integer_network import IntegerNetwork

# What helps beside a smaller network.
_REMEDIES = {
    "compartment_profiles": "fewer distinct decays: training.decay_groups shares them where weights are fine-tuned",
    "threshold_profiles": "fewer distinct thresholds",
}


def platform(cores: int | str) -> str:
    """Return the platform's name in tables."""
    return f"loihi_{FEWEST}" if cores == FEWEST else f"loihi_{cores}core{'s' * (cores != 1)}"


@dataclass(frozen=True)
class Mapped:
    """How a network lies on cores.

    Attributes:
        whole: what each core holds, by the number of cores, whole layers on each.
        too_few: numbers of cores that do not hold it so.
        division: over as few cores as hold it, where that is asked for.
    """

    whole: dict[int, list[Core]]
    too_few: tuple[int, ...] = ()
    division: Division | None = None

    @property
    def by_platform(self) -> dict[str, list[Core]]:
        """What each core holds, by the platform's name in tables."""
        divided = {platform(FEWEST): list(self.division.cores)} if self.division else {}
        return {platform(cores): held for cores, held in self.whole.items()} | divided


def map_network(
    network: IntegerNetwork, cores: int, limits: Mapping[str, float], excess: Mapping[str, float]
) -> list[Core]:
    """Map a network as :func:`map_layers` does."""
    return map_layers(network.name, layers_of(network, limits), cores, limits, excess)


def map_each(
    name: str,
    layers: Sequence[Divisible],
    cores: Sequence[int | str],
    limits: Mapping[str, float],
    excess: Mapping[str, float],
) -> Mapped:
    """Map a network onto each number of cores, and onto the fewest where they are among them.

    Where they are, a number that is too small is left out instead of refused.

    Args:
        name, layers, limits, excess: as :func:`map_layers` takes them.
        cores: as ``loihi.cores`` in the configuration has them.

    Raises:
        InputError: as of :func:`map_layers` and :func:`delaysnn.platforms.loihi.division.divide`.
    """
    numbers = [number for number in cores if isinstance(number, int)]
    if FEWEST not in cores:
        return Mapped({number: map_layers(name, layers, number, limits, excess) for number in numbers})
    division = divide(name, layers, limits, excess)
    few = [
        number
        for number in numbers
        if number > len(layers) or any(first_beyond(core, limits, excess) for core in _lay(layers, number))
    ]
    whole = {number: _lay(layers, number) for number in numbers if number not in few}
    return Mapped(whole, tuple(few), division)


def map_layers(
    name: str, layers: Sequence[Divisible], cores: int, limits: Mapping[str, float], excess: Mapping[str, float]
) -> list[Core]:
    """Map consecutive layers onto cores, about equally many on each, and check every core.

    Args:
        name: the network's.
        layers: what is mapped.
        cores: on how many; at most one a layer.
        limits: what a core has, ``core_compartments`` and so on.
        excess: by how many percent a core may hold more than it has, by resource; 0 where it is not named.

    Raises:
        InputError: there are more cores than layers, or a core holds more than it may, naming core, layers and value.
    """
    if cores > len(layers):
        raise InputError(
            f"Network {name} has {len(layers)} layers, which cannot be mapped onto {cores} cores; write fewer in "
            "loihi.cores."
        )
    found = _lay(layers, cores)
    for index, core in enumerate(found):
        if resource := first_beyond(core, limits, excess):
            raise InputError(
                f"Network {name} on {cores} of Loihi's cores: core {index} with layers "
                f"{', '.join(map(str, core.layers))} {needs(core, resource, limits)}; "
                f"{_divided(name, layers, limits, excess)}give a smaller network or "
                f"{_REMEDIES.get(resource, 'fewer levels or fewer bits')}, or allow it by loihi.excess.{resource}."
            )
    return found


def _lay(layers: Sequence[Divisible], cores: int) -> list[Core]:
    """Return what each of so many cores holds, about equally many whole layers on each."""
    demands = [layer.whole for layer in layers]
    onward = [int(demand.own_axons.sum()) for demand in demands]
    for index, axons in enumerate([*(demand.axons for demand in demands[1:]), layers[-1].to_host]):
        onward[index] += int(axons.sum())
    parts = [part.tolist() for part in np.array_split(np.arange(len(layers)), cores)]
    return [fill(own, [demands[layer] for layer in own], sum(onward[layer] for layer in own)) for own in parts]


def _divided(name: str, layers: Sequence[Divisible], limits: Mapping[str, float], excess: Mapping[str, float]) -> str:
    """Say what helps where the network, divided, fits."""
    try:
        divide(name, layers, limits, excess)
    except InputError:
        return ""
    return f"add {FEWEST} to loihi.cores, which divides layers over as many cores as they need, "
