"""The recordings that the Spiking Heidelberg Digits were made from, encoded once more by our cochlea."""

import logging
import shutil
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field

from delaysnn.core.errors import InputError
from delaysnn.core.files import sha256
from delaysnn.data import heidelberg
from delaysnn.data.channels import COCHLEA_CHANNELS
from delaysnn.data.download import fetch_recorded
from delaysnn.data.events import Events
from delaysnn.data.heidelberg import ARCHIVE
from delaysnn.data.published import DownloadSettings
from delaysnn.data.sources import Source, write_files
from delaysnn.settings.section import Section, Seed

_log = logging.getLogger(__name__)
_FOLDERS = ("https://zenkelab.org/datasets/", "https://compneuro.net/datasets/")
# Hz; the recordings', and what the cochlea of SHD's authors takes.
_RATE = 48_000
# Seconds; a spoken digit takes less than two.
_LONGEST_S = 4


class Settings(Section):
    """The section ``heidelberg_digits``."""

    recordings: Annotated[int, Field(ge=2, le=heidelberg.RECORDINGS)]
    """number of recordings that must be there, 10420 in all. For a part of them, write its number: paths, tables and
    figures then say it"""
    seed: Seed
    """seed of the cochlea's random spikes. Each recording's own seed is made of it and the file's name"""


class HeidelbergDigits(Source):
    name = section = "heidelberg_digits"
    Settings = Settings
    shared_sections = ("download",)
    published_split = True
    needs_network = True
    threads = 64

    def origin(self, config: Mapping[str, Any]) -> dict[str, str]:
        return {
            "source": "Heidelberg Digits, Cramer et al., IEEE TNNLS 2020, encoded by delaysnn's cochlea",
            "licence": "CC BY 4.0",
        }

    def dataset_name(self, config: Mapping[str, Any]) -> str:
        count = config[self.name]["recordings"]
        return self.name if count == heidelberg.RECORDINGS else f"{self.name}_{count}"

    def channels(self, config: Mapping[str, Any]) -> int:
        return COCHLEA_CHANNELS

    def classes(self, config: Mapping[str, Any]) -> int:
        return 20

    def speakers(self, config: Mapping[str, Any]) -> Collection[int]:
        return range(heidelberg.SPEAKERS)

    def paths(self, config: Mapping[str, Any]) -> dict[str, str]:
        folder = config["download"]["folder"]
        return {} if folder is None else {"download.folder": folder}

    def fetch(self, config: Mapping[str, Any], targets: Mapping[str, str | Path], threads: int) -> dict[str, Any]:
        settings, unpacked = Settings(**config[self.name]), Path(targets["train"]).parent / "audio"
        given, archive = _obtain(DownloadSettings(**config["download"]), unpacked.parent)
        shutil.rmtree(unpacked, ignore_errors=True)
        try:
            if archive:
                _log.info("%s is unpacked", given)
                heidelberg.unpack(given, unpacked)
            folder = unpacked if archive else given
            digits = _recordings(folder, given, settings.recordings)
            roles, listed = heidelberg.split(digits, folder)
            if not listed:
                _log.info("%s holds no lists of SHD's split; docs/data.md has the rule that takes their place", given)
            checksums = archive or {"recordings": heidelberg.checksum(digits)}
            files = write_files(targets, _encode(digits, roles, settings.seed, threads))
        except InputError as error:
            # What was unpacked is gone by then.
            raise InputError(str(error).replace(str(unpacked), str(given))) from None
        finally:
            shutil.rmtree(unpacked, ignore_errors=True)
        about = {"made_from": checksums, "split": "lists of the archive" if listed else "by speakers and names"}
        return {role: {**file, **about} for role, file in files.items()}


def _obtain(download: DownloadSettings, target: Path) -> tuple[Path, dict[str, str]]:
    """Return the archive and its checksum by its name; or a folder of recordings, and nothing."""
    if download.folder is None:
        path, found = fetch_recorded(ARCHIVE, (*_FOLDERS, *download.mirrors), target, download.timeout_s)
        return path, {ARCHIVE: found}
    path = Path(download.folder) / ARCHIVE
    if path.exists():
        return path, {ARCHIVE: sha256(path)}
    if next(path.parent.rglob("*.flac"), None) is None:
        raise InputError(
            f"Configuration: download.folder {download.folder} holds neither {ARCHIVE} nor recordings such as "
            f"{heidelberg.NAMED}; put them there, or set download.folder to null."
        )
    return path.parent, {}


def _recordings(folder: Path, given: Path, count: int) -> dict[str, heidelberg.Digit]:
    digits = heidelberg.find(folder)
    if len(digits) != count:
        raise InputError(
            f"{given}: holds {len(digits)} recordings, not {count} (heidelberg_digits.recordings). Fetch it again, or "
            "write the number there where a part is meant."
        )
    return digits


def _encode(
    digits: dict[str, heidelberg.Digit], roles: dict[str, list[str]], seed: int, threads: int
) -> dict[str, Events]:
    from delaysnn.data.recordings import encode_files, longest_s
    from delaysnn.data.speech import KEYS

    files = {name: digits[name].path for names in roles.values() for name in names}
    _log.info(
        "%d recordings, of which %d are for training; all are read before any is encoded",
        *(len(files), len(roles["train"])),
    )
    longest = longest_s(files.values(), _LONGEST_S)
    times, units = encode_files(files, _RATE, longest, seed, threads)
    events, first = {}, 0
    for role, names in roles.items():
        own, first = slice(first, first + len(names)), first + len(names)
        labels, speakers = ([getattr(digits[name], what) for name in names] for what in ("label", "speaker"))
        events[role] = Events.from_samples(times[own], units[own], labels, speakers, KEYS, COCHLEA_CHANNELS)
    return events


SOURCE = HeidelbergDigits()
