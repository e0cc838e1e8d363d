"""Ways to delay spikes: one file each in ``structures``, or a few of a kind, as its ``STRUCTURES``."""

from functools import cache
from importlib import import_module
from pathlib import Path

from delaysnn.core.errors import InputError
from delaysnn.queues.protocol import Structure


@cache
def registered() -> dict[str, Structure]:
    """Return every structure by its name, in the order of tables and legends.

    Raises:
        InputError: two have the same name.
    """
    found: dict[str, Structure] = {}
    for file in sorted((Path(__file__).parent / "structures").glob("[!_]*.py")):
        for structure in import_module(f"{__name__}.structures.{file.stem}").STRUCTURES:
            if structure.name in found:
                raise InputError(
                    f"{file}: there is a delay structure {structure.name} already; call this one otherwise."
                )
            found[structure.name] = structure
    return dict(sorted(found.items(), key=lambda item: (item[1].place, item[0])))
