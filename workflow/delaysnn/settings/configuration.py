"""Checks of the configuration that need no data: each wrong value ends in one sentence before any job starts."""

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from delaysnn.core.errors import InputError
from delaysnn.core.files import require_kind
from delaysnn.core.network import delay_levels
from delaysnn.core.yaml_file import read_yaml
from delaysnn.data.sources import Source
from delaysnn.data.sources import registered as registered_sources
from delaysnn.platforms import chosen, registered
from delaysnn.platforms.constants import read_constants, shipped_constants
from delaysnn.platforms.protocol import Planned
from delaysnn.settings.network_files import check_existence, describe_file, read_files
from delaysnn.settings.schema import check_schema
from delaysnn.settings.targets import explain_configfiles


def check_files(overlays: Sequence[str | Path], root: Path) -> None:
    """Check the files that hold configuration and constants before Snakemake's reading of them is used.

    Args:
        overlays: the configuration's files, as Snakemake read them one over the other.
        root: the repository.

    Raises:
        InputError: a file is no YAML or has a key twice, naming the lines; or a result stands where Snakemake takes a
            configuration file.
    """
    if sentence := explain_configfiles(overlays):
        raise InputError(sentence)
    for path in overlays:
        read_yaml(path)
    for path in (root / "config/published.yaml", *sorted((root / "config/hardware").glob("*.yaml"))):
        read_yaml(path)


def settle(config: Mapping[str, Any], root: Path) -> dict[str, dict[str, Any]]:
    """Check the configuration and return every network's hidden, delays, recurrent, recipe and pruning.

    Args:
        config: as Snakemake merged it.
        root: the repository, which holds the schema and the limits of the platform.

    Raises:
        InputError: naming the key, the value found and what to write.
    """
    _check_values(config)
    check_schema(config, root / "workflow/schemas/config.schema.yaml")
    # An overlay takes a network out by giving it no value.
    wanted = {name: network for name, network in config["networks"].items() if network is not None}
    config = {**config, "networks": wanted}
    _check_combinations(config)
    _check_files(config)
    source = source_of(config)
    data = (source.dataset_name(config), config["data"]["time_steps"], source.classes(config))
    networks = {
        name: describe_file(name, network, config["seeds"], *data)
        if "file" in network
        else {"recurrent": False, "recipe": None, **network}
        for name, network in config["networks"].items()
    }
    _check_platforms(config, networks, root)
    return networks


def _check_values(value: Any, *path: str) -> None:
    """Refuse what YAML can write and no schema sees: keys that are no text, numbers that are none."""
    if isinstance(value, int) and abs(value) >= 2**63:
        raise InputError(f"Configuration: {'.'.join(path)} has {len(str(value))} digits; write a number below 2^63.")
    if isinstance(value, float) and not math.isfinite(value):
        raise InputError(f"Configuration: {'.'.join(path)} is {value}; write a finite number.")
    if isinstance(value, Mapping):
        for key, inner in value.items():
            # A network without a value is one taken out.
            if isinstance(key, int) and inner is None and path != ("networks",):
                raise InputError(
                    f"Configuration: {'.'.join(path) or 'the top level'} has the key {key} without a value, as a "
                    "decimal comma in braces gives; write a point, as in 0.004."
                )
            if not isinstance(key, str):
                raise InputError(
                    f"Configuration: {'.'.join(path) or 'the top level'} has the key {key}, which YAML does not read "
                    f'as text; write "{key}" in quotes.'
                )
            _check_values(inner, *path, key)
    if isinstance(value, list):
        for index, inner in enumerate(value):
            _check_values(inner, *path, str(index))


def _check_combinations(config: Mapping[str, Any]) -> None:
    _check_delays(config)
    _check_refined(config)
    _check_ranges("training", config["training"])
    for name, recipe in config["recipes"].items():
        _check_ranges(f"recipes.{name}", recipe)
    for name, network in config["networks"].items():
        if network.get("recipe") not in {None, *config["recipes"]}:
            raise InputError(
                f"Configuration: networks.{name}.recipe is {network['recipe']!r}; choose one of recipes, "
                f"{', '.join(config['recipes'])}, or leave it out."
            )
    if config["quantisation"]["deployed"] not in config["quantisation"]["bits"]:
        raise InputError(
            f"Configuration: quantisation.deployed is {config['quantisation']['deployed']}, which is not among "
            f"quantisation.bits {config['quantisation']['bits']}; add it there."
        )
    source_of(config).check(config)
    _check_folds(config["folds"])
    _check_baselines(config["networks"])
    if not any("file" in network or is_deployed(network) for network in config["networks"].values()):
        raise InputError(
            "Configuration: networks has none with delays: true and pruning other than refined; at least one is needed "
            "to deploy."
        )


def _check_ranges(section: str, training: Mapping[str, Any]) -> None:
    ranges = {"decay": training.get("decay"), "augmentation.drop": training.get("augmentation", {}).get("drop")}
    for key, pair in ranges.items():
        if pair and pair[0] > pair[1]:
            raise InputError(f"Configuration: {section}.{key} is {pair}; write the lower bound first.")


