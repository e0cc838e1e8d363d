"""Constants of a chip, read from config/hardware or from a user's own file."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from delaysnn.core.errors import InputError
from delaysnn.core.yaml_file import read_yaml
from delaysnn.platforms.protocol import Basis

# What counts things, and so is whole; the rest are energies, times and means.
_COUNTS = re.compile(r"core_\w+|\w+_cores|mesh_columns|\w+_bits|npes|queue_depth")


def shipped_constants(name: str, root: Path) -> Path | None:
    """Return the file with a platform's constants, in config/hardware or its own folder; None where it has none.

    Args:
        name: the platform's.
        root: the repository.
    """
    files = (root / f"config/hardware/{name}.yaml", root / f"workflow/delaysnn/platforms/{name}/constants.yaml")
    return next((file for file in files if file.is_file()), None)


def read_basis(
    constants: str | Path | None,
    published: str | Path,
    fitted: Sequence[str] = (),
    settings: Mapping[str, Any] | None = None,
) -> Basis:
    """Return what estimates rest on.

    Args:
        constants: file with the chip's, if it has any.
        published: file with the paper's tables.
        fitted, settings: see :class:`Basis`.
    """
    return Basis(read_constants(constants) if constants else {}, settings or {}, read_yaml(published), fitted)


def read_constants(path: str | Path, like: str | Path | None = None) -> dict[str, float]:
    """Read a chip's constants.

    Args:
        path: the file.
        like: the shipped file of that chip, which names its constants; without one, names are not checked.

    Raises:
        InputError: the file is missing, not YAML, or has a key twice; a constant is missing, unknown, or not a number
            above zero; or a constant that is a count is not a whole number.
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
