"""Which networks are tried: drawn from the space of the configuration, evenly over their memory."""

import hashlib
import json
import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from random import Random
from typing import Any

from delaysnn.core.errors import InputError
from delaysnn.core.widths import Widths, each_layer, shortest
from delaysnn.frontier.halving import shorten
from delaysnn.neurons import registered
from delaysnn.settings.checks import check_own_networks, check_search
from delaysnn.settings.configuration import Configuration
from delaysnn.settings.networks import KeptLevels, Network

# Of the values' combinations so many are looked at, from which the candidates are chosen.
_LOOKED_AT = 5000
# Of a number that a neuron has of its own.
_NEURON_BITS = 16


@dataclass(frozen=True)
class Candidate:
    """A network to try.

    Attributes:
        network: its shape, and how it is pruned.
        delays: of its synapses, and how many of them pruning keeps; one level of no delay where it has none.
        bits: of a weight, or of each layer's where these differ.
        memory_kb: as of :func:`count_memory`.
    """

    network: Network
    delays: KeptLevels
    bits: Widths
    memory_kb: float

    @cached_property
    def settings(self) -> dict[str, Any]:
        """Every key of the network's, its delays' and ``bits`` with its value."""
        bits = self.bits if isinstance(self.bits, int) else list(self.bits)
        return {**self.network.model_dump(), **self.delays.model_dump(), "bits": bits}

    @cached_property
    def name(self) -> str:
        """Twelve letters and digits that no other network has, however the space or a new key's default goes on."""
        network = self.network.model_dump(exclude_defaults=True)
        same = [network, self.delays.levels, self.delays.keep, self.bits]
        return hashlib.sha256(json.dumps(same, sort_keys=True).encode()).hexdigest()[:12]

    @classmethod
    def of(cls, settings: Mapping[str, Any], channels: int, classes: int) -> "Candidate":
        """Return the candidate of these settings, as :attr:`settings` has them, for data of such a size."""
        network = network_of(settings)
        delays = KeptLevels.model_validate({key: settings[key] for key in KeptLevels.model_fields})
        bits = shortest(each_layer(settings["bits"], len(network.hidden) + 1))
        return cls(network, delays, bits, count_memory(network, delays, bits, channels, classes))


def network_of(settings: Mapping[str, Any]) -> Network:
    """Return the network of these settings; its number of levels and its widths of weights are said elsewhere."""
    own = Network.model_fields.keys() - KeptLevels.model_fields.keys() - {"bits"}
    return Network.model_validate({key: settings[key] for key in own})


