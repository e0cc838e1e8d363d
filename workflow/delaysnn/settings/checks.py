"""Checks of keys beside each other: each ends in one sentence before any job starts."""

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING

from delaysnn.core.errors import InputError
from delaysnn.core.files import require_kind
from delaysnn.core.network import read_network
from delaysnn.data.events import N_CHANNELS
from delaysnn.platforms.constants import read_constants
from delaysnn.platforms.loihi.conversion import convert
from delaysnn.platforms.loihi.integer_network import DELAY_LIMIT
from delaysnn.platforms.loihi.mapping import map_layers, map_network, plan
from delaysnn.settings.networks import BroughtNetwork

if TYPE_CHECKING:
    from delaysnn.settings.configuration import Configuration


def check_combinations(configuration: "Configuration") -> None:
    """Check what is known without any file.

    Raises:
        InputError: naming the keys, the values found and what to write.
    """
    _check_delays(configuration)
    _check_networks(configuration)
    _check_refined(configuration)
    _check_folds(configuration)
    quantisation = configuration.quantisation
    if quantisation.deployed not in quantisation.bits:
        raise InputError(
            f"Configuration: quantisation.deployed is {quantisation.deployed}, which is not among quantisation.bits "
            f"{quantisation.bits}; add it there."
        )
    for name in configuration.platforms:
        if name in type(configuration).model_fields and configuration.section(name) is None:
            raise InputError(f"Configuration: platforms names {name}, but there is no section {name}; add it.")
        if name not in configuration.hardware:
            raise InputError(
                f"Configuration: hardware.{name} is missing; write null for the constants that come along."
            )


def _check_delays(configuration: "Configuration") -> None:
    delays = configuration.delays
    # Networks that come as a file bring delays of their own.
    if len(delays.levels) == 1 and any(network.delays for network in configuration.own_networks.values()):
        raise InputError(
            f"Configuration: delays.max is {delays.max}, which at stride {delays.stride} gives delay 0 alone; write "
            f"more than {delays.stride}, or delays: false for networks without."
        )
    for key, kept in (("keep", delays.keep), ("sweep", max(delays.sweep))):
        if kept > len(delays.levels):
            raise InputError(
                f"Configuration: delays.{key} is {kept}, but max {delays.max} at stride {delays.stride} gives only "
                f"{len(delays.levels)} delay levels; keep fewer."
            )
    if delays.keep in delays.sweep:
        raise InputError(
            f"Configuration: delays.sweep {delays.sweep} holds {delays.keep}, which is delays.keep and measured "
            "anyway; take it out."
        )


def _check_networks(configuration: "Configuration") -> None:
    for name, network in configuration.own_networks.items():
        if network.recipe not in {None, *configuration.recipes}:
            raise InputError(
                f"Configuration: networks.{name}.recipe is {network.recipe!r}; choose one of recipes, "
                f"{', '.join(configuration.recipes)}, or leave it out."
            )
        if network.recurrent and network.delays:
            raise InputError(
                f"Configuration: networks.{name} is recurrent and has delays, but a recurrent network is a baseline "
                "without; write delays: false."
            )
        if network.delays == "random" and network.pruning != "none":
            raise InputError(
                f"Configuration: networks.{name}.pruning is {network.pruning}, but its delays are random, as many as "
                "pruning keeps, and never change; write pruning: none."
            )
    if all(name in configuration.own_networks for name in configuration.networks) and not configuration.deployed:
        raise InputError(
            "Configuration: networks has none with delays: true and pruning other than refined; at least one is needed "
            "to deploy."
        )


def _check_refined(configuration: "Configuration") -> None:
    stride = configuration.delays.stride
    for name, network in configuration.own_networks.items():
        if network.pruning != "refined":
            continue
        epochs = configuration.course(name).pruned.epochs
        what = f"Configuration: networks.{name}.pruning is refined, which"
        if not network.delays:
            raise InputError(f"{what} moves delays, but delays is false; write none.")
        if stride % 2:
            raise InputError(f"{what} halves delays.stride, but that is {stride}; write an even one, or synapse.")
        if epochs < 2:
            raise InputError(
                f"{what} splits training.pruned.epochs between two rounds, but that is {epochs}; write 2 or more, or "
                "synapse."
            )


