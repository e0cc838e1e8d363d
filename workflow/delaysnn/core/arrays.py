"""npz files without pickles, read with errors that name file and key."""

import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from delaysnn.core.errors import InputError
from delaysnn.core.files import atomic

# What NumPy and zipfile raise of files that are no npz, a single array, cut off or packed in other ways.
_UNREADABLE = (OSError, ValueError, EOFError, TypeError, RuntimeError, MemoryError, zipfile.BadZipFile, zlib.error)


def write_npz(path: str | Path, arrays: Mapping[str, np.ndarray], compressed: bool = True) -> None:
    """Write arrays to an npz, atomically; the same arrays give the same bytes."""
    method = zipfile.ZIP_DEFLATED if compressed else zipfile.ZIP_STORED
    # Level 1 takes a fifth of the time of NumPy's fixed level 6 and gives files hardly larger.
    with atomic(path) as temporary, zipfile.ZipFile(temporary, "w", method, compresslevel=1) as archive:
        for key, array in arrays.items():
            with archive.open(f"{key}.npy", "w", force_zip64=True) as file:
                np.lib.format.write_array(file, np.asanyarray(array), allow_pickle=False)


def read_npz(
    path: str | Path, required: tuple[str, ...] = (), advice: str = "delete it and run again"
) -> dict[str, np.ndarray]:
    """Read every array of an npz into memory, checking that the ``required`` keys are there.

    Args:
        path: of the file.
        required: keys that must be there.
        advice: what to do with a file that cannot be read.

    Raises:
        InputError: the file is missing, is not npz, holds pickled objects, or lacks a key.
    """
    try:
        with np.load(path, allow_pickle=False) as file:
            arrays = {key: file[key] for key in file.files}
    except FileNotFoundError:
        raise InputError(f"{path}: there is no such file; run the rule that makes it.") from None
    except _UNREADABLE as error:
        raise InputError(f"{path}: cannot be read as npz ({' '.join(str(error).split())}); {advice}.") from None
    for key, array in arrays.items():
        if not isinstance(array, np.ndarray):
            raise InputError(f"{path}: {key} is not an array; {advice}.")
    missing = [key for key in required if key not in arrays]
    if missing:
        raise InputError(f"{path}: lacks {', '.join(missing)}; {advice}.")
    return arrays
