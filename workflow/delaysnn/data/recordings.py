"""Recordings of the user's own: a table of files, labels and speakers, and their audio through the cochlea."""

import csv
import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import gcd
from pathlib import Path

import numpy as np
import soundfile
from scipy import signal

from delaysnn.data.events import Events
from delaysnn.data.synthesis import hear
from delaysnn.errors import InputError
from delaysnn.files import sha256

_COLUMNS = ("file", "label", "speaker")


@dataclass(frozen=True)
class Recording:
    """One word: its file's name in the table, the file, its class's name, and who speaks."""

    name: str
    path: Path
    label: str
    speaker: int


def read_recordings(table: str | Path, folder: str | Path) -> list[Recording]:
    """Read and check a CSV with the columns file (below ``folder``), label and speaker (a whole number, 0 or more).

    Raises:
        InputError: the table cannot be read, or a line of it cannot be used; names the line.
    """
    try:
        with Path(table).open(newline="", encoding="utf-8-sig") as file:
            rows = list(csv.DictReader(file, strict=True))
    except FileNotFoundError:
        raise InputError(f"{table}: there is no such table of recordings.") from None
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"{table}: cannot be read as CSV ({error}).") from None
    if not rows:
        raise InputError(f"{table}: lists no recordings; the columns are {', '.join(_COLUMNS)}.")
    recordings: dict[str, Recording] = {}
    for line, row in enumerate(rows, start=2):
        name, label, speaker = ((row.get(column) or "").strip() for column in _COLUMNS)
        if not (name and label and speaker):
            raise InputError(f"{table}: line {line} lacks a value; every line needs {', '.join(_COLUMNS)}.")
        if not (speaker.isdecimal() and int(speaker) < 1 << 15):
            raise InputError(f"{table}: line {line} has the speaker {speaker!r}; a whole number from 0 is needed.")
        if set(name) & set("{}"):
            raise InputError(
                f"{table}: line {line} lists {name}; Snakemake takes braces for a pattern, rename the file."
            )
        if name in recordings:
            raise InputError(f"{table}: line {line} lists {name} once more.")
        if not (Path(folder) / name).is_file():
            raise InputError(f"{table}: line {line} lists {name}, but there is no such file in {folder}.")
        recordings[name] = Recording(name, Path(folder) / name, label, int(speaker))
    return list(recordings.values())


def checksum(recordings: Iterable[Recording]) -> str:
    """Return one SHA-256 over all names, labels, speakers and bytes."""
    lines = (f"{word.name},{word.label},{word.speaker},{sha256(word.path)}\n" for word in recordings)
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def load(path: str | Path, sample_rate: int, duration_s: float) -> np.ndarray:
    """Return a file's audio as float64 [time] at ``sample_rate`` Hz, the mean of its channels.

    Raises:
        InputError: the file is no audio, is empty, silent or longer than ``duration_s``, or holds a value that is not
            finite.
    """
    try:
        audio, rate = soundfile.read(path, always_2d=True)
    except soundfile.SoundFileError as error:
        raise InputError(f"{path}: cannot be read as audio ({error}); WAV or FLAC is needed.") from None
    if len(audio) > duration_s * rate:
        raise InputError(
            f"{path}: lasts {len(audio) / rate:.2f} s, longer than data.duration_s {duration_s}; cut it to its word, "
            "or make that longer."
        )
    if not np.isfinite(audio).all():
        raise InputError(f"{path}: holds a value that is not finite.")
    mono = audio.mean(axis=1)
    if not mono.any():
        raise InputError(f"{path}: is {'silent' if len(mono) else 'empty'}.")
    common = gcd(sample_rate, rate)
    return signal.resample_poly(mono, sample_rate // common, rate // common)


def hear_recordings(
    recordings: Sequence[Recording], sample_rate: int, duration_s: float, seed: int, processes: int
) -> Events:
    """Return the words of all recordings, classes in the order in which the table first names them.

    What is heard in a recording depends on its name, its audio and the settings, not on the other recordings.

    Args:
        sample_rate: to which audio is resampled, Hz.
        duration_s: longest recording in seconds.
        seed: each recording's own seed is drawn from it and the recording's name.
        processes: how many run side by side.
    """

    def audio() -> Iterator[np.ndarray]:
        for word in recordings:
            yield load(word.path, sample_rate, duration_s)

    seeds = [_seed(seed, word.name) for word in recordings]
    # Resampling may round up.
    times, units = hear(audio(), int(duration_s * sample_rate) + 1, sample_rate, seeds, processes)
    keys = list(dict.fromkeys(word.label for word in recordings))
    labels = [keys.index(word.label) for word in recordings]
    return Events.from_words(times, units, labels, [word.speaker for word in recordings], keys)


def _seed(seed: int, name: str) -> int:
    return int.from_bytes(hashlib.sha256(f"{seed}/{name}".encode()).digest()[:8], "big")
