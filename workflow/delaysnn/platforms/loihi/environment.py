"""Lava needs Python 3.10: find one by running what might be one, and build Lava's own environment with it."""

import logging
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

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
    """Return the first candidate that runs and is Python 3.10; a pyenv shim on the PATH may only pretend to be."""
    code = "import sys, venv, ensurepip; sys.exit(sys.version_info[:2] != (3, 10))"
    for python in candidates():
        try:
            if subprocess.run([python, "-c", code], capture_output=True, check=False).returncode == 0:
                return python
        except OSError:
            continue
    return None


def refuse_link(folder: Path) -> None:
    """Refuse to make an environment anew where a link leads to somebody's own, which that would delete.

    Raises:
        InputError: the folder, or the one around it, is a link.
    """
    for path in (folder, folder.parent):
        if path.is_symlink():
            raise InputError(
                f"{path}: is a link to {path.readlink()}, so nothing is built or deleted there. Remove the link, or "
                f"make {folder / 'ready'} where it leads if the packages there fit."
            )


def build(folder: Path, requirements: Path) -> None:
    """Create a virtual environment in ``folder`` and install the locked requirements, checksums verified.

    Raises:
        InputError: the folder is a link, no Python 3.10 is found or can be fetched, or the installation fails.
    """
    refuse_link(folder)
    if folder.exists():
        shutil.rmtree(folder)
    python = find_python()
    if python is not None:
        _log.info("Lava's environment: %s", python)
        _run([python, "-m", "venv", str(folder)])
    else:
        _log.info("no Python 3.10 here: uv fetches one")
        try:
            _run([sys.executable, "-m", "uv", "venv", "--quiet", "--seed", "--python", "3.10", str(folder)])
        except InputError as error:
            raise InputError(
                "Lava needs Python 3.10; none was found and none could be fetched. Install it, or set LAVA_PYTHON to "
                f"its path. ({error})"
            ) from None
    _run([str(folder / "bin/python"), "-m", "pip", "install", "--quiet", "--require-hashes", "-r", str(requirements)])


def _run(command: list[str]) -> None:
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    if run.returncode:
        raise InputError(f"{' '.join(command[:4])} ... failed: {run.stderr.strip()[-800:]}")
