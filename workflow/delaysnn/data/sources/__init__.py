"""Sources of data: one file each, which names its ``SOURCE``. No list elsewhere names them."""

from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from delaysnn.core.errors import InputError
from delaysnn.core.files import require_kind, sha256
from delaysnn.core.found import below_library, named
from delaysnn.core.sensor import Sensor
from delaysnn.data.channels import COCHLEA_CHANNELS
from delaysnn.data.events import Events, write_events
from delaysnn.data.splits import refuse_absent
from delaysnn.settings.section import Name, Section, Text
from delaysnn.settings.training import Kind


class Source(ABC):
    """A source of data. To import it must be quick, so its methods import what takes long.

    Every ``config`` is the configuration, or the part of it that :meth:`settings` returns.

    Attributes:
        name: name of its file; ``data.name`` chooses it.
        section: its own section of the configuration, None where it has none.
        Settings: model of that section.
        shared_sections: sections of other sources that it reads, too.
        data_keys: keys of the section ``data`` that its events depend on.
        roles: roles of the files that it delivers; without a validation file, validation is by speakers of the training
            file.
        published_split: whether its publisher split it, so that training and test may share speakers.
        needs_network: whether it needs internet access, so it must run where the command was given: nodes of a cluster
            may have none.
        threads: the most cores that it uses.
    """

    name: str
    section: str | None = None
    Settings: type[Section] = Section
    shared_sections: tuple[str, ...] = ()
    data_keys: tuple[str, ...] = ()
    roles: tuple[str, ...] = ("train", "test")
    published_split: bool = False
    needs_network: bool = False
    threads: int = 1

    @abstractmethod
    def origin(self, config: Mapping[str, Any]) -> dict[str, str]:
        """Return what every result says of its data: ``source``, a citation, and ``licence``."""

    @abstractmethod
    def fetch(self, config: Mapping[str, Any], targets: Mapping[str, str | Path], threads: int) -> dict[str, Any]:
        """Write the events of each role to their target file, and describe the files by role.

        Most sources return :func:`write_files` of their events.

        Raises:
            InputError: the events cannot be fetched; the message says what to do.
        """

    @abstractmethod
    def channels(self, config: Mapping[str, Any]) -> int:
        """Return the number of channels of its events, silent ones included."""

    def sensor(self, config: Mapping[str, Any]) -> Sensor | None:
        """Return the sensor's shape (:mod:`delaysnn.core.sensor`), None where channels have one dimension."""
        return None

    def augmentation(self, config: Mapping[str, Any]) -> Kind:
        """Return the kind of variation of its samples in training; here as voices if there are a cochlea's channels."""
        alike: Kind = "voice" if self.channels(config) == COCHLEA_CHANNELS else "time"
        return "image" if self.sensor(config) else alike

    def dataset_name(self, config: Mapping[str, Any]) -> str:
        """Return the data set's name in every path, table and figure."""
        return self.name

    def classes(self, config: Mapping[str, Any]) -> int | None:
        """Return how many classes there are, None where only the files say."""
        return None

    def samples(self, config: Mapping[str, Any]) -> int | None:
        """Return how many samples there are, None where only the files say."""
        return None

    def speakers(self, config: Mapping[str, Any]) -> Collection[int] | None:
        """Return the speakers, None where only the files say."""
        return None

    def has_test_file(self, config: Mapping[str, Any]) -> bool:
        """Return whether the user brings a test file, so that no speakers need be held out for the test."""
        return False

    def roles_of(self, config: Mapping[str, Any]) -> tuple[str, ...]:
        """Return the roles, where the configuration decides on them."""
        return self.roles

    def paths(self, config: Mapping[str, Any]) -> dict[str, str]:
        """Return the files and folders that the configuration names, by key."""
        return {}

    def inputs(self, config: Mapping[str, Any]) -> dict[str, str | list[str]]:
        """Return the files that the events are made from."""
        return {}

    def input_checksums(self, config: Mapping[str, Any]) -> dict[str, str]:
        """Return checksums for the provenance where inputs are many; nothing where each input has its own."""
        return {}

    def user_file(self, config: Mapping[str, Any], role: str) -> str | None:
        """Return the user's own file that a role's samples come from, for errors."""
        return None

    def settings(self, config: Mapping[str, Any]) -> dict[str, Any]:
        """Return the part of the configuration that the events depend on."""
        part = {"data": {key: config["data"][key] for key in self.data_keys}}
        return part | {name: config[name] for name in self._sections}

    @property
    def _sections(self) -> tuple[str, ...]:
        return (*((self.section,) if self.section else ()), *self.shared_sections)

    def check(self, config: Mapping[str, Any]) -> None:
        """Check all that the schema does not check and that is known before any file is read.

        Raises:
            InputError: naming the key, what was found and what to write.
        """
        for name in self._sections:
            if config.get(name) is None:
                raise InputError(
                    f"Configuration: data.name is {self.name}, but there is no section {name}; config/README.md shows "
                    "one."
                )
        if config["data"].get("dataset") is not None and "dataset" not in self.data_keys:
            raise InputError(
                f"Configuration: data.dataset is {config['data']['dataset']}, but data.name is {self.name}, which has "
                "only one data set; leave data.dataset out."
            )
        self._check_split(config)
        for key, path in self.paths(config).items():
            require_kind(f"Configuration: {key}", path, "folder" if key.endswith("folder") else "file")
        if speakers := self.speakers(config):
            keys = ("validation_speakers", "test_speakers")
            refuse_absent({f"data.{key}": config["data"][key] for key in keys}, speakers)

    def _check_split(self, config: Mapping[str, Any]) -> None:
        data, with_test_file = config["data"], self.has_test_file(config)
        if data["published_split"] and not (with_test_file or self.published_split):
            raise InputError(
                f"Configuration: data.published_split is true, but {self.name} has no test file of its own, so "
                "samples are split here, by speakers; write false."
            )
        if "validation" in self.roles_of(config):
            for key in ("validation_speakers", "test_speakers"):
                if data[key]:
                    raise InputError(
                        f"Configuration: data.{key} is {data[key]}, but {self.name} comes with its own split; write []."
                    )
            for key in ("validation_share", "test_share"):
                if data[key] is not None:
                    raise InputError(
                        f"Configuration: data.{key} is {data[key]}, but {self.name} comes with its own split; write "
                        "null."
                    )
            return
        if data["validation_share"] is not None or data["test_share"] is not None:
            self._check_shares(config)
            return
        for speaker in data["validation_speakers"]:
            if speaker in data["test_speakers"]:
                raise InputError(
                    f"Configuration: speaker {speaker} is in data.validation_speakers and in data.test_speakers; "
                    "take it out of one."
                )
        if not data["validation_speakers"]:
            raise InputError(
                "Configuration: data.validation_speakers is empty; name speakers to hold out, or, where there are "
                "none, write data.validation_share."
            )
        if not data["test_speakers"] and not (with_test_file or self.published_split):
            raise InputError("Configuration: data.test_speakers is empty; name speakers to hold out.")

    def _check_shares(self, config: Mapping[str, Any]) -> None:
        """Check the split of data without speakers."""
        data, with_test_file = config["data"], self.has_test_file(config) or self.published_split
        share = "validation_share" if data["validation_share"] is not None else "test_share"
        said = f"Configuration: data.{share} is {data[share]}, but"
        if self.speakers(config) is not None:
            raise InputError(f"{said} {self.name} has speakers and is split by them; write null.")
        for key in ("validation_speakers", "test_speakers"):
            if data[key]:
                raise InputError(f"{said} data.{key} names {data[key]}; write [] where there are no speakers.")
        if data["published_split"]:
            raise InputError(f"{said} data.published_split is true, which is for data with speakers; write false.")
        if data["validation_share"] is None:
            raise InputError(f"{said} data.validation_share is null; write a share of the other samples there.")
        if with_test_file and data["test_share"] is not None:
            raise InputError(
                f"Configuration: data.test_share is {data['test_share']}, but there is a test file; write null."
            )
        if not with_test_file and data["test_share"] is None:
            raise InputError(f"{said} data.test_share is null, and there is no test file; write a share for the test.")