def _check_folds(configuration: "Configuration") -> None:
    tested: dict[int, int] = {}
    for index, fold in enumerate(configuration.folds):
        for speaker in fold.test:
            if speaker in fold.validation:
                raise InputError(
                    f"Configuration: speaker {speaker} is in folds.{index}.test and in its validation; take it out "
                    "of one."
                )
            if speaker in tested:
                raise InputError(
                    f"Configuration: speaker {speaker} is in folds.{index}.test and in that of entry "
                    f"{tested[speaker]}; a mean over folds counts every speaker once, so take it out of one."
                )
            tested[speaker] = index


def check_report(configuration: "Configuration") -> None:
    """Check that the network to show is there and has something to show.

    Raises:
        InputError: naming it, and those that are deployed.
    """
    if configuration.shown not in configuration.deployed:
        raise InputError(
            f"Configuration: report.show is {configuration.shown!r}, which is no network that is deployed; write one "
            f"of {', '.join(configuration.deployed)}, or null for the first."
        )


def check_platforms(configuration: "Configuration", root: Path) -> None:
    """Check that what will be deployed fits on every platform, before anything is trained.

    Args:
        configuration: with the shapes of networks that come as files.
        root: the repository, which holds the constants of the paper's chips.

    Raises:
        InputError: naming the network or key, the value and the limit.
    """
    constants = {}
    for name in configuration.platforms:
        shipped, own = root / f"config/hardware/{name}.yaml", configuration.hardware[name]
        if own is not None:
            require_kind(f"Configuration: hardware.{name}", own, "file")
        constants[name] = read_constants(own or shipped, shipped)
    if "loihi" in configuration.platforms:
        _check_loihi(configuration, constants["loihi"])


def _check_loihi(configuration: "Configuration", limits: dict[str, float]) -> None:
    delays, bits, own = configuration.delays, configuration.quantisation.deployed, configuration.section("loihi")
    longest = delays.levels[-1]
    if longest > DELAY_LIMIT and any(network.delays for network in configuration.own_networks.values()):
        raise InputError(
            f"Configuration: delays.max is {delays.max}, so the longest delay is {longest} steps, but Loihi delays by "
            f"{DELAY_LIMIT} at the most; write {(DELAY_LIMIT // delays.stride + 1) * delays.stride} or less."
        )
    for name in configuration.deployed:
        network = configuration.network(name)
        kept = delays.keep if network.pruning != "none" else len(delays.levels)
        shape = (kept, longest, configuration.course(name).decay_groups)
        if isinstance(network, BroughtNetwork):
            # It has synapses, levels and decays of its own.
            shape = (0, 0, 0)
            for file in network.paths(configuration.seeds):
                _check_file(name, file, bits, own, limits)
        # Classes of one's own data are not known yet; what they add is checked when the network is mapped.
        planned = plan((N_CHANNELS, *network.hidden, configuration.classes or 1), *shape, bits, limits)
        for cores in own.cores:
            map_layers(name, planned, cores, limits, own.excess)


def _check_file(name: str, file: str, bits: int, own, limits: dict[str, float]) -> None:
    network = read_network(file)
    for index, layer in enumerate(network.layers):
        if layer.delay_levels[-1] > DELAY_LIMIT:
            raise InputError(
                f"{file}: layer {index} has a delay of {layer.delay_levels[-1]} steps, but Loihi delays by "
                f"{DELAY_LIMIT} at the most; take it out."
            )
    # What floats need, and weights of more bits, is known once they are rounded.
    if network.quantised and all(layer.bits <= bits for layer in network.layers):
        layers = tuple(dataclasses.replace(layer, bits=bits) for layer in network.layers)
        integers = convert(dataclasses.replace(network, layers=layers, name=name), {})
        for cores in own.cores:
            map_network(integers, cores, limits, own.excess)
