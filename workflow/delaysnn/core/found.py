"""Modules that are found by their folder: the object that each must define."""

from importlib import import_module
from pathlib import Path
from typing import Any

from delaysnn.core.errors import InputError

_LIBRARY = Path(__file__).parents[1]


def below_library(file: Path) -> str:
    """Return a file's path below the library, for errors."""
    return str(file.relative_to(_LIBRARY))


def named(file: Path, name: str, kind: type) -> Any:
    """Return the object that a file of the library defines as ``name``.

    Raises:
        InputError: it defines no such name, or an object of another kind.
    """
    module = import_module(".".join(("delaysnn", *file.relative_to(_LIBRARY).with_suffix("").parts)))
    if not hasattr(module, name):
        raise InputError(f"{below_library(file)}: names no {name}; write {name} = and a {kind.__name__} into it.")
    found = getattr(module, name)
    if not isinstance(found, kind):
        what = f"the class {found.__name__}" if isinstance(found, type) else f"a {type(found).__name__}"
        raise InputError(f"{below_library(file)}: {name} is {what}, but must be a {kind.__name__}; make it one.")
    return found
