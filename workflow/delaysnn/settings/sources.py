"""Sections that sources of data bring."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field

from delaysnn.core.errors import InputError
from delaysnn.core.files import require_kind
from delaysnn.data.splits import refuse_absent
from delaysnn.settings.section import Count, Name, PathText, Seconds, Section, Seed, Text, Unit, Words


class Download(Section):
    folder: PathText | None
    """of this machine, that holds the publisher's zips (their checksums must be right) or the HDF5 files out of them
    (their numbers of samples must be right), in place of the network; or `null`"""
    mirrors: list[
        Annotated[str, Field(pattern="^https?://.+/$"), Words("an address that begins with http and ends in /")]
    ]
    """further base addresses, tried after the publisher's; a download that broke off goes on where it ended, at any of
    them"""
    timeout_s: Seconds
    """until a silent server counts as absent"""


class Speech(Section):
    voices: Annotated[int, Field(ge=3, le=50)]
    """how many voices say the twenty digits"""
    takes: Count
    """how often each voice says each digit"""
    seed: Seed
    """of what the takes vary"""


class Files(Section):
    name: Name
    """the data set's, in every path, table and figure"""
    train: PathText
    """HDF5 file in SHD's layout"""
    test: PathText = ""
    """may be left out: then the samples of `data.test_speakers` are taken out of `train`"""
    licence: Text
    """kept beside the data and with every result"""
    citation: Text
    """kept beside the data and with every result"""


class Recordings(Section):
    name: Name
    """as of `files`"""
    folder: PathText
    """of audio files, WAV or FLAC of any rate"""
    table: PathText
    """a CSV with the columns `file` (below the folder), `label` (the class's name) and `speaker` (a whole number from 0
    to 32767), in any order and in UTF-8; further columns are not read"""
    sample_rate: Annotated[int, Field(ge=20000, le=192000), Unit("Hz")]
    """to which all audio is resampled before the cochlea; 48000 as SHD's. At least 20000, since the hair cells are
    integrated at half of it"""
    seed: Seed
    """of the cochlea's random spikes; each recording draws its own from it and its name"""
    licence: Text
    """as of `files`"""
    citation: Text
    """as of `files`"""


@dataclass(frozen=True)
class Source:
    """A source of data, as far as it is known without its files.

    Attributes:
        name: ``data.name`` chooses it.
        section: the configuration's section of its own.
        Settings: what that section holds.
        own: whether the data are the user's own, with a name and files of their own.
        comes_split: whether its publisher split it; ``validation`` as well where ``has_validation``.
        n_classes: where it is known.
    """

    name: str
    section: str
    Settings: type[Section]
    own: bool = False
    comes_split: bool = False
    has_validation: bool = False
    n_classes: int | None = None

    def dataset_name(self, config: Mapping[str, Any]) -> str:
        """Return the data set's name in every path, table and figure."""
        return config[self.section]["name"] if self.own else self.name

    def classes(self, config: Mapping[str, Any]) -> int | None:
        """Return how many classes there are, None where only the files say."""
        return self.n_classes

    def speakers(self, config: Mapping[str, Any]) -> Collection[int] | None:
        """Return the speakers, None where only the files say."""
        if self.name == "spoken_digits":
            return range(config["speech"]["voices"])
        return range(12) if self.name == "shd" else None

    def check(self, config: Mapping[str, Any]) -> None:
        """Check all that is known before any file is read.

        Raises:
            InputError: naming the key, what was found and what to write.
        """
        if self.section not in config:
            raise InputError(
                f"Configuration: data.name is {self.name}, but there is no section {self.section}; config/README.md "
                "shows one."
            )
        own = config[self.section]
        if self.own and own["name"].lower() in (name for name, source in registered().items() if not source.own):
            raise InputError(
                f"Configuration: {self.section}.name is {own['name']!r}, the name of a known data set; results on "
                "other data must not carry it, so choose another."
            )
        self._check_split(config["data"], bool(own.get("test")))
        paths = [key for key in ("train", "test", "folder", "table") if own.get(key)]
        for key in paths:
            require_kind(
                f"Configuration: {self.section}.{key}", own[key], "folder" if key.endswith("folder") else "file"
            )
        if {"train", "test"} <= set(paths) and Path(own["test"]).samefile(own["train"]):
            raise InputError(
                f"Configuration: files.test is {own['test']}, the same file as files.train; where the test is "
                "some of its speakers, leave files.test out and name them in data.test_speakers."
            )
        if speakers := self.speakers(config):
            keys = ("validation_speakers", "test_speakers")
            refuse_absent({f"data.{key}": config["data"][key] for key in keys}, speakers)

    def _check_split(self, data: Mapping[str, Any], has_test: bool) -> None:
        if data["published_split"] and not has_test and not self.comes_split:
            raise InputError(
                f"Configuration: data.published_split is true, but {self.name} without a test file of their own are "
                "split here, by speakers; write false."
            )
        if self.has_validation:
            for key in ("validation_speakers", "test_speakers"):
                if data[key]:
                    raise InputError(
                        f"Configuration: data.{key} is {data[key]}, but {self.name} comes split; write []."
                    )
            return
        for speaker in data["validation_speakers"]:
            if speaker in data["test_speakers"]:
                raise InputError(
                    f"Configuration: speaker {speaker} is in data.validation_speakers and in data.test_speakers; "
                    "take it out of one."
                )
        if not data["validation_speakers"]:
            raise InputError("Configuration: data.validation_speakers is empty; name whom to hold out to choose by.")
        if not data["test_speakers"] and not has_test:
            raise InputError("Configuration: data.test_speakers is empty; name whom to hold out to report on.")


def registered() -> dict[str, Source]:
    """Return every source by its name."""
    return {
        source.name: source
        for source in (
            Source("shd", "download", Download, comes_split=True, n_classes=20),
            Source("ssc", "download", Download, comes_split=True, has_validation=True, n_classes=35),
            Source("spoken_digits", "speech", Speech, n_classes=20),
            Source("files", "files", Files, own=True),
            Source("recordings", "recordings", Recordings, own=True),
        )
    }
