"""Lava needs Python 3.10: find one by running what might be one, and build Lava's own environment with it."""

import logging
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

from delaysnn.core.environments import create, install, refuse_link
from delaysnn.core.errors import InputError

_log = logging.getLogger(__name__)


def candidates() -> Iterator[str]:
    """Yield commands that might be Python 3.10: ``$LAVA_PYTHON``, pyenv's versions, then the PATH."""
    if named := os.environ.get("LAVA_PYTHON"):
        yield named
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    for python in sorted((pyenv / "versions").glob("3.10.*/bin/python"), reverse=True):
        yield str(python)
    yield "python3.10"


def find_python() -> str | None:
    """Return where the first candidate lies that runs and is Python 3.10; a pyenv shim may only pretend to be."""
    code = "import sys; print(sys.executable if sys.version_info[:2] == (3, 10) else '')"
    for python in candidates():
        try:
            found = subprocess.run([python, "-c", code], capture_output=True, text=True, check=False).stdout.strip()
        except OSError:
            continue
        if Path(found).is_file():
            return found
    return None


def build(folder: Path, lock: Path, torch: Path | None = None) -> None:
    """Create a virtual environment in ``folder`` and install what the lock file names, checksums verified.

    Args:
        folder: where it is made.
        lock: as ``make lock`` writes it.
        torch: a requirements file for pip, of environments with PyTorch.

    Raises:
        InputError: the folder is a link, no Python 3.10 is found or can be fetched, or the installation fails.
    """
    refuse_link(folder)
    if python := find_python():
        _log.info("Lava's environment: %s", python)
        create(folder, python)
    else:
        _log.info("no Python 3.10 here: uv fetches one")
        try:
            create(folder, "3.10")
        except InputError as error:
            raise InputError(
                "Lava needs Python 3.10; none was found and none could be fetched. Install it, or set LAVA_PYTHON to "
                f"its path. ({error})"
            ) from None
    install(folder, lock, torch)
