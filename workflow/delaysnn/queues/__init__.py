"""Ways to delay spikes: one file for each, or for a few alike, in ``structures``, which names its ``STRUCTURES``."""

from functools import cache
from pathlib import Path

from delaysnn.core.errors import InputError
from delaysnn.core.found import below_library, named
from delaysnn.queues.protocol import Run, Structure


@cache
def registered() -> dict[str, Structure]:
    """Return every structure by its name, in the order of tables and legends.

    Raises:
        InputError: a file names no structures, or two have the same name; naming the files.
    """
    found = {name: structure for name, (_, structure) in _found().items()}
    return dict(sorted(found.items(), key=lambda item: (item[1].place, item[0])))


def file_of(name: str) -> str:
    """Return the file of a structure, for errors."""
    return _found()[name][0]


def check_run(name: str, run: Run, samples: int) -> None:
    """Refuse a run of a structure that does not say how many events each sample takes from its memory.

    Raises:
        InputError: naming the structure's file.
    """
    pops = run.pops
    if getattr(pops, "shape", None) != (samples,) or pops.min(initial=0) < 0:
        found = f"has shape {pops.shape}, smallest {pops.min(initial=0)}" if hasattr(pops, "shape") else f"is {pops!r}"
        raise InputError(f"{file_of(name)}: pops of {name} {found}; return a count for each of {samples} samples.")


@cache
def _found() -> dict[str, tuple[str, Structure]]:
    found: dict[str, tuple[str, Structure]] = {}
    for file in sorted((Path(__file__).parent / "structures").glob("[!_]*.py")):
        where = below_library(file)
        for structure in named(file, "STRUCTURES", tuple):
            if not isinstance(structure, Structure):
                raise InputError(f"{where}: STRUCTURES has {structure!r}; write a tuple of Structure.")
            name = structure.name
            if name in found:
                both = where if found[name][0] == where else f"{found[name][0]} and {where}"
                raise InputError(f"{both}: {name} is named twice; give the one that is yours another name.")
            found[name] = (where, structure)
    return found