def count_synapses(network: Network, delays: KeptLevels, channels: int, classes: int) -> list[int]:
    """Return how many weights each layer of a network stores once it is pruned.

    Each of a (pre, post) pair's kept delays has one, and channels that share their weights have a row in common.
    """
    rows = -(-channels // network.input_sharing)
    widths = [*network.hidden, classes]

    def kept(levels: int) -> int:
        return min(delays.keep, levels) if network.keeps else levels

    of_inputs = kept(len(network.delays_of_inputs(delays.levels))) * rows * widths[0]
    behind = kept(len(delays.levels) if network.delays else 1)
    return [of_inputs, *(behind * pre * post for pre, post in pairwise(widths))]


def count_memory(network: Network, delays: KeptLevels, bits: Widths, channels: int, classes: int) -> float:
    """Return what a network's numbers take, in kB of 1000 bytes, as they are known before training.

    Counted are the weights of :func:`count_synapses`, those that are rounded to zero too, with ``bits`` bits each, of
    all layers or of each, and 16 bits for every number that a neuron has of its own: decay, threshold, a bias where the
    network has them and, in hidden layers of other models than LIF, what these have beside. Not counted is what chips
    store in formats of their own: which levels are kept, where a synapse leads, and states, which change in time.

    Args:
        channels, classes: of the data.
    """
    each, more = 2 + network.bias, len(registered()[network.neuron].arrays)
    numbers = (each + more) * sum(network.hidden) + each * classes
    synapses = count_synapses(network, delays, channels, classes)
    weights = sum(count * own for count, own in zip(synapses, each_layer(bits, len(synapses)), strict=True))
    return (weights + numbers * _NEURON_BITS) / 8 / 1000


def draw(configuration: Configuration, channels: int, classes: int) -> list[Candidate]:
    """Return the networks to try, the smallest first.

    Args:
        configuration: its section ``frontier`` says how many, and of which space.
        channels, classes: of the data.

    Raises:
        InputError: the space has too few networks that can be trained and fit the budgets, or none for the smallest; or
            energies are of a chip whose section is missing.
    """
    check_search(configuration)
    frontier = configuration.frontier
    most, least = frontier.budgets_kb[-1], frontier.budgets_kb[0]
    first_round = _shortest(configuration)
    found: dict[str, Candidate] = {}
    refused: list[str] = []
    for values in _combinations(frontier.space.model_dump(), frontier.seeds[0]):
        try:
            candidate = Candidate.of(_settle(values), channels, classes)
            if candidate.name not in found:
                _check(candidate, first_round)
                found[candidate.name] = candidate
        except InputError as error:
            refused.append(str(error))
    if not found:
        raise InputError(f"Configuration: frontier.space has no network that can be trained. {refused[0]}")
    fitting = [candidate for candidate in found.values() if candidate.memory_kb <= most]
    if len(fitting) < frontier.candidates:
        raise InputError(
            f"Configuration: frontier.candidates is {frontier.candidates}, but frontier.space has only {len(fitting)} "
            f"networks of {most:g} kB or less; ask for fewer, or write more values there."
        )
    # Far below the smallest budget there is nothing to win, but where there is nothing else.
    worth = [candidate for candidate in fitting if candidate.memory_kb >= least / 2]
    enough = len(worth) >= frontier.candidates and any(candidate.memory_kb <= least for candidate in worth)
    chosen = spread(worth if enough else fitting, frontier.candidates)
    if chosen[0].memory_kb > least:
        raise InputError(
            f"Configuration: frontier.budgets_kb begins with {least:g}, but the smallest network of frontier.space "
            f"takes {chosen[0].memory_kb:.3g} kB; take that budget out, or write smaller networks there."
        )
    return chosen


def spread(candidates: Collection[Candidate], count: int) -> list[Candidate]:
    """Return ``count`` of the candidates, evenly over the logarithm of their memory, the smallest and largest included.

    Of those that take the same memory the first ones are taken.
    """
    rest = sorted(candidates, key=lambda candidate: candidate.memory_kb)
    low, high = (math.log(rest[place].memory_kb) for place in (0, -1))
    chosen = []
    for place in range(count):
        wanted = low + (high - low) * place / max(count - 1, 1)
        nearest = min(range(len(rest)), key=lambda index: abs(math.log(rest[index].memory_kb) - wanted))
        chosen.append(rest.pop(nearest))
    return sorted(chosen, key=lambda candidate: (candidate.memory_kb, candidate.name))


def _combinations(space: Mapping[str, Sequence[Any]], seed: int) -> Iterator[dict[str, Any]]:
    """Yield combinations of the values, none twice, in an order that the seed draws."""
    sizes = [len(values) for values in space.values()]
    total = math.prod(sizes)
    for number in Random(seed).sample(range(total), min(total, _LOOKED_AT)):
        chosen = {}
        for key, values in space.items():
            number, place = divmod(number, len(values))
            chosen[key] = values[place]
        yield chosen


def _settle(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return a network's settings, where what has no effect on it is always the same.

    Raises:
        InputError: it would not be what its settings say.
    """
    keep, longest, stride = (values[key] for key in ("keep", "max", "stride"))
    levels = len(range(0, longest, stride))
    layers = len(values["hidden"]) + 1
    if isinstance(values["bits"], list) and len(values["bits"]) != layers:
        raise InputError(
            f"Configuration: frontier.space.bits is {values['bits']}, but with its output layer a network of hidden "
            f"{values['hidden']} has {layers} layers; write a width for each."
        )
    if values["recurrent"]:
        kind = "true" if values["recurrent"] is True else values["recurrent"]
        raise InputError(
            f"Configuration: frontier.space.recurrent is {kind}, but a recurrent network is not quantised."
        )
    listed = values["input_delays"] if isinstance(values["input_delays"], list) else []
    if not values["delays"] and values["input_delays"] is not True:
        without = {"max": 1, "stride": 1}
        if not listed or values["pruning"] == "none":
            return {**values, **without, "pruning": "none", "keep": 1}
        if keep >= len(listed):
            raise InputError(f"Configuration: frontier.space.keep is {keep}, which of {listed} leaves none out.")
        return {**values, **without}
    if levels == 1:
        raise InputError(
            f"Configuration: frontier.space.max is {longest}, which at stride {stride} gives delay 0 alone."
        )
    if values["delays"] in (True, False) and values["pruning"] == "none":
        return {**values, "keep": levels}
    if keep >= levels:
        raise InputError(f"Configuration: frontier.space.keep is {keep}, which of {levels} levels leaves none out.")
    return dict(values)


def _shortest(configuration: Configuration) -> Configuration:
    """Return the configuration with the trainings of the first round, which have the fewest epochs."""
    first, last = configuration.frontier.rungs[0], configuration.frontier.rungs[-1]
    recipes = {name: shorten(own, first, last) for name, own in configuration.recipes.items()}
    training = shorten(configuration.training, first, last)
    return configuration.model_copy(update={"training": training, "recipes": recipes})


def _check(candidate: Candidate, configuration: Configuration) -> None:
    """Check a candidate as the networks of a configuration are."""
    delays = configuration.delays.model_copy(update=candidate.delays.model_dump())
    alone = {"networks": {"candidate": candidate.network}, "delays": delays}
    check_own_networks(configuration.model_copy(update=alone))
