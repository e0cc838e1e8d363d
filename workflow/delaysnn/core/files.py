"""Files that are either whole or absent, their checksums, and names for them that are the same on every machine."""

import errno
import hashlib
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from delaysnn.core.errors import InputError

# A disk that is full or must not be written.
DISK_ERRORS = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES)
_REPOSITORY = Path(__file__).resolve().parents[3]
_TEMPORARY = re.compile(r"\..+\.\d+(\.[^.]*)?")


def disk_sentence(error: OSError) -> str | None:
    """Return what to do about a disk that is full or read-only, or None for any other error."""
    if error.errno not in DISK_ERRORS:
        return None
    return f"{error.filename or 'a file'}: {error.strerror}; free or unlock the disk, and the next run carries on."


@contextmanager
def atomic(path: str | Path) -> Iterator[Path]:
    """Yield a temporary path beside ``path``; it takes the place of ``path`` only when the block succeeds.

    The temporary name keeps the suffix, since several writers choose their format by it.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.stem}.{os.getpid()}{path.suffix}")
    try:
        yield temporary
        temporary.replace(path)
    except OSError as error:
        # A full disk does not say of which file.
        error.filename = error.filename or str(path)
        raise
    finally:
        temporary.unlink(missing_ok=True)


def remove_leftovers(folder: str | Path) -> None:
    """Remove the temporary files of :func:`atomic` that killed processes left anywhere under a folder."""
    for path in Path(folder).rglob(".*"):
        if _TEMPORARY.fullmatch(path.name):
            path.unlink()


def sha256(path: str | Path) -> str:
    """Return the hexadecimal SHA-256 of a file's bytes."""
    digest = hashlib.sha256()
    with Path(path).open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def portable_name(path: str | Path) -> str:
    """Return a path without the parts that belong to one machine.

    A file below the working folder keeps its relative path. A file of the repository has its path in there. Any other
    file has its name alone.
    """
    path = Path(path)
    if not path.is_absolute() and ".." not in path.parts:
        return path.as_posix()
    # A link's own name, but its folder wherever it is.
    real = path.parent.resolve() / path.name
    return real.relative_to(_REPOSITORY).as_posix() if real.is_relative_to(_REPOSITORY) else path.name


def require_kind(what: str, path: str, kind: str) -> None:
    """Refuse a path that does not exist, a file where a folder is needed, and a folder where a file is needed.

    Args:
        what: the key that names the path, for errors.
        path: as the user wrote it.
        kind: ``file`` or ``folder``.

    Raises:
        InputError: naming the key, the path, and what was found.
    """
    # Not of Path, which fails on a name that is longer than a file may have.
    if not os.path.exists(path):  # noqa: PTH110
        raise InputError(
            f"{what} is {path}, but there is no such file or folder; paths start at the folder that the run works in."
        )
    found = "folder" if Path(path).is_dir() else "file"
    if found != kind:
        raise InputError(f"{what} is {path}, which is a {found}; a {kind} is needed.")
