"""Data sets of events that tonic reads from its folder, or downloads."""

import socket
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field

from delaysnn.core.errors import InputError
from delaysnn.core.sensor import Sensor, count_channels
from delaysnn.data.event_sets import SETS, EventSet, Reading, read_set
from delaysnn.data.sources import Source, write_files
from delaysnn.settings.section import Count, NotNegative, PathText, Section, Unit


class Settings(Section):
    """The section ``tonic``."""

    folder: PathText
    """tonic's `save_to`, which holds a folder for each data set. tonic downloads what is not there"""
    start_s: Annotated[NotNegative, Unit("s")]
    """start of the window of `data.duration_s` in a recording. Spikes outside of the window are counted in the log"""
    downsample: Annotated[int, Field(ge=1, le=128)]
    """number of neighbouring pixels that become one channel, along x and along y; 1 keeps every pixel"""
    polarity: Literal["kept", "merged"]
    """`kept`: one channel for each of the two polarities; `merged`: one for both"""
    samples: Count | None
    """largest number of samples of each file, evenly spaced in it; `null`: all"""


class Tonic(Source):
    name = section = "tonic"
    Settings = Settings
    shared_sections = ("download",)
    data_keys = ("dataset", "duration_s")
    published_split = True
    needs_network = True

    def origin(self, config: Mapping[str, Any]) -> dict[str, str]:
        return {"source": f"{_set(config).citation}, read by tonic", "licence": _set(config).licence}

    def dataset_name(self, config: Mapping[str, Any]) -> str:
        return f"tonic_{config['data']['dataset'].lower()}"

    def classes(self, config: Mapping[str, Any]) -> int:
        return _set(config).classes

    def roles_of(self, config: Mapping[str, Any]) -> tuple[str, ...]:
        return tuple(_set(config).roles)

    def channels(self, config: Mapping[str, Any]) -> int:
        return count_channels(_reading(config).sensor(_set(config).sensor))

    def sensor(self, config: Mapping[str, Any]) -> Sensor | None:
        return _reading(config).sensor(_set(config).sensor) if _set(config).sensor[1] > 1 else None

    def check(self, config: Mapping[str, Any]) -> None:
        if config["data"].get("dataset") is None:
            raise InputError(
                f"Configuration: data.name is tonic, but there is no data.dataset; write one of {', '.join(SETS)}."
            )
        super().check(config)
        self._check_whose(config["data"], _set(config).speakers is not None)

    def _check_whose(self, data: Mapping[str, Any], known: bool) -> None:
        """Check that a set that says whose its samples are is split by that, and no other one."""
        if "validation" in SETS[data["dataset"]].roles:
            return
        if known and data["validation_share"] is not None:
            raise InputError(
                f"Configuration: data.validation_share is {data['validation_share']}, but {data['dataset']} says whose "
                "each sample is; write null, and name some in data.validation_speakers."
            )
        if not known and data["validation_speakers"]:
            raise InputError(
                f"Configuration: data.validation_speakers is {data['validation_speakers']}, but {data['dataset']} does "
                "not say whose a sample is; write [], and data.validation_share."
            )

    def fetch(self, config: Mapping[str, Any], targets: Mapping[str, str | Path], threads: int) -> dict[str, Any]:
        # tonic sets none.
        socket.setdefaulttimeout(config["download"]["timeout_s"])
        files: dict[str, Any] = {}
        # One after the other, so that the first is no longer in memory when the next is read.
        for role, target in targets.items():
            events = read_set(config["data"]["dataset"], role, config["tonic"]["folder"], _reading(config))
            files |= write_files({role: target}, {role: events})
        return files


def _set(config: Mapping[str, Any]) -> EventSet:
    return SETS[config["data"]["dataset"]]


def _reading(config: Mapping[str, Any]) -> Reading:
    own = Settings(**config["tonic"])
    return Reading(own.start_s, config["data"]["duration_s"], own.downsample, own.polarity == "merged", own.samples)


SOURCE = Tonic()
