"""Constants of a chip, as files in config/hardware or the user's own have them."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from delaysnn.core.errors import InputError
from delaysnn.core.yaml_file import read_yaml

CHIPS = ("loihi", "seneca")
# What counts things, and so is whole; the rest are energies, times and means.
_COUNTS = re.compile(r"core_\w+|\w+_bits|npes|queue_depth")


def constants_file(config: Mapping[str, Any], chip: str, shipped: str) -> str:
    """Return the file with a chip's constants: the one that the configuration names, or the one that is shipped."""
    return config["hardware"][chip] or shipped


def read_constants(path: str | Path, like: str | Path | None = None) -> dict[str, float]:
    """Read a chip's constants.

    Args:
        path: the file.
        like: the shipped file of that chip, which says what constants there are; unchecked if there is none.

    Raises:
        InputError: the file is missing, no YAML, or has a key twice; a constant is missing, unknown, or no number
            above zero; or what is counted is no whole number.
    """
    if not Path(path).is_file():
        raise InputError(f"{path}: there is no such file; hardware in the configuration names a chip's constants.")
    constants = read_yaml(path)
    if not isinstance(constants, dict):
        raise InputError(f"{path}: holds no constants; write one a line, a name and a number, as {like} does.")
    if like is not None:
        wanted = read_yaml(like)
        if missing := [name for name in wanted if name not in constants]:
            raise InputError(f"{path}: lacks {', '.join(missing)}; copy {like} and change what differs.")
        if unknown := [str(name) for name in constants if name not in wanted]:
            raise InputError(
                f"{path}: has {', '.join(unknown)}, which is not read; the constants are {', '.join(wanted)}."
            )
    for name, value in constants.items():
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < float("inf"):
            raise InputError(f"{path}: {name} is {value!r}; write a number above zero.")
        if _COUNTS.fullmatch(name) and not isinstance(value, int):
            raise InputError(f"{path}: {name} is {value!r}, but it counts; write a whole number above zero.")
    return constants
