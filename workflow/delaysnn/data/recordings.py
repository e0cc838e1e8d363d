"""Recordings of a user: a table of files, labels and speakers, and their audio, which the cochlea encodes."""

import csv
import hashlib
import io
import os
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, gcd
from pathlib import Path

import numpy as np
import soundfile
from scipy import signal

from delaysnn.core.errors import InputError
from delaysnn.core.files import sha256
from delaysnn.data.channels import COCHLEA_CHANNELS
from delaysnn.data.events import Events
from delaysnn.data.same_sound import candidates, is_same_sound, sketch
from delaysnn.data.synthesis import encode

_COLUMNS = ("file", "label", "speaker")
_NEEDED = ", ".join(_COLUMNS)
# How libsndfile tells that a WAV is shorter than its header says, and the lengths that stand for "unknown".
_CUT = re.compile(r"^data : (\d+) \(should be (\d+)\)", re.MULTILINE)
_STREAMED = 0x7FFFF000
# Where a WAV's first chunk begins.
_WAV_HEAD = 12
# What the 16 bits of extra/speaker hold.
_SPEAKERS = 1 << 15
_DIGITS = 20
# Hz; no sound card records faster, and resampling from far more takes all memory.
_FASTEST = 768_000


@dataclass(frozen=True)
class Recording:
    """One sample: its file's name in the table, the file, its class's name, and who speaks."""

    name: str
    path: Path
    label: str
    speaker: int


def read_recordings(table: str | Path, folder: str | Path) -> list[Recording]:
    """Read and check a CSV with the columns file (below ``folder``), label and speaker (a whole number).

    Further columns are not read.

    Raises:
        InputError: the table cannot be read, or a line of it cannot be used; names the line.
    """
    lines = _read_table(table)
    if not lines:
        raise InputError(f"{table}: lists no recordings; the columns are {_NEEDED}.")
    recordings: list[Recording] = []
    files: dict[tuple[int, int], int] = {}
    classes: dict[str, str] = {}
    for line, (name, label, speaker) in lines:
        where = f"{table}: line {line}"
        if not (name and label and speaker):
            raise InputError(f"{where} lacks a value; every line needs {_NEEDED}.")
        # Python reads no number of thousands of digits.
        if not (speaker.isdecimal() and len(speaker) <= _DIGITS and int(speaker) < _SPEAKERS):
            shown = speaker if len(speaker) <= 2 * _DIGITS else f"{speaker[: 2 * _DIGITS]}..."
            raise InputError(f"{where} has the speaker {shown!r}; a whole number from 0 to {_SPEAKERS - 1} is needed.")
        if set(name) & set("{}"):
            raise InputError(f"{where} lists {name}; Snakemake reads braces as a pattern, so rename the file.")
        path = Path(folder) / name
        # Not of Path, which fails on a name that is longer than a file may have.
        if not os.path.isfile(path):  # noqa: PTH113
            kind = "that is a folder" if os.path.isdir(path) else "there is no such file"  # noqa: PTH112
            raise InputError(f"{where} lists {name}, but {kind} in {folder}.")
        # Whatever it is called: by another path, through a link, or in other letters where those do not matter.
        status = path.stat()
        earlier = files.setdefault((status.st_dev, status.st_ino), line)
        if earlier != line:
            raise InputError(f"{where} lists {name} again; it is the file of line {earlier}, so remove one.")
        alike = classes.setdefault(unicodedata.normalize("NFC", label).casefold(), label)
        if alike != label:
            raise InputError(
                f"{where} has the label {label!r}, another line {alike!r}; write one class the same way in all lines."
            )
        recordings.append(Recording(name, path, label, int(speaker)))
    return recordings


