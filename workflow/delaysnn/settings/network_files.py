"""Networks that come as files: where they lie, and what the configuration knows of them before any job."""

import dataclasses
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from delaysnn.core.errors import InputError
from delaysnn.core.network import Network, check_deployable, check_fit, read_network
from delaysnn.data.events import N_CHANNELS
from delaysnn.platforms.loihi.conversion import convert
from delaysnn.platforms.loihi.integer_network import DELAY_LIMIT, IntegerNetwork


def network_file(network: Mapping[str, Any], seed: int | str) -> str:
    """Return the path of a network that comes as a file, one for all seeds or one a seed."""
    return network["file"].replace("{seed}", str(seed))


def description_file(network: Mapping[str, Any], seed: int | str) -> str:
    """Return the path of the JSON beside such a file, which describes it."""
    return str(Path(network_file(network, seed)).with_suffix(".json"))


def check_existence(networks: Mapping[str, Mapping[str, Any]], seeds: Sequence[int]) -> None:
    """Check that every network's file and description are there, and that no file is two networks.

    Raises:
        InputError: naming the keys and the file.
    """
    names: dict[Path, str] = {}
    for name, network in networks.items():
        if "file" not in network:
            continue
        for file in dict.fromkeys(network_file(network, seed) for seed in seeds):
            if not os.path.exists(file):  # noqa: PTH110
                raise InputError(
                    f"Configuration: networks.{name}.file is {file}, but there is no such file or folder; paths start "
                    "at the folder that the run works in."
                )
            if not Path(file).with_suffix(".json").exists():
                raise InputError(
                    f"{Path(file).with_suffix('.json')}: there is no such file; a network of your own is a "
                    ".safetensors and the .json beside it."
                )
            other = names.setdefault(Path(file).resolve(), name)
            if other != name:
                raise InputError(
                    f"Configuration: networks.{name}.file is {file}, the same file as that of networks.{other}; as two "
                    "networks it would stand in every table twice, so take one out."
                )


def describe_file(
    name: str, network: Mapping[str, Any], seeds: Sequence[int], data: str, n_steps: int, n_classes: int | None
) -> dict[str, Any]:
    """Read a network's files, one a seed; return hidden, delays, recurrent, recipe and pruning of what they hold.

    Args:
        data, n_steps, n_classes: the data's name, time steps a sample, and classes where they are known yet.

    Raises:
        InputError: naming the file and what cannot be read, does not fit the data or is more than a chip has, or the
            two whose neurons a layer differ.
    """
    found: dict[tuple[int, ...], str] = {}
    for file in dict.fromkeys(network_file(network, seed) for seed in seeds):
        brought = read_network(file)
        check_deployable(brought, file)
        _check_delays(brought, file)
        check_fit(brought, file, data, N_CHANNELS, n_steps, n_classes)
        found[brought.topology] = file
    if len(found) > 1:
        (one, first), (other, second) = list(found.items())[:2]
        raise InputError(
            f"Configuration: networks.{name}.file is one network for all seeds, but {first} has "
            f"{'-'.join(map(str, one))} neurons a layer and {second} {'-'.join(map(str, other))}; give each shape a "
            "name of its own."
        )
    return {
        "file": network["file"],
        "hidden": list(next(iter(found))[1:-1]),
        "delays": True,
        "recurrent": False,
        "recipe": None,
        "pruning": "none",
    }


def _check_delays(network: Network, file: str) -> None:
    for index, layer in enumerate(network.layers):
        if layer.delay_levels[-1] > DELAY_LIMIT:
            raise InputError(
                f"{file}: layer {index} has a delay of {layer.delay_levels[-1]} steps, but Loihi delays by "
                f"{DELAY_LIMIT} at the most; take it out."
            )


def integer_forms(name: str, network: Mapping[str, Any], seeds: Sequence[int], bits: int) -> list[IntegerNetwork]:
    """Return the form on Loihi of each of a network's files that will not be rounded anew to weights of ``bits`` bits.

    Floats, and weights of more bits, will: what they need is known when that is done.

    Raises:
        InputError: naming the network, layer and value that Loihi does not take.
    """
    found = []
    for file in dict.fromkeys(network_file(network, seed) for seed in seeds if "file" in network):
        brought = read_network(file)
        if all(layer.bits is not None and layer.bits <= bits for layer in brought.layers):
            layers = tuple(dataclasses.replace(layer, bits=bits) for layer in brought.layers)
            found.append(convert(dataclasses.replace(brought, layers=layers, name=name), {}))
    return found
