"""Published archives: downloaded once, continued after an interruption, checked, and unpacked in their folder only."""

# pooch 1.9 neither resumes nor tries mirrors; with both built around it, 201 lines instead of 196, and 5 tests fail.

import contextlib
import gzip
import hashlib
import http.client
import logging
import shutil
import tarfile
import time
import urllib.error
import urllib.request
import zipfile
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from delaysnn.core.errors import InputError
from delaysnn.core.files import DISK_ERRORS, atomic, sha256
from delaysnn.data.events import Events, read_events

_log = logging.getLogger(__name__)
_BLOCK = 1 << 18
_ATTEMPTS = 3


@dataclass(frozen=True)
class Archive:
    """A zip that holds one HDF5 file.

    Attributes:
        filename: of the zip; the HDF5 file's name and ``.zip``.
        md5: of the zip.
        base_urls: addresses of folders that hold it, to try in turn.
        samples: how many the HDF5 file holds.
    """

    filename: str
    md5: str
    base_urls: tuple[str, ...]
    samples: int


def obtain(archive: Archive, target: str | Path, folder: str | Path | None, timeout_s: float, channels: int) -> Events:
    """Write an archive's samples to ``target`` and return them: from a local folder where one is given, else fetched.

    Args:
        folder: holds the zip, whose checksum must be right, or the HDF5 file out of it. The publisher's checksums are
            of the zips, so of an HDF5 file the content and the number of samples are checked.
        timeout_s: seconds until a silent server counts as absent.
        channels: of the samples.

    Raises:
        InputError: the samples cannot be had, or are not those of the archive.
    """
    if folder is None:
        return _unpack_and_read(fetch(archive, Path(target).parent, timeout_s), target, channels)
    packed = Path(folder) / archive.filename
    unpacked = packed.with_suffix("")
    if packed.exists():
        found = _md5(packed)
        if found != archive.md5:
            raise InputError(f"{packed}: has MD5 {found}, not {archive.md5} as published; fetch it again.")
        return _unpack_and_read(packed, target, channels)
    if not unpacked.exists():
        raise InputError(
            f"Configuration: download.folder {folder} holds neither {packed.name} nor {unpacked.name}; put one there, "
            "or set download.folder to null."
        )
    events = read_events(unpacked, channels)
    if len(events) != archive.samples:
        raise InputError(
            f"{unpacked}: holds {len(events)} samples, not {archive.samples} as published; fetch it again."
        )
    with atomic(target) as temporary:
        shutil.copyfile(unpacked, temporary)
    return events


def fetch(archive: Archive, folder: str | Path, timeout_s: float) -> Path:
    """Download an archive into ``folder`` unless it is there already, and return its path.

    Raises:
        InputError: as of :func:`fetch_file`.
    """

    def fault(path: Path) -> str | None:
        found = _md5(path)
        return None if found == archive.md5 else f"has MD5 {found}, not {archive.md5}"

    return fetch_file(archive.filename, archive.base_urls, folder, timeout_s, fault)


def fetch_recorded(filename: str, base_urls: Sequence[str], folder: str | Path, timeout_s: float) -> tuple[Path, str]:
    """Download a tar.gz without a known checksum, and return its path and its SHA-256.

    At the first download its gzip checksum says whether it is complete, and it must be an archive. Then its SHA-256 is
    recorded beside it, and no other archive is accepted any more.

    Raises:
        InputError: as of :func:`fetch_file`.
    """
    record = Path(folder) / f"{filename}.sha256"
    recorded = record.read_text().strip() if record.exists() else None

    def fault(path: Path) -> str | None:
        if recorded is None:
            return _broken_archive(path)
        found = sha256(path)
        return None if found == recorded else f"has SHA-256 {found}, not {recorded} as first fetched ({record})"

    path = fetch_file(filename, base_urls, folder, timeout_s, fault)
    found = recorded or sha256(path)
    if recorded is None:
        with atomic(record) as temporary:
            temporary.write_text(f"{found}\n")
    return path, found


def fetch_file(
    filename: str,
    base_urls: Sequence[str],
    folder: str | Path,
    timeout_s: float,
    fault: Callable[[Path], str | None],
) -> Path:
    """Download a file into ``folder`` unless it is there already, and return its path.

    What has come of a broken download stays beside as ``.part`` and is continued, also by a later run.

    Args:
        base_urls: addresses of folders that hold it, to try in turn.
        timeout_s: seconds until a silent server counts as absent.
        fault: says what is wrong with a whole file, None where it is right.

    Raises:
        InputError: no address answers, or what came is wrong; says what to do.
    """
    path = Path(folder) / filename
    if path.exists() and fault(path) is None:
        return path
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    failures = []
    for base in base_urls:
        url = base + filename
        try:
            _fetch_checked(url, part, fault, timeout_s)
        except (OSError, http.client.HTTPException, ValueError) as error:
            _raise_of_disk(error, part)
            reason = " ".join(str(getattr(error, "reason", error)).split())
            failures.append(f"{url}: {reason}")
        else:
            part.replace(path)
            return path
    raise InputError(
        f"{filename} could not be downloaded ({'; '.join(failures)}). Put the file into a folder by hand and "
        "name that in download.folder, or run the embedded data, which needs no network: make (or snakemake --cores "
        "all --configfile config/quick.yaml)."
    )


