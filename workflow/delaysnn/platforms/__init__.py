"""Chips, and the same network in PyTorch: one folder each, whose ``platform.py`` names its ``PLATFORM``."""

from functools import cache
from pathlib import Path

from delaysnn.core.errors import InputError
from delaysnn.core.found import below_library, named
from delaysnn.neurons import PLAIN
from delaysnn.neurons import registered as registered_neurons
from delaysnn.platforms.protocol import Platform, Setup

# Float inference, which all others are compared with.
REFERENCE = "pytorch"
# Pages of rules, and files of metrics, that are no platform's.
_TAKEN = (
    *("benchmark", "common", "data", "demo", "functions", "platforms", "report", "training"),
    *("float", "lava", "level_controls", "levels", "queues", "rtl"),
)


@cache
def registered() -> dict[str, Platform]:
    """Return every platform by its name, the reference in PyTorch first, the others by name.

    Raises:
        InputError: a file names no platform, or one that cannot be told from another; naming the file.
    """
    files = {file.parent.name: file for file in Path(__file__).parent.glob("*/platform.py")}
    names = sorted(files, key=lambda name: (name != REFERENCE, name))
    found = {name: named(files[name], "PLATFORM", Platform) for name in names}
    owners: dict[str, str] = {}
    for name, platform in found.items():
        where = below_library(files[name])
        _check(where, name, platform)
        # A platform may run networks in one way only, which has its own name.
        rows = [*(setup.name for setup in platform.setups), *(row for row, _ in platform.labels)]
        for row in (*([] if name in rows else [name]), *rows):
            if row in owners:
                both = where if owners[row] == where else f"{owners[row]} and {where}"
                raise InputError(f"{both}: {row} is named twice; give the one that is yours another name.")
            owners[row] = where
    for name, platform in found.items():
        if type(platform).run is Platform.run:
            where = below_library(files[name])
            raise InputError(f"{where}: the platform has no run; write one that returns a Run, as protocol.py says.")
    return found


def _check(where: str, name: str, platform: Platform) -> None:
    if platform.name != name:
        raise InputError(f"{where}: the name is {platform.name!r}; write {name!r}, as its folder is called.")
    if name in _TAKEN:
        raise InputError(f"{where}: {name} is a name of rules or files already; rename the folder and the platform.")
    if not _all(platform.setups, Setup):
        raise InputError(f"{where}: setups is {platform.setups!r}; write a tuple of Setup, as in (Setup(...),).")
    if not _all(platform.labels, tuple) or not all(len(label) == 2 and _all(label, str) for label in platform.labels):
        raise InputError(f"{where}: labels is {platform.labels!r}; write a tuple of pairs, as in ((name, label),).")
    known = registered_neurons()
    if not _all(platform.neurons, str) or not {PLAIN} <= {*platform.neurons} <= {*known}:
        raise InputError(
            f"{where}: neurons is {platform.neurons!r}; write a tuple of some of {', '.join(known)}, with {PLAIN}, "
            "which output layers have."
        )


def _all(values: object, kind: type) -> bool:
    return isinstance(values, tuple) and all(isinstance(value, kind) for value in values)
