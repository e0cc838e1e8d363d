"""Spiking networks with synaptic delays: data, training, Loihi, Seneca, and the paper's tables and figures.

There is one sub-package for each room. Rooms exchange files only, and :mod:`delaysnn.core` reads and writes these. The
names that most users need are here, such as ``delaysnn.DelayNetwork``. Each is imported when it is first used.
"""

import ast
from importlib import import_module
from pathlib import Path

__version__ = "0.2.0"

# Type checkers read the file beside this one. Imports here would make every script depend on every room.
_NAMED = {
    alias.name: statement.module
    for statement in ast.parse(Path(__file__).with_suffix(".pyi").read_text()).body
    if isinstance(statement, ast.ImportFrom)
    for alias in statement.names
}
__all__ = [*_NAMED]


def __getattr__(name: str) -> object:
    if module := _NAMED.get(name):
        return getattr(import_module(module), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return [*globals(), *_NAMED]
