"""The recordings behind SHD in their publisher's archive: the names of the files, and the split."""

import gzip
import hashlib
import re
import shutil
import tarfile
import zlib
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from delaysnn.core.errors import InputError
from delaysnn.core.files import DISK_ERRORS, sha256

ARCHIVE = "hd_audio.tar.gz"
# One file name a line.
LISTS = {"train": "train_filenames.txt", "test": "test_filenames.txt"}
RECORDINGS, SPEAKERS = 10_420, 12
# As SHD's test: all of these speakers, and of the others this share.
_TESTED, _SHARE = (4, 5), 0.05
_NAME = re.compile(r"lang-(english|german)_speaker-(\d{2})_trial-(\d+)_digit-(\d)\.flac")
NAMED = "lang-english_speaker-00_trial-0_digit-0.flac"
# Bytes; a second of speech takes less than 0.1 million.
_LARGEST = 1 << 24
_BLOCK = 1 << 18


@dataclass(frozen=True)
class Digit:
    """One recording: its file, its class (0 to 9 in English, 10 to 19 in German) and who speaks."""

    path: Path
    label: int
    speaker: int


def unpack(archive: Path, folder: Path) -> None:
    """Write the recordings and the lists of an archive into a new folder, whatever folders they have in there.

    Raises:
        InputError: the archive is broken, names a file twice, or holds one that no recording is like.
    """
    folder.mkdir(parents=True)
    try:
        with gzip.open(archive) as packed, tarfile.open(fileobj=packed, mode="r|") as content:
            for member in content:
                path = PurePosixPath(member.name)
                # What macOS adds begins with a dot.
                if path.name.startswith(".") or (path.suffix != ".flac" and path.name not in LISTS.values()):
                    continue
                file = content.extractfile(member) if member.isreg() and member.size <= _LARGEST else None
                if file is None:
                    raise InputError(f"{archive}: {member.name} is no file, or larger than {_LARGEST} bytes.")
                if (folder / path.name).exists():
                    raise InputError(f"{archive}: holds {path.name} twice.")
                with (folder / path.name).open("xb") as target:
                    shutil.copyfileobj(file, target)
            # To its end, where its checksum is.
            while packed.read(_BLOCK):
                pass
    except (tarfile.TarError, zlib.error, EOFError, OSError) as error:
        if isinstance(error, OSError) and error.errno in DISK_ERRORS:
            raise
        raise InputError(f"{archive}: cannot be unpacked ({error}); remove it and fetch it again.") from None


def find(folder: Path) -> dict[str, Digit]:
    """Return the recordings anywhere below a folder by their files' names, in the order of these.

    Raises:
        InputError: there is none, or a file's name says something else or stands there twice.
    """
    found: dict[str, Digit] = {}
    for path in sorted(folder.rglob("*.flac"), key=lambda path: path.name):
        if path.name.startswith("."):
            continue
        said = _NAME.fullmatch(path.name)
        if not said or int(said[2]) >= SPEAKERS:
            raise InputError(f"{path}: has a name unlike those of the Heidelberg Digits: {NAMED}, speakers 00 to 11.")
        if path.name in found:
            raise InputError(f"{path}: is the same recording as {found[path.name].path}; take one out.")
        found[path.name] = Digit(path, int(said[4]) + 10 * (said[1] == "german"), int(said[2]))
    if not found:
        raise InputError(f"{folder}: holds no recording such as {NAMED}.")
    return found


def split(digits: dict[str, Digit], folder: Path) -> tuple[dict[str, list[str]], bool]:
    """Return the names of the recordings of train and test, and whether SHD's own lists say so.

    Without lists the test is all of speakers 4 and 5 and about 5 % of the others: recordings whose name's SHA-256, as
    a share of the largest, is below 0.05. So a recording's place does not depend on which others are there.

    Raises:
        InputError: one list is there alone or twice, names what is not there, or leaves out what is; or one of the two
            is left empty.
    """
    lists = {role: sorted(folder.rglob(name)) for role, name in LISTS.items()}
    listed = any(lists.values())
    if listed:
        for role, name in LISTS.items():
            if len(lists[role]) != 1:
                raise InputError(f"{folder}: holds {len(lists[role])} files {name}; one is needed, or no list at all.")
        roles = {role: _read_list(paths[0], digits) for role, paths in lists.items()}
        _check_lists(roles, digits, folder)
    else:
        roles = {"train": [], "test": []}
        for name, digit in digits.items():
            roles["test" if digit.speaker in _TESTED or _share(name) < _SHARE else "train"].append(name)
    for role, names in roles.items():
        if not names:
            raise InputError(f"{folder}: of its {len(digits)} recordings none is for {role}.")
    return roles, listed


def checksum(digits: dict[str, Digit]) -> str:
    """Return one SHA-256 over all names and bytes."""
    lines = (f"{name},{sha256(digit.path)}\n" for name, digit in digits.items())
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def _read_list(path: Path, digits: dict[str, Digit]) -> list[str]:
    """Return the file names of a list; folders before them are left out."""
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (UnicodeDecodeError, OSError) as error:
        raise InputError(f"{path}: cannot be read as a list of files ({error}).") from None
    names = [PurePosixPath(line.strip()).name for line in lines if line.strip()]
    for place, name in enumerate(names, 1):
        if name not in digits:
            raise InputError(f"{path}: names {name!r:.80} (entry {place}), which is not among the recordings.")
    return names


def _check_lists(roles: dict[str, list[str]], digits: dict[str, Digit], folder: Path) -> None:
    seen: set[str] = set()
    for name in (name for names in roles.values() for name in names):
        if name in seen:
            raise InputError(f"{folder}: its lists {' and '.join(LISTS.values())} name {name} twice.")
        seen.add(name)
    left = [name for name in digits if name not in seen]
    if left:
        raise InputError(
            f"{folder}: {len(left)} of {len(digits)} recordings are in neither {' nor '.join(LISTS.values())}, such as "
            f"{left[0]}."
        )


def _share(name: str) -> float:
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big") / 2**64
