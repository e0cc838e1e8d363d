"""Files of a user, HDF5 or npz: checked, and split by speaker or by shares if they come as one file."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from delaysnn.core.errors import InputError
from delaysnn.core.sensor import Sensor, count_channels
from delaysnn.data.channels import COCHLEA_CHANNELS
from delaysnn.data.duplicates import checksums, first_copies, refuse_common, refuse_differing
from delaysnn.data.events import Events, checked, read_events
from delaysnn.data.layout import called, check_counts
from delaysnn.data.npz_layout import read_npz_layout
from delaysnn.data.sources import OwnSettings, OwnSource, write_files
from delaysnn.data.splits import split_by_share, split_test
from delaysnn.settings.section import Count, PathText, Unit
from delaysnn.settings.training import Kind

_LABELS = ("label", "labels")
# Units are numbers of 16 bits.
_MOST_CHANNELS = 1 << 16
# What files begin with.
_ZIP, _HDF5 = b"PK\x03\x04", b"\x89HDF\r\n\x1a\n"


class Settings(OwnSettings):
    """The section ``files``."""

    train: PathText
    """HDF5 file in SHD's layout, or an npz ([`docs/own-data.md`](../docs/own-data.md))"""
    test: PathText | None = None
    """a second such file, with the test samples. `null` or left out: the samples of `data.test_speakers`, or a share
    `data.test_share`, are taken out of `train`"""
    channels: Annotated[int, Field(ge=1, le=_MOST_CHANNELS), Unit("channels")] | None = None
    """number of channels, silent ones included; may be left out if there is a `sensor`, or if there are SHD's 700"""
    sensor: Annotated[list[Count], Field(min_length=3, max_length=3)] | None = None
    """for a sensor of two dimensions, instead of `channels`: its size along x and y, and its number of polarities.
    Channels are numbered along x, then y, then polarity"""
    augmentation: Kind | None = None
    """how samples vary in training: as a `voice` in a cochlea (`training.augmentation`), as an `image` or in `time`
    alone (both `training.event_augmentation`), or `none`. May be left out: then `image` with a `sensor`, `voice` with
    SHD's 700 channels, otherwise `time`"""
    time_unit: Literal["s", "ms", "us"] = "s"
    """unit of the times in the files; may be left out, then `s`"""

    @model_validator(mode="after")
    def _one_shape(self) -> "Settings":
        if self.sensor is None:
            if self.augmentation == "image":
                raise PydanticCustomError("said", "augmentation image needs a sensor")
            return self
        if self.channels is not None:
            values = {"channels": self.channels, "sensor": str(self.sensor)}
            raise PydanticCustomError(
                "said", "channels {channels} and sensor {sensor} are both given, leave one out", values
            )
        if self.count > _MOST_CHANNELS:
            values = {"sensor": str(self.sensor), "most": _MOST_CHANNELS}
            raise PydanticCustomError("said", "sensor {sensor} has more than {most} channels", values)
        return self

    @property
    def shape(self) -> Sensor | None:
        """The sensor's, None where channels have one dimension."""
        if self.sensor is None:
            return None
        width, height, polarities = self.sensor
        return width, height, polarities

    @property
    def count(self) -> int:
        """How many channels there are."""
        return count_channels(self.shape) if self.shape else self.channels or COCHLEA_CHANNELS


class Files(OwnSource):
    name = section = "files"
    Settings = Settings
    data_keys = ("test_speakers", "duration_s", "validation_share", "test_share", "split_seed")

    def channels(self, config: Mapping[str, Any]) -> int:
        return Settings(**config["files"]).count

    def sensor(self, config: Mapping[str, Any]) -> Sensor | None:
        return Settings(**config["files"]).shape

    def augmentation(self, config: Mapping[str, Any]) -> Kind:
        return Settings(**config["files"]).augmentation or super().augmentation(config)

    def has_test_file(self, config: Mapping[str, Any]) -> bool:
        return config["files"].get("test") is not None

    def inputs(self, config: Mapping[str, Any]) -> dict[str, str | list[str]]:
        return {role: path for role in self.roles if (path := config["files"].get(role))}

    def paths(self, config: Mapping[str, Any]) -> dict[str, str]:
        return {f"files.{role}": config["files"][role] for role in self.inputs(config)}

    def user_file(self, config: Mapping[str, Any], role: str) -> str:
        return config["files"].get(role) or config["files"]["train"]

    def check(self, config: Mapping[str, Any]) -> None:
        super().check(config)
        files = config["files"]
        if self.has_test_file(config) and Path(files["test"]).samefile(files["train"]):
            raise InputError(
                f"Configuration: files.test is {files['test']}, the same file as files.train; where the test is "
                "some of its speakers, leave files.test out and name them in data.test_speakers."
            )

    def fetch(self, config: Mapping[str, Any], targets: Mapping[str, str | Path], threads: int) -> dict[str, Any]:
        settings = Settings(**config["files"])
        return write_files(targets, import_files(settings, **config["data"]))


