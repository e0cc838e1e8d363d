"""Chips, and the same network in PyTorch: one folder each, whose ``platform.py`` names its ``PLATFORM``."""

from collections.abc import Iterable
from functools import cache
from importlib import import_module
from pathlib import Path

from delaysnn.core.errors import InputError
from delaysnn.platforms.protocol import Platform

# Float inference, which all others are compared with.
REFERENCE = "pytorch"


@cache
def registered() -> dict[str, Platform]:
    """Return every platform by its name, the reference in PyTorch first, the others by name."""
    folders = [file.parent.name for file in Path(__file__).parent.glob("*/platform.py")]
    names = sorted(folders, key=lambda name: (name != REFERENCE, name))
    return {name: import_module(f"{__name__}.{name}.platform").PLATFORM for name in names}


def chosen(names: Iterable[str]) -> dict[str, Platform]:
    """Return the platforms that the configuration names, beside the reference.

    Raises:
        InputError: there is none of that name, or it is the reference.
    """
    others = {name: platform for name, platform in registered().items() if name != REFERENCE}
    if unknown := [name for name in names if name not in others]:
        raise InputError(
            f"Configuration: platforms names {', '.join(unknown)}, but there are {', '.join(others)}. {REFERENCE} "
            "always runs."
        )
    return {name: others[name] for name in names}
