"""The JSON beside a network's arrays, which users may write: it is read and checked before the arrays."""

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from delaysnn.core.errors import InputError
from delaysnn.core.readout import READOUTS, SPIKES
from delaysnn.core.user_json import read_user_json

FORMAT = "delaysnn-network"
VERSION = 2
# What is read of a file; anything else might change what the network does, so it is refused.
_KEYS = (
    *("format", "version", "name", "seed", "dataset", "n_steps", "topology", "parameters", "layers", "provenance"),
    "readout",
)
_LEFT_OUT = ("parameters", "provenance", "readout")
# Version 1 is the same without biases, resets by subtraction and readouts by membranes.
_READ = (1, VERSION)
_LAYER_KEYS = ("delay_levels", "scale", "bits", "input_sharing", "input_channels", "neuron", "recurrent_delays")


def read_description(path: str | Path) -> dict[str, Any]:
    """Read a network's description.

    Returns:
        Every key of the format with a checked value, except ``parameters`` and ``provenance``, which may be left out.

    Raises:
        InputError: the file is missing or not JSON, lacks a key, or holds something that is not read here.
    """
    description = read_user_json(path, "a network is a .safetensors and the .json beside it")
    if not isinstance(description, dict) or description.get("format") != FORMAT:
        raise InputError(f"{path}: format must be {FORMAT!r}.")
    if not is_whole(description.get("version")) or description["version"] not in _READ:
        versions = " or ".join(map(str, _READ))
        raise InputError(f"{path}: version must be {versions}, found {_show(description.get('version'))}.")
    _refuse_unread(f"{path}: holds", description, _KEYS)
    for key in _KEYS:
        if key not in description and key not in _LEFT_OUT:
            raise InputError(f"{path}: has no {key!r}; config/README.md describes the format.")
    for key in ("name", "dataset"):
        if not isinstance(description[key], str):
            raise InputError(f"{path}: {key} must be a text, found {_show(description[key])}.")
    if not is_whole(description["seed"]):
        raise InputError(f"{path}: seed must be a whole number, found {_show(description['seed'])}.")
    if not is_whole(description["n_steps"]) or description["n_steps"] < 1:
        raise InputError(f"{path}: n_steps must be a whole number from 1, found {_show(description['n_steps'])}.")
    if not isinstance(description.get("provenance", {}), dict):
        raise InputError(f"{path}: provenance must be {{...}}, found {_show(description['provenance'])}.")
    if (readout := description.get("readout", SPIKES)) not in READOUTS:
        raise InputError(f"{path}: readout must be one of {', '.join(READOUTS)}, found {_show(readout)}.")
    _check_layers(path, description["layers"])
    return description


def is_whole(value: Any) -> bool:
    """Return whether a value of JSON is a whole number; in Python, true and false count as whole numbers, too."""
    return isinstance(value, int) and not isinstance(value, bool)


def _check_layers(path: str | Path, layers: Any) -> None:
    if not isinstance(layers, list) or not all(isinstance(layer, dict) for layer in layers):
        raise InputError(
            f'{path}: layers must be a list of {{"delay_levels": ...}}, one a layer, found {_show(layers)}.'
        )
    if not layers:
        raise InputError(f"{path}: has no layers.")
    for index, layer in enumerate(layers):
        where = f"{path}: layer {index}"
        _refuse_unread(f"{where} holds", layer, _LAYER_KEYS)
        if "delay_levels" not in layer:
            raise InputError(
                f"{where} has no 'delay_levels'; give the delays of its weights, [0] where there are none."
            )
        for key in ("delay_levels", "recurrent_delays"):
            if not isinstance(layer.get(key, []), list):
                raise InputError(
                    f"{where}: {key} must be a list of whole numbers of time steps, found {_show(layer[key])}."
                )
        if not isinstance(layer.get("neuron", ""), str):
            raise InputError(
                f"{where}: neuron must be the name of a neuron or left out, found {_show(layer['neuron'])}."
            )


def _refuse_unread(what: str, keys: Iterable[str], known: Sequence[str]) -> None:
    if unread := sorted(set(keys) - set(known)):
        raise InputError(f"{what} {unread[0]!r}, which is not read here; the keys are {', '.join(known)}.")


def compare(path: str | Path, description: Mapping[str, Any], topology: Sequence[int], parameters: int) -> None:
    """Check that a description says of the arrays what they are.

    Args:
        path: of the description, for errors.
        topology: neurons a layer, inputs first, of the arrays.
        parameters: weights of the arrays that are not 0.

    Raises:
        InputError: naming the key, its value and what the arrays are.
    """
    if description["topology"] != list(topology):
        raise InputError(f"{path}: topology is {description['topology']!r}, but the arrays are {list(topology)}.")
    if description.get("parameters", parameters) != parameters:
        raise InputError(
            f"{path}: parameters is {description['parameters']}, but the arrays hold {parameters} weights that are not "
            "0; correct it or leave it out."
        )


def _show(value: Any) -> str:
    """Return a value as JSON writes it, shortened."""
    text = json.dumps(value)
    return text if len(text) <= 60 else f"{text[:60]}..."
