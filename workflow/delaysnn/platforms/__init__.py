"""Chips, and the same network in PyTorch: one folder each, whose ``platform.py`` names its ``PLATFORM``."""

from functools import cache
from importlib import import_module
from pathlib import Path

from delaysnn.platforms.protocol import Platform

# Float inference, which all others are compared with.
REFERENCE = "pytorch"


@cache
def registered() -> dict[str, Platform]:
    """Return every platform by its name, the reference in PyTorch first, the others by name."""
    folders = [file.parent.name for file in Path(__file__).parent.glob("*/platform.py")]
    names = sorted(folders, key=lambda name: (name != REFERENCE, name))
    return {name: import_module(f"{__name__}.{name}.platform").PLATFORM for name in names}
