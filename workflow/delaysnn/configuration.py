"""Checks of the configuration that need no data: each wrong value ends in one sentence before any job starts."""

import json
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import jsonschema
import yaml

from delaysnn.errors import InputError
from delaysnn.loihi.integer_network import DELAY_LIMIT

# Data sets that this pipeline knows by name, and the sections of the user's own.
KNOWN_DATA = ("shd", "ssc", "spoken_digits")
OWN_DATA = ("files", "recordings")
# Data sets whose publisher split them.
DOWNLOADED = ("shd", "ssc")


def check_configuration(config: Mapping[str, Any], schema: str | Path) -> None:
    """Check the configuration against its schema, then what no schema can say.

    Raises:
        InputError: naming the key, the value found and what to write.
    """
    validator = jsonschema.Draft202012Validator(yaml.safe_load(Path(schema).read_text()))
    error = jsonschema.exceptions.best_match(validator.iter_errors(config))
    if error is not None:
        raise InputError(_sentence(error))
    _check_delays(config)
    if config["quantisation"]["deployed"] not in config["quantisation"]["bits"]:
        raise InputError(
            f"Configuration: quantisation.deployed is {config['quantisation']['deployed']}, which is not among "
            f"quantisation.bits {config['quantisation']['bits']}; add it there."
        )
    _check_data(config)
    if not any("file" in network or network["delays"] for network in config["networks"].values()):
        raise InputError("Configuration: networks has none with delays: true; at least one is needed to deploy.")


def check_cores(cores: Collection[int], networks: Mapping[str, Mapping[str, Any]]) -> None:
    """Check that every network to deploy has a layer for each of Loihi's cores.

    Args:
        cores: the configuration's ``loihi.cores``.
        networks: as :func:`describe_networks` returns them.

    Raises:
        InputError: naming the network, its layers and the number of cores.
    """
    for name, network in networks.items():
        layers = len(network["hidden"]) + 1
        if network["delays"] and max(cores) > layers:
            raise InputError(
                f"Configuration: loihi.cores has {max(cores)}, but network {name} has {layers} layers, and a core "
                f"takes whole layers; write {layers} at the most."
            )


def describe_networks(config: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Return every network's hidden, delays and pruning; those that come as a file say so, and are deployed.

    Raises:
        InputError: a network's file is missing or does not describe one.
    """
    return {name: _describe(network, config["seeds"][0]) for name, network in config["networks"].items()}


def network_file(network: Mapping[str, Any], seed: int | str) -> str:
    """Return the path of a network that comes as a file, one for all seeds or one a seed."""
    return network["file"].replace("{seed}", str(seed))


def _describe(network: Mapping[str, Any], seed: int) -> dict[str, Any]:
    if "file" not in network:
        return dict(network)
    description = Path(network_file(network, seed)).with_suffix(".json")
    try:
        hidden = json.loads(description.read_text())["topology"][1:-1]
    except FileNotFoundError:
        raise InputError(
            f"{description}: there is no such file; a network of your own is a .safetensors and the .json beside it."
        ) from None
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(f"{description}: lacks a topology ({error}); config/README.md describes the format.") from None
    return {"file": network["file"], "hidden": hidden, "delays": True, "pruning": "none"}


def dataset_name(config: Mapping[str, Any]) -> str:
    """Return the data set's name as paths, tables and figures show it: the user's own data have one of their own."""
    name = config["data"]["name"]
    return config[name]["name"] if name in OWN_DATA else name


def _check_delays(config: Mapping[str, Any]) -> None:
    delays = config["delays"]
    top, stride = delays["max"], delays["stride"]
    levels = delay_levels(delays)
    # Networks that come as a file bring delays of their own.
    if any(network.get("delays") for network in config["networks"].values()):
        if len(levels) == 1:
            raise InputError(
                f"Configuration: delays.max is {top}, which at stride {stride} gives delay 0 alone; "
                f"write more than {stride}, or delays: false for networks without."
            )
        if levels[-1] > DELAY_LIMIT:
            longest = DELAY_LIMIT // stride * stride
            raise InputError(
                f"Configuration: delays.max is {top}, so the longest delay is {levels[-1]} steps, but Loihi "
                f"delays by {DELAY_LIMIT} at the most; write {longest + delays['stride']} or less."
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


def _check_data(config: Mapping[str, Any]) -> None:
    data = config["data"]
    source = data["name"]
    if source in OWN_DATA:
        if source not in config:
            raise InputError(
                f"Configuration: data.name is {source}, but there is no section {source}; config/README.md shows one."
            )
        if config[source]["name"].lower() in KNOWN_DATA:
            raise InputError(
                f"Configuration: {source}.name is {config[source]['name']!r}, the name of a known data set; results on "
                "other data must not carry it, so choose another."
            )
    comes_split = source == "files" and "test" in config["files"]
    if source == "ssc":
        for key in ("validation_speakers", "test_speakers"):
            if data[key]:
                raise InputError(f"Configuration: data.{key} is {data[key]}, but ssc comes split; write [].")
        return
    if not data["validation_speakers"]:
        raise InputError("Configuration: data.validation_speakers is empty; name whom to hold out to choose by.")
    if not data["test_speakers"] and not comes_split:
        raise InputError("Configuration: data.test_speakers is empty; name whom to hold out to report on.")


def delay_levels(delays: Mapping[str, int]) -> tuple[int, ...]:
    """Return the delays of a synapse in time steps: 0, stride, 2 * stride, ... below max (paper section II)."""
    return tuple(range(0, delays["max"], delays["stride"]))


def _sentence(error: jsonschema.ValidationError) -> str:
    key = ".".join(map(str, error.absolute_path)) or "the top level"
    if error.validator == "additionalProperties":
        unknown = sorted(set(error.instance) - set(error.schema.get("properties", {})))
        known = ", ".join(error.schema.get("properties", {}))
        return f"Configuration: {key} has no key {', '.join(map(repr, unknown))}; the keys are {known}."
    return f"Configuration: {key}: {error.message}; config/README.md explains every key."
