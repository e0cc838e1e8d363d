"""What YAML can write and no type sees, and the files that hold the configuration."""

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from delaysnn.core.errors import InputError
from delaysnn.core.yaml_file import read_yaml
from delaysnn.settings.targets import explain_configfiles


def check_files(overlays: Sequence[str | Path], root: Path) -> None:
    """Check the files that hold configuration and constants before Snakemake's reading of them is used.

    Args:
        overlays: the configuration's files, as Snakemake read them one over the other.
        root: the repository.

    Raises:
        InputError: a file is no YAML or has a key twice, naming the lines; a result stands where Snakemake takes a
            configuration file; or a file takes out a network that no earlier one has.
    """
    if sentence := explain_configfiles(overlays):
        raise InputError(sentence)
    for path in (*overlays, root / "config/published.yaml", *sorted((root / "config/hardware").glob("*.yaml"))):
        read_yaml(path)
    # The paper's networks, and those of each file so far.
    known = dict(read_yaml(root / "config/config.yaml")["networks"])
    for path in overlays:
        content = read_yaml(path)
        networks = content.get("networks") if isinstance(content, Mapping) else None
        for name, network in networks.items() if isinstance(networks, Mapping) else ():
            if network is None and isinstance(name, str) and name not in known:
                raise InputError(
                    f"{path}: networks.{name} is null, which removes a network, but there is no network {name}; the "
                    f"networks are {', '.join(map(str, known))}."
                )
            known[name] = network


def check_values(value: Any, *path: str) -> None:
    """Refuse keys that are no text and numbers that are none.

    Args:
        value: of the configuration.
        path: the keys that lead to it.

    Raises:
        InputError: naming the place.
    """
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
            check_values(inner, *path, key)
    if isinstance(value, list):
        for index, inner in enumerate(value):
            check_values(inner, *path, str(index))