def import_files(
    settings: Settings,
    test_speakers: list[int],
    duration_s: float,
    validation_share: float | None = None,
    test_share: float | None = None,
    split_seed: int = 0,
) -> dict[str, Events]:
    """Return the samples to train on and those to test on.

    Args:
        settings: names the files; without a test file, samples are taken out of the first.
        test_speakers: whom to hold out.
        duration_s: the window that times must lie in, seconds; looked at here, where samples have the file's numbers.
        validation_share: None where samples have speakers.
        test_share: of every class, to hold out where they have none.
        split_seed: by which that is drawn.

    Raises:
        InputError: a file cannot be used, its times leave the window, the first does not say who speaks, or says it
            where there are no speakers, the two name their classes differently, or a sample is in both.
    """
    samples = _read(settings.train, settings, duration_s)
    _refuse_assumed(samples, settings)
    sounds = checksums(samples)
    if validation_share is None:
        _refuse_unknown_speakers(samples, settings.train)
        refuse_differing(sounds, samples.speakers, ("speaker", called("extra/speaker", settings.train)), settings.train)
    else:
        _refuse_speakers(samples, settings.train)
    refuse_differing(sounds, samples.labels, _LABELS, settings.train)
    if settings.test is not None:
        others = _read(settings.test, settings, duration_s)
        if validation_share is not None:
            _refuse_speakers(others, settings.test)
        if samples.keys != others.keys:
            raise InputError(
                f"{settings.test}: {_call(others.keys)}, but {settings.train} {_call(samples.keys)} "
                f"({called('extra/keys', settings.test)})."
            )
        tested = checksums(others)
        refuse_differing(tested, others.labels, _LABELS, settings.test)
        refuse_common(sounds, tested, (settings.train, settings.test))
        return {"train": samples, "test": others}
    if test_share is not None:
        # Another draw than that of the validation samples.
        seed = np.random.SeedSequence([split_seed, 1]).generate_state(1)[0]
        split = split_by_share(samples.labels, first_copies(sounds), test_share, int(seed), "data.test_share")
        return {role: samples.select(chosen) for role, chosen in zip(("train", "test"), split, strict=True)}
    return split_test(samples, test_speakers)


def _read(path: str, settings: Settings, duration_s: float) -> Events:
    """Return a file's events in seconds, all within the window but for a few."""
    from delaysnn.data.binning import check_window  # compiles, which takes longer than all else here

    _refuse_misnamed(path)
    if Path(path).suffix.lower() == ".npz":
        offsets, times, units, labels, speakers, keys = read_npz_layout(path, settings.shape)
        check_counts(offsets, offsets, path)
        found = Events(offsets, times, units, labels, speakers, keys, settings.count)
        events = checked(found, path, settings.time_unit)
    else:
        events = read_events(path, settings.count, settings.time_unit)
    check_window(events, duration_s, path, settings.time_unit)
    return events


def _refuse_misnamed(path: str) -> None:
    """Refuse an npz or HDF5 that is called as the other: its reader would only say that it is broken."""
    try:
        with Path(path).open("rb") as file:
            start = file.read(len(_HDF5))
    except OSError:  # of which the reader says what to do
        return
    named = Path(path).suffix.lower() == ".npz"
    if start.startswith(_ZIP) and not named:
        raise InputError(f"{path}: is a zip file. If it is an npz, name it .npz; otherwise unpack it.")
    if start == _HDF5 and named:
        raise InputError(f"{path}: is HDF5, but its name ends in .npz; rename it to .h5.")


def _refuse_assumed(samples: Events, settings: Settings) -> None:
    """Refuse units of which so few are used that SHD's number of channels is surely not meant."""
    most = int(samples.units.max())
    if settings.channels is None and settings.sensor is None and 2 * most < COCHLEA_CHANNELS:
        raise InputError(
            f"{settings.train}: no unit is above {most}, but files.channels is left out, which means the "
            f"{COCHLEA_CHANNELS} of SHD; write how many channels there are."
        )


def _refuse_unknown_speakers(samples: Events, path: str) -> None:
    unknown = int((samples.speakers < 0).sum())
    if unknown:
        raise InputError(
            f"{path}: {unknown} of {len(samples)} samples do not say who speaks ({called('extra/speaker', path)}), so "
            "no speaker can be held out of it for validation or test. Where nobody speaks, write data.validation_share."
        )


def _refuse_speakers(samples: Events, path: str) -> None:
    known = int((samples.speakers >= 0).sum())
    if known:
        raise InputError(
            f"{path}: {known} of {len(samples)} samples say who speaks, but data.validation_share says "
            "that there are no speakers. Split by them, or take them out of the file."
        )


def _call(keys: tuple[str, ...]) -> str:
    return f"calls its classes {', '.join(keys)}" if keys else "does not name its classes"


SOURCE = Files()
