"""Spoken digits that need no download: a speech synthesiser speaks, the cochlea encodes."""

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field

from delaysnn.data.channels import COCHLEA_CHANNELS
from delaysnn.data.events import Events
from delaysnn.data.sources import Source, write_files
from delaysnn.data.splits import split_test
from delaysnn.settings.section import Count, Section, Seed


class Settings(Section):
    """The section ``speech``."""

    voices: Annotated[int, Field(ge=3, le=50)]
    """number of voices that speak the twenty digits"""
    takes: Count
    """number of times that each voice speaks each digit"""
    seed: Seed
    """seed of speed, pitch, intonation, noise and spikes"""


class SpokenDigits(Source):
    name = "spoken_digits"
    section = "speech"
    Settings = Settings
    data_keys = ("test_speakers",)
    threads = 64

    def origin(self, config: Mapping[str, Any]) -> dict[str, str]:
        return {"source": "synthesised with eSpeak NG and a cochlea model", "licence": "free to use"}

    def channels(self, config: Mapping[str, Any]) -> int:
        return COCHLEA_CHANNELS

    def classes(self, config: Mapping[str, Any]) -> int:
        return 20

    def samples(self, config: Mapping[str, Any]) -> int:
        return 20 * config["speech"]["voices"] * config["speech"]["takes"]

    def speakers(self, config: Mapping[str, Any]) -> Collection[int]:
        return range(config["speech"]["voices"])

    def fetch(self, config: Mapping[str, Any], targets: Mapping[str, str | Path], threads: int) -> dict[str, Any]:
        from delaysnn.data import speech
        from delaysnn.data.synthesis import encode, seeds_by_place

        settings = Settings(**config["speech"])
        spoken = list(speech.speak_digits(settings.voices, settings.takes, settings.seed))
        audio = [each.audio for each in spoken]
        seeds = seeds_by_place(settings.seed, len(audio))
        times, units = encode(audio, max(map(len, audio)), speech.sample_rate(), seeds, threads)
        labels, speakers = [each.label for each in spoken], [each.speaker for each in spoken]
        events = Events.from_samples(times, units, labels, speakers, speech.KEYS, COCHLEA_CHANNELS)
        return write_files(targets, split_test(events, config["data"]["test_speakers"]))


SOURCE = SpokenDigits()