class OwnSettings(Section):
    """Settings that every section of a user's own data has."""

    name: Name
    """name of the data set in every path, table and figure"""
    licence: Text
    """licence of the data; kept beside them and with every result"""
    citation: Text
    """citation of the data; kept beside them and with every result"""


class OwnSource(Source):
    """A source of a user's own data, named in its section of the configuration."""

    Settings: type[Section] = OwnSettings

    def origin(self, config: Mapping[str, Any]) -> dict[str, str]:
        return {"source": config[self.name]["citation"], "licence": config[self.name]["licence"]}

    def dataset_name(self, config: Mapping[str, Any]) -> str:
        return config[self.name]["name"]

    def check(self, config: Mapping[str, Any]) -> None:
        name = (config.get(self.name) or {}).get("name", "")
        published = {source.name for source in registered().values() if not isinstance(source, OwnSource)}
        if name.lower() in published:
            raise InputError(
                f"Configuration: {self.name}.name is {name!r}, the name of a known data set; results on other data "
                "must not carry it, so choose another."
            )
        super().check(config)


@cache
def registered() -> dict[str, Source]:
    """Return every source by its name.

    Raises:
        InputError: a file names no source, or one that is not called as the file is; naming the file.
    """
    files = sorted(Path(__file__).parent.glob("[!_]*.py"))
    found: dict[str, Source] = {file.stem: named(file, "SOURCE", Source) for file in files}
    for file in files:
        name = getattr(found[file.stem], "name", None)
        if name != file.stem:
            raise InputError(
                f"{below_library(file)}: the source's name is {name!r}; write {file.stem!r}, as its file is called."
            )
    return found


def write_files(targets: Mapping[str, str | Path], events: Mapping[str, Events]) -> dict[str, Any]:
    """Write each role's events to its target, and describe the files by role."""
    for role, part in events.items():
        write_events(targets[role], part)
    return {role: describe_file(targets[role], part) for role, part in events.items()}


def describe_file(path: str | Path, events: Events) -> dict[str, Any]:
    """Return a file's checksum and what it holds."""
    described = {
        "sha256": sha256(path),
        "samples": len(events),
        "spikes": len(events.times),
        "classes": len(set(events.labels.tolist())),
    }
    speakers = sorted(set(events.speakers.tolist()))
    return described if speakers == [-1] else {**described, "speakers": speakers}
