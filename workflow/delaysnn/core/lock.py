"""One run at a time in a folder."""

import fcntl
import os
from pathlib import Path
from typing import TextIO

from delaysnn.core.errors import InputError


def hold(folder: str | Path) -> TextIO:
    """Take the lock of a working folder and return it; it is held while the returned file is open.

    The kernel drops the lock with the process, however that ends, so none is ever left behind.

    Raises:
        InputError: another process holds it.
    """
    path = Path(folder) / ".snakemake/run.lock"
    path.parent.mkdir(parents=True, exist_ok=True)
    file = path.open("a+")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.seek(0)
        raise InputError(
            f"Another run, process {file.read()}, works in {Path(folder).resolve()}. Wait until it ends, stop it, or "
            "give this run another folder with --directory."
        ) from None
    file.truncate(0)
    file.write(str(os.getpid()))
    file.flush()
    return file
