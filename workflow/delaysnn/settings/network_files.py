"""Networks that come as files: where they lie, and what the configuration knows of them before any job."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from delaysnn.core.errors import InputError
from delaysnn.core.network import Network, check_deployable, check_fit, read_network
from delaysnn.data.events import N_CHANNELS


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
        InputError: naming the file and what cannot be read or does not fit the data, or the two whose neurons a layer
            differ.
    """
    found: dict[tuple[int, ...], str] = {}
    for file, brought in read_files(network, seeds).items():
        check_deployable(brought, file)
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


def read_files(network: Mapping[str, Any], seeds: Sequence[int]) -> dict[str, Network]:
    """Return what each of a network's files holds, by the file's name."""
    return {file: read_network(file) for file in (network_file(network, seed) for seed in seeds)}
