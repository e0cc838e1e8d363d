"""HDF5 files of other tools, before their arrays are read."""

from pathlib import Path

import h5py

from delaysnn.core.errors import InputError

# More than any layer that fits a chip has; HDF5 can say so of a file of a few bytes.
_MOST = 2**28


def refuse_huge(path: str | Path, file: h5py.File) -> None:
    """Refuse a file one of whose arrays would not fit the memory."""

    def check(name: str, found: h5py.Group | h5py.Dataset) -> None:
        if isinstance(found, h5py.Dataset) and (found.size or 0) > _MOST:
            raise InputError(f"{path}: {name} has shape {found.shape}; {_MOST} values are the most that are read.")

    file.visititems(check)