def _read_table(table: str | Path) -> list[tuple[int, list[str]]]:
    """Return of every line that is not blank its number and the values of the columns that are needed."""
    line = 1
    try:
        with Path(table).open(newline="", encoding="utf-8-sig") as file:
            reader = csv.reader(file, strict=True, skipinitialspace=True)
            try:
                head = next(reader, None)
            except csv.Error:  # as in "file";"label"
                file.seek(0)
                head = [file.readline().strip()]
            if head is None:
                return []
            columns = [name.strip().lower() for name in head]
            wrong = [name for name in _COLUMNS if columns.count(name) != 1]
            if wrong:
                raise InputError(
                    f"{table}: line 1 names the columns {','.join(head)!r}; {_NEEDED} are needed, once each, separated "
                    "by commas."
                )
            places, found = [columns.index(name) for name in _COLUMNS], []
            line = reader.line_num
            for row in reader:
                line = reader.line_num
                if len(row) > len(columns):
                    raise InputError(
                        f"{table}: line {line} has {len(row)} values, but line 1 names {len(columns)} columns; put a "
                        "value with a comma in quotes."
                    )
                if any(value.strip() for value in row):
                    found.append((line, [row[place].strip() if place < len(row) else "" for place in places]))
            return found
    except FileNotFoundError:
        raise InputError(f"{table}: there is no such table of recordings.") from None
    except UnicodeDecodeError as error:
        raise InputError(f"{table}: is not UTF-8 ({error}); save it as CSV in UTF-8.") from None
    except csv.Error as error:
        raise InputError(f"{table}: cannot be read as CSV after line {line} ({error}).") from None
    except OSError as error:
        raise InputError(f"{table}: cannot be read ({error.strerror}).") from None


