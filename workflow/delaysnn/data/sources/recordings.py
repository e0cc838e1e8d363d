"""Recordings of a user, which the cochlea encodes."""

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field

from delaysnn.data.channels import COCHLEA_CHANNELS
from delaysnn.data.sources import OwnSettings, OwnSource, write_files
from delaysnn.data.splits import split_by_speaker
from delaysnn.settings.section import PathText, Seed, Unit


class Settings(OwnSettings):
    """The section ``recordings``."""

    folder: PathText
    """folder of audio files, WAV or FLAC of any rate"""
    table: PathText
    """a CSV with the columns `file` (path below the folder), `label` (name of the class) and `speaker` (a whole number
    from 0 to 32767), in any order and in UTF-8. Further columns are not read"""
    sample_rate: Annotated[int, Field(ge=20000, le=192000), Unit("Hz")]
    """rate to which all audio is resampled before the cochlea; SHD has 48000. The hair cells are integrated at half of
    it, so it is at least 20000"""
    seed: Seed
    """seed of the cochlea's random spikes. Each recording's own seed is made of it and the recording's name"""


class Recordings(OwnSource):
    name = section = "recordings"
    Settings = Settings
    data_keys = ("test_speakers", "duration_s")
    threads = 64

    def channels(self, config: Mapping[str, Any]) -> int:
        return COCHLEA_CHANNELS

    def speakers(self, config: Mapping[str, Any]) -> Collection[int]:
        return [recording.speaker for recording in _listed(config)]

    def paths(self, config: Mapping[str, Any]) -> dict[str, str]:
        return {f"recordings.{key}": config["recordings"][key] for key in ("folder", "table")}

    def inputs(self, config: Mapping[str, Any]) -> dict[str, str | list[str]]:
        return {
            "table": config["recordings"]["table"],
            "audio": [str(recording.path) for recording in _listed(config)],
        }

    def input_checksums(self, config: Mapping[str, Any]) -> dict[str, str]:
        from delaysnn.data.recordings import checksum

        return {"recordings": checksum(_listed(config))}

    def user_file(self, config: Mapping[str, Any], role: str) -> str:
        return config["recordings"]["table"]

    def fetch(self, config: Mapping[str, Any], targets: Mapping[str, str | Path], threads: int) -> dict[str, Any]:
        import numpy as np

        from delaysnn.data.recordings import encode_recordings

        settings, data, recordings = Settings(**config["recordings"]), config["data"], _listed(config)
        # First, since encoding takes long.
        speakers = np.array([recording.speaker for recording in recordings])
        split = split_by_speaker(speakers, validation=(), test=data["test_speakers"])
        events = encode_recordings(recordings, settings.sample_rate, data["duration_s"], settings.seed, threads)
        return write_files(targets, {role: events.select(split[role]) for role in self.roles})


def _listed(config: Mapping[str, Any]) -> list:
    from delaysnn.data.recordings import read_recordings  # takes a second

    return read_recordings(config["recordings"]["table"], config["recordings"]["folder"])


SOURCE = Recordings()
