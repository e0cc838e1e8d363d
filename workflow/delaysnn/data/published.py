"""Data sets with their publisher's split, from the publisher's archives."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field

from delaysnn.data.download import Archive, obtain
from delaysnn.data.sources import Source, describe_file
from delaysnn.settings.section import PathText, Seconds, Section, Words


class DownloadSettings(Section):
    """The section ``download``."""

    folder: PathText | None
    """a folder of this machine to read instead of the network: with the publisher's zips (their checksums must be
    right) or the HDF5 files out of them (their numbers of samples must be right); for `heidelberg_digits` with the
    archive or its content. `null`: none"""
    mirrors: list[
        Annotated[str, Field(pattern="^https?://.+/$"), Words("an address that begins with http and ends in /")]
    ]
    """further base addresses, tried after the publisher's. An interrupted download continues where it ended, at any of
    them"""
    timeout_s: Seconds
    """time after which a silent server counts as absent"""


class PublishedSource(Source):
    """A data set that is downloaded, or copied from a folder of this machine.

    Args:
        name: the data set's.
        citation, licence: of the data set.
        archives: by role.
        channels, classes: how many there are.
        speakers: how many there are, numbered from 0; None where only the files say.
    """

    section = "download"
    Settings = DownloadSettings
    published_split = True
    needs_network = True
    # Alone: where the data cannot be had, no other job should keep the user waiting.
    threads = 64

    def __init__(
        self,
        name: str,
        citation: str,
        licence: str,
        archives: Mapping[str, Archive],
        channels: int,
        classes: int,
        speakers: int | None,
    ):
        self.name, self.archives, self.roles = name, archives, tuple(archives)
        self._origin = {"source": citation, "licence": licence}
        self._channels, self._classes, self._speakers = channels, classes, None if speakers is None else range(speakers)

    def origin(self, config: Mapping[str, Any]) -> dict[str, str]:
        return self._origin

    def channels(self, config: Mapping[str, Any]) -> int:
        return self._channels

    def samples(self, config: Mapping[str, Any]) -> int:
        return sum(archive.samples for archive in self.archives.values())

    def classes(self, config: Mapping[str, Any]) -> int:
        return self._classes

    def speakers(self, config: Mapping[str, Any]) -> Collection[int] | None:
        return self._speakers

    def paths(self, config: Mapping[str, Any]) -> dict[str, str]:
        folder = config["download"]["folder"]
        return {} if folder is None else {"download.folder": folder}

    def fetch(self, config: Mapping[str, Any], targets: Mapping[str, str | Path], threads: int) -> dict[str, Any]:
        settings, files = DownloadSettings(**config["download"]), {}
        for role, archive in self.archives.items():
            tried = replace(archive, base_urls=(*archive.base_urls, *settings.mirrors))
            events = obtain(tried, targets[role], settings.folder, settings.timeout_s, self._channels)
            files[role] = describe_file(targets[role], events)
        return files