def _check_baselines(networks: Mapping[str, Mapping[str, Any]]) -> None:
    for name, network in networks.items():
        if network.get("recurrent") and network["delays"]:
            raise InputError(
                f"Configuration: networks.{name} is recurrent and has delays, but a recurrent network is a baseline "
                "without; write delays: false."
            )
        if network.get("delays") == "random" and network["pruning"] != "none":
            raise InputError(
                f"Configuration: networks.{name}.pruning is {network['pruning']}, but its delays are random, as many "
                "as pruning keeps, and never change; write pruning: none."
            )


def _check_platforms(config: Mapping[str, Any], networks: Mapping[str, Mapping[str, Any]], root: Path) -> None:
    """Check that what will be deployed fits on every platform, before anything is trained."""
    planned = [_planned(config, name, network) for name, network in networks.items() if is_deployed(network)]
    for name, platform in chosen(config["platforms"]).items():
        shipped = shipped_constants(name, root)
        file = config["hardware"].get(name) or shipped
        constants = read_constants(file, shipped) if file else {}
        for network in planned:
            platform.check(network, constants, config.get(name, {}))


def _planned(config: Mapping[str, Any], name: str, network: Mapping[str, Any]) -> Planned:
    # A network that comes as files has synapses, levels and decays of its own.
    source = source_of(config)
    topology = (source.channels, *network["hidden"], source.classes(config) or 1)
    bits = config["quantisation"]["deployed"]
    if "file" in network:
        return Planned(name, topology, (), 0, 0, bits, read_files(network, config["seeds"]))
    levels, decays = delay_levels(config["delays"]), training_settings(config, network)["decay_groups"]
    kept = config["delays"]["keep"] if network["pruning"] != "none" else len(levels)
    return Planned(name, topology, levels, kept, decays, bits)


def training_settings(config: Mapping[str, Any], network: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings that a network is trained with: the section ``training``, changed by its recipe."""
    settings = dict(config["training"])
    for key, value in config["recipes"].get(network.get("recipe"), {}).items():
        settings[key] = {**settings[key], **value} if isinstance(value, Mapping) else value
    return settings


def learns_delays(network: Mapping[str, Any]) -> bool:
    """Say whether a network chooses its delays by training."""
    return network["delays"] is True


def is_deployed(network: Mapping[str, Any]) -> bool:
    """Say whether a network is deployed, or only trained and scored: a baseline without learned delays or of another
    recipe, or one refined.

    Refined delays ask nothing new of a chip, and deploying a network, with its sweeps, takes about ten times as long as
    refining it.
    """
    return learns_delays(network) and network["pruning"] != "refined" and not network.get("recipe")


def _check_files(config: Mapping[str, Any]) -> None:
    if unknown := [chip for chip in config["hardware"] if chip not in registered()]:
        raise InputError(
            f"Configuration: hardware names {', '.join(unknown)}, but the platforms are {', '.join(registered())}."
        )
    for chip, path in config["hardware"].items():
        if path is not None:
            require_kind(f"Configuration: hardware.{chip}", path, "file")
    check_existence(config["networks"], config["seeds"])


def source_of(config: Mapping[str, Any]) -> Source:
    """Return where the data come from.

    Raises:
        InputError: there is no such source.
    """
    name = config["data"]["name"]
    if name not in registered_sources():
        raise InputError(f"Configuration: data.name is {name!r}; choose one of {', '.join(registered_sources())}.")
    return registered_sources()[name]


def _check_delays(config: Mapping[str, Any]) -> None:
    delays = config["delays"]
    top, stride = delays["max"], delays["stride"]
    levels = delay_levels(delays)
    # Networks that come as a file bring delays of their own.
    if len(levels) == 1 and any(network.get("delays") for network in config["networks"].values()):
        raise InputError(
            f"Configuration: delays.max is {top}, which at stride {stride} gives delay 0 alone; "
            f"write more than {stride}, or delays: false for networks without."
        )
    for key, kept in (("keep", delays["keep"]), ("sweep", max(delays["sweep"]))):
        if kept > len(levels):
            raise InputError(
                f"Configuration: delays.{key} is {kept}, but max {top} at stride {stride} gives only "
                f"{len(levels)} delay levels; keep fewer."
            )
    if delays["keep"] in delays["sweep"]:
        raise InputError(
            f"Configuration: delays.sweep {delays['sweep']} holds {delays['keep']}, which is delays.keep and measured "
            "anyway; take it out."
        )


def _check_refined(config: Mapping[str, Any]) -> None:
    stride = config["delays"]["stride"]
    for name, network in config["networks"].items():
        if network.get("pruning") != "refined":
            continue
        epochs = training_settings(config, network)["pruned"]["epochs"]
        what = f"Configuration: networks.{name}.pruning is refined, which"
        if not network["delays"]:
            raise InputError(f"{what} moves delays, but delays is false; write none.")
        if stride % 2:
            raise InputError(f"{what} halves delays.stride, but that is {stride}; write an even one, or synapse.")
        if epochs < 2:
            raise InputError(
                f"{what} splits training.pruned.epochs between two rounds, but that is {epochs}; write 2 or more, or "
                "synapse."
            )


def _check_folds(folds: list[Mapping[str, Any]]) -> None:
    tested: dict[int, int] = {}
    for index, fold in enumerate(folds):
        for speaker in fold["test"]:
            if speaker in fold["validation"]:
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
