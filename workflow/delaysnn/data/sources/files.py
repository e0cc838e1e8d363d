"""Files of the user's own in SHD's layout: checked, and split by speaker where they come as one."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from delaysnn.core.errors import InputError
from delaysnn.data.channels import COCHLEA_CHANNELS
from delaysnn.data.duplicates import checksums, refuse_common, refuse_differing
from delaysnn.data.events import Events, read_events
from delaysnn.data.sources import OwnSettings, OwnSource, write_files
from delaysnn.data.splits import split_test
from delaysnn.settings.section import PathText

_LABELS = ("label", "labels")


class Settings(OwnSettings):
    """The section ``files``."""

    train: PathText
    """HDF5 file in SHD's layout"""
    test: PathText | None = None
    """a second one; without it, the samples of `data.test_speakers` are taken out of `train`"""


class Files(OwnSource):
    name = section = "files"
    Settings = Settings
    data_keys = ("test_speakers", "duration_s")

    def channels(self, config: Mapping[str, Any]) -> int:
        return COCHLEA_CHANNELS

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
        return write_files(targets, import_files(settings.train, settings.test, **config["data"]))


def import_files(
    train: str | Path, test: str | Path | None, test_speakers: list[int], duration_s: float
) -> dict[str, Events]:
    """Return the samples to train on and those to test on.

    Args:
        train: HDF5 file in SHD's layout.
        test: a second one; without it, the samples of ``test_speakers`` are taken out of the first.
        test_speakers: whom to hold out.
        duration_s: the window that times must lie in, seconds; looked at here, where samples have the file's numbers.

    Raises:
        InputError: a file cannot be used, its times leave the window, the first does not say who speaks, the two name
            their classes differently, or a sample is in both.
    """
    from delaysnn.data.binning import check_window  # compiles, which takes longer than all else here

    samples = read_events(train, COCHLEA_CHANNELS)
    unknown = int((samples.speakers < 0).sum())
    if unknown:
        raise InputError(
            f"{train}: {unknown} of {len(samples)} samples do not say who speaks (extra/speaker), so no speaker can "
            "be held out of it for validation or test."
        )
    check_window(samples, duration_s, train)
    sounds = checksums(samples)
    refuse_differing(sounds, samples.speakers, ("speaker", "extra/speaker"), train)
    refuse_differing(sounds, samples.labels, _LABELS, train)
    if test is not None:
        others = read_events(test, COCHLEA_CHANNELS)
        check_window(others, duration_s, test)
        if samples.keys != others.keys:
            raise InputError(f"{test}: {_call(others.keys)}, but {train} {_call(samples.keys)} (extra/keys).")
        tested = checksums(others)
        refuse_differing(tested, others.labels, _LABELS, test)
        refuse_common(sounds, tested, (train, test))
        return {"train": samples, "test": others}
    return split_test(samples, test_speakers)


def _call(keys: tuple[str, ...]) -> str:
    return f"calls its classes {', '.join(keys)}" if keys else "does not name its classes"


SOURCE = Files()
