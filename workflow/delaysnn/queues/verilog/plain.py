"""A folder with a plain name, for make and Yosys: they take no spaces or quotes in paths."""

import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from delaysnn.core.errors import InputError


@contextmanager
def plain_folder(*files: Path) -> Iterator[Path]:
    """Yield a temporary folder that holds a link to each file or folder, under its own name.

    Raises:
        InputError: temporary files lie in a folder whose own name is not plain.
    """
    parent = tempfile.gettempdir()
    if not re.fullmatch(r"[\w./+-]+", parent):
        raise InputError(
            f"TMPDIR is {parent}, but make and Yosys take no spaces or quotes in paths; set it to a folder without."
        )
    with tempfile.TemporaryDirectory(dir=parent) as folder:
        for file in files:
            (Path(folder) / file.name).symlink_to(file.absolute())
        yield Path(folder)
