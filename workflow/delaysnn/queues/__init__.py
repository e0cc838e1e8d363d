"""Ways to delay spikes: one file each in ``structures``, which names its ``STRUCTURE``."""

from functools import cache
from importlib import import_module
from pathlib import Path

from delaysnn.queues.protocol import Structure


@cache
def registered() -> dict[str, Structure]:
    """Return every structure by its name, in the order of tables and legends."""
    files = (Path(__file__).parent / "structures").glob("[!_]*.py")
    found = [import_module(f"{__name__}.structures.{file.stem}").STRUCTURE for file in files]
    return {structure.name: structure for structure in sorted(found, key=lambda own: (own.place, own.name))}
