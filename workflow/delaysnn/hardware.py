"""Constants of a chip, as files in config/hardware or the user's own have them."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from delaysnn.errors import InputError

CHIPS = ("loihi", "seneca")


def hardware_file(config: Mapping[str, Any], chip: str, shipped: str) -> str:
    """Return the file with a chip's constants: the one that the configuration names, or the one that is shipped."""
    return config["hardware"][chip] or shipped


def read_hardware(path: str | Path, like: str | Path | None = None) -> dict[str, float]:
    """Read a chip's constants.

    Args:
        path: the file.
        like: the shipped file of that chip, which says what constants there are; unchecked if there is none.

    Raises:
        InputError: the file is missing or no YAML; a constant is missing, unknown, or no number above zero.
    """
    try:
        constants = yaml.safe_load(Path(path).read_text())
    except FileNotFoundError:
        raise InputError(
            f"{path}: there is no such file; hardware in the configuration names a chip's constants."
        ) from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: is no YAML ({' '.join(str(error).split())}).") from None
    if not isinstance(constants, dict):
        raise InputError(f"{path}: holds no constants; write one a line, a name and a number, as {like} does.")
    if like is not None:
        wanted = yaml.safe_load(Path(like).read_text())
        if missing := [name for name in wanted if name not in constants]:
            raise InputError(f"{path}: lacks {', '.join(missing)}; copy {like} and change what differs.")
        if unknown := [str(name) for name in constants if name not in wanted]:
            raise InputError(
                f"{path}: has {', '.join(unknown)}, which is not read; the constants are {', '.join(wanted)}."
            )
    for name, value in constants.items():
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < float("inf"):
            raise InputError(f"{path}: {name} is {value!r}; write a number above zero.")
    return constants