def unpack(archive: Path, target: str | Path) -> None:
    """Write the one HDF5 file of a zip to ``target``.

    Raises:
        InputError: the zip is broken, does not hold exactly one .h5 file, or would write it outside its folder.
    """
    try:
        with zipfile.ZipFile(archive) as content:
            members = [name for name in content.namelist() if name.endswith((".h5", ".hdf5"))]
            if len(members) != 1:
                raise InputError(f"{archive}: holds {len(members)} HDF5 files, one is needed; remove it and run again.")
            inside = PurePosixPath(members[0].replace("\\", "/"))
            if inside.is_absolute() or ".." in inside.parts:
                raise InputError(f"{archive}: would write {members[0]}, outside its folder; fetch it anew.")
            with content.open(members[0]) as source, atomic(target) as temporary, temporary.open("wb") as file:
                shutil.copyfileobj(source, file, _BLOCK)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, NotImplementedError) as error:
        _raise_of_disk(error, target)
        raise InputError(f"{archive}: cannot be unpacked ({error}); remove it and run again.") from None


def _raise_of_disk(error: Exception, path: str | Path) -> None:
    """Raise what says that this machine's disk does not take ``path``: neither archive nor server is to blame."""
    if isinstance(error, OSError) and error.errno in DISK_ERRORS:
        error.filename = error.filename or str(path)
        raise error


def _unpack_and_read(archive: Path, target: str | Path, channels: int) -> Events:
    unpack(archive, target)
    try:
        return read_events(target, channels)
    except InputError as error:
        Path(target).unlink()
        raise InputError(f"{archive}: its content cannot be used. {error}") from None


def _fetch_checked(url: str, part: Path, fault: Callable[[Path], str | None], timeout_s: float) -> None:
    leftover = part.exists()
    _continue(url, part, timeout_s)
    wrong = fault(part)
    if wrong is None:
        return
    part.unlink()
    if not leftover:
        raise OSError(f"the downloaded file {wrong}; it was removed")
    # What an earlier run or another address left may have been wrong.
    _fetch_checked(url, part, fault, timeout_s)


def _continue(url: str, part: Path, timeout_s: float) -> None:
    """Fetch ``url`` into ``part``, going on where it ends, over a few broken connections."""
    for attempt in range(1, _ATTEMPTS + 1):
        have = part.stat().st_size if part.exists() else 0
        request = urllib.request.Request(url, headers={"Range": f"bytes={have}-"} if have else {})
        try:
            with urllib.request.urlopen(request, timeout=timeout_s) as response:
                resumed = response.status == 206
                total = (response.length or 0) + (have if resumed else 0)
                if _copy(response, part, "ab" if resumed else "wb", total) >= total:
                    return
            _log.info("the connection broke off at %d of %d bytes, attempt %d", part.stat().st_size, total, attempt)
        except urllib.error.HTTPError as error:
            if error.code == 416:  # nothing is left to fetch
                return
            raise
    raise OSError(f"the connection broke off {_ATTEMPTS} times; the next run continues from there")


def _copy(response: http.client.HTTPResponse, part: Path, mode: str, total: int) -> int:
    """Write what comes until the end or until the connection is reset, and return the length of the file then."""
    shown = time.monotonic()
    with part.open(mode) as file, contextlib.suppress(ConnectionError):
        # What has come is written at once, so that nothing of it is lost.
        while (not total or file.tell() < total) and (block := response.read1(_BLOCK)):
            file.write(block)
            if time.monotonic() - shown > 5:
                shown = time.monotonic()
                _log.info("%s: %.0f of %.0f MB", part.stem, file.tell() / 1e6, total / 1e6)
    return part.stat().st_size


def _md5(path: Path) -> str:
    digest = hashlib.md5(usedforsecurity=False)
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()


def _broken_archive(path: Path) -> str | None:
    # Of no bytes at all, and of another gzip, the checksum would be right.
    try:
        with gzip.open(path) as content:
            with tarfile.open(fileobj=content, mode="r|") as archive:
                for _ in archive:
                    pass
            while content.read(_BLOCK):
                pass
    except (tarfile.TarError, OSError, EOFError, zlib.error) as error:
        return f"is no whole tar.gz ({error})"
    return None