def checksum(recordings: Iterable[Recording]) -> str:
    """Return one SHA-256 over all names, labels, speakers and bytes."""
    lines = (f"{sample.name},{sample.label},{sample.speaker},{sha256(sample.path)}\n" for sample in recordings)
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def load(path: str | Path, sample_rate: int, duration_s: float) -> np.ndarray:
    """Return a file's audio as float64 [time] at ``sample_rate`` Hz, the mean of its channels without its offset.

    Raises:
        InputError: the file is not audio, is empty, silent or longer than ``duration_s``, or holds a value that is not
            finite.
    """
    mono, rate = _read_audio(path, duration_s)
    common = gcd(sample_rate, rate)
    # Equal loudness is set by the root mean square, in which a constant offset would count as sound.
    return signal.resample_poly(mono - mono.mean(), sample_rate // common, rate // common)


def _read_audio(path: str | Path, duration_s: float) -> tuple[np.ndarray, int]:
    """Return a file's audio as it is, float64 [time], the mean of its channels, and its rate in Hz."""
    try:
        with soundfile.SoundFile(_with_length(path)) as file:
            audio, rate, cut = file.read(always_2d=True), file.samplerate, _CUT.search(file.extra_info)
    except (OSError, soundfile.SoundFileError) as error:
        raise InputError(_no_audio(path, error)) from None
    if rate > _FASTEST:
        raise InputError(f"{path}: says that it has {rate} samples a second; {_FASTEST} is the most.")
    # What was written into a pipe promises the most, since its length was not known.
    if cut and int(cut[2]) < int(cut[1]) < _STREAMED:
        raise InputError(f"{path}: is cut off; it promises {cut[1]} bytes of audio and holds {cut[2]}.")
    # As it is written: in binary, 0.7 s at 16 kHz would be a little less than 11,200 samples.
    if len(audio) > Fraction(str(duration_s)) * rate:
        raise InputError(
            f"{path}: lasts {len(audio) / rate:.4g} s, longer than data.duration_s {duration_s}; cut it, or "
            "make that longer."
        )
    if not len(audio):
        raise InputError(f"{path}: is empty.")
    if not np.isfinite(audio).all():
        raise InputError(f"{path}: holds a value that is not finite.")
    mono = audio.mean(axis=1)
    if not np.ptp(audio, axis=0).any():
        raise InputError(f"{path}: is silent; all of its {len(audio)} values are {audio[0, 0]:.4g}.")
    if not np.ptp(mono):
        raise InputError(f"{path}: its {audio.shape[1]} channels cancel one another; their mean is silent.")
    return mono, rate


def _no_audio(path: str | Path, error: Exception) -> str:
    return f"{path}: cannot be read as audio ({error}); a whole WAV or FLAC is needed."


def _with_length(path: str | Path) -> Path | io.BytesIO:
    """Return a file, or, of a WAV that promises 0 bytes since it went into a pipe, its bytes with the most promised."""
    path = Path(path)
    with path.open("rb") as file:
        if file.read(4) != b"RIFF":
            return path
        place = _WAV_HEAD
        while True:
            file.seek(place)
            kind, size = file.read(4), int.from_bytes(file.read(4), "little")
            if kind == b"data" and not size:
                break
            if not kind or kind == b"data":
                return path
            place += 8 + size + size % 2
    content = path.read_bytes()
    # Behind no audio, too, further chunks may follow; those end where the file does.
    after = place + 8
    while after < len(content):
        after += 8 + int.from_bytes(content[after + 4 : after + 8], "little")
        after += after % 2
    if after == len(content):
        return path
    return io.BytesIO(content[: place + 4] + b"\xff" * 4 + content[place + 8 :])


def _refuse_same_sound(recordings: Sequence[Recording], duration_s: float) -> None:
    """Refuse two files of the same sound under different labels or speakers: one may be trained on, the other tested.

    All files are read for it, so that a fault of any of them is found before any is encoded.
    """
    alike: dict[tuple[int, int], list[tuple[Recording, np.ndarray]]] = {}
    for sample in recordings:
        mono, rate = _read_audio(sample.path, duration_s)
        alike.setdefault((len(mono), rate), []).append((sample, sketch(mono)))
    for group in alike.values():
        for index, earlier in candidates([found for _, found in group]):
            sample, other = group[index][0], group[earlier][0]
            if (other.label, other.speaker) == (sample.label, sample.speaker):
                continue
            if is_same_sound(*(_read_audio(each.path, duration_s)[0] for each in (sample, other))):
                raise InputError(
                    f"{sample.path}: is the same sound as {other.path}, but {sample.label!r} of speaker "
                    f"{sample.speaker} instead of {other.label!r} of speaker {other.speaker}; take one out."
                )


def encode_recordings(
    recordings: Sequence[Recording], sample_rate: int, duration_s: float, seed: int, processes: int
) -> Events:
    """Return the samples of all recordings, classes in the order in which the table first names them.

    The spikes of a recording depend on its name, its audio and the settings, not on the other recordings.

    Args:
        sample_rate: to which audio is resampled, Hz.
        duration_s: longest recording in seconds.
        seed: each recording's own seed is drawn from it and the recording's name.
        processes: how many run side by side.

    Raises:
        InputError: a file cannot be used, gives no spike, or is the same sound as another under another label or
            speaker.
    """
    _refuse_same_sound(recordings, duration_s)
    files = {sample.name: sample.path for sample in recordings}
    times, units = encode_files(files, sample_rate, duration_s, seed, processes)
    keys = list(dict.fromkeys(sample.label for sample in recordings))
    labels = [keys.index(sample.label) for sample in recordings]
    return Events.from_samples(times, units, labels, [sample.speaker for sample in recordings], keys, COCHLEA_CHANNELS)


def longest_s(files: Iterable[Path], limit_s: float) -> float:
    """Read all audio, and return the seconds, rounded up to hundredths, that the longest of it lasts.

    Raises:
        InputError: a file cannot be used, or lasts longer than ``limit_s``.
    """
    longest = 0
    for path in files:
        # Of its header alone: what promises hours would take all memory.
        seconds = _promised_s(path)
        if seconds > limit_s:
            raise InputError(f"{path}: lasts {float(seconds):.4g} s, longer than {limit_s} s.")
        _read_audio(path, limit_s)
        longest = max(longest, ceil(100 * seconds))
    return longest / 100


def _promised_s(path: Path) -> Fraction:
    try:
        about = soundfile.info(path)
    except (OSError, soundfile.SoundFileError) as error:
        raise InputError(_no_audio(path, error)) from None
    return Fraction(about.frames, about.samplerate)


def encode_files(
    files: Mapping[str, Path], sample_rate: int, duration_s: float, seed: int, processes: int
) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """Return times and units of every file, as :func:`delaysnn.data.synthesis.encode` does.

    Args:
        files: audio by name; the other arguments are those of :func:`encode_recordings`.

    Raises:
        InputError: a file cannot be used, or gives no spike.
    """

    def audio() -> Iterator[np.ndarray]:
        for path in files.values():
            yield load(path, sample_rate, duration_s)

    seeds = [_seed(seed, name) for name in files]
    # Resampling may round up.
    times, units = encode(audio(), int(duration_s * sample_rate) + 1, sample_rate, seeds, processes)
    for path, sample_times in zip(files.values(), times, strict=True):
        if not len(sample_times):
            raise InputError(f"{path}: gives no spike in the cochlea; take it out.")
    return times, units


def _seed(seed: int, name: str) -> int:
    return int.from_bytes(hashlib.sha256(f"{seed}/{name}".encode()).digest()[:8], "big")
