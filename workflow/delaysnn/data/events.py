"""Spike events in the layout of the Spiking Heidelberg Digits: the one door through which they enter."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import h5py
import numpy as np

from delaysnn.errors import InputError
from delaysnn.files import atomic

N_CHANNELS = 700
_HALF_INFINITY = 0x7C00
_MOST = 1 << 15


@dataclass(frozen=True)
class Events:
    """Spikes of many words as flat arrays.

    Attributes:
        offsets: int64 [words + 1]; word ``i`` owns the spikes ``offsets[i]:offsets[i + 1]``.
        times: float16 [spikes]; seconds from the word's start, 0 or more, ascending within a word.
        units: uint16 [spikes]; cochlea channel, 0 to 699.
        labels: int64 [words]; class, 0 or more.
        speakers: int64 [words]; who spoke it, -1 where the file does not say.
        keys: names of the classes, in the order of the labels; empty where the file does not say.
    """

    offsets: np.ndarray
    times: np.ndarray
    units: np.ndarray
    labels: np.ndarray
    speakers: np.ndarray
    keys: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.labels)

    @classmethod
    def from_words(
        cls,
        times: Sequence[np.ndarray],
        units: Sequence[np.ndarray],
        labels: Sequence[int],
        speakers: Sequence[int],
        keys: Sequence[str],
    ) -> "Events":
        """Collect words, each with its times (seconds) and units."""
        return cls(
            np.concatenate([[0], np.cumsum([len(word) for word in times])]),
            np.concatenate(times).astype(np.float16),
            np.concatenate(units).astype(np.uint16),
            np.array(labels, np.int64),
            np.array(speakers, np.int64),
            tuple(keys),
        )

    def select(self, words: np.ndarray) -> "Events":
        """Return the given words (int [count]) as events of their own."""
        offsets = np.concatenate([[0], np.cumsum(np.diff(self.offsets)[words])])
        own = [slice(self.offsets[word], self.offsets[word + 1]) for word in words]
        times, units = (np.concatenate([flat[:0], *(flat[part] for part in own)]) for flat in (self.times, self.units))
        return Events(offsets, times, units, self.labels[words], self.speakers[words], self.keys)


def write_events(path: str | Path, events: Events) -> None:
    """Write words in SHD layout, atomically; the same words give the same bytes."""
    # In memory first: on a full disk HDF5 crashes when it closes the file.
    content = io.BytesIO()
    with h5py.File(content, "w") as file:
        # Newer layouts than this default would keep the time of writing.
        for name, flat in (("times", events.times), ("units", events.units)):
            data = file.create_dataset(f"spikes/{name}", (len(events),), h5py.vlen_dtype(flat.dtype))
            for word in range(len(events)):
                data[word] = flat[events.offsets[word] : events.offsets[word + 1]]
        file["labels"] = events.labels.astype(np.uint16)
        file["extra/speaker"] = events.speakers.astype(np.int16)
        file["extra/keys"] = np.array([key.encode() for key in events.keys], dtype="S")
    with atomic(path) as temporary:
        temporary.write_bytes(content.getbuffer())


def read_events(path: str | Path) -> Events:
    """Read and check a file in SHD layout.

    Raises:
        InputError: the file is missing, is no HDF5, lacks a data set, or holds a value that cannot be, with the
            word and the value.
    """
    try:
        with h5py.File(path, "r") as file:
            times, units = (_flatten(file, f"spikes/{name}", path) for name in ("times", "units"))
            keys = _keys(file, path)
            # A class for each key, and what 16 bits hold otherwise.
            labels = _column(file, "labels", path, 0, len(keys) or _MOST)
            known = file.get("extra/speaker") is not None
            speakers = _column(file, "extra/speaker", path, -1, _MOST) if known else np.full(len(labels), -1)
    except FileNotFoundError:
        raise InputError(f"{path}: there is no such file.") from None
    except (OSError, RuntimeError) as error:
        raise InputError(f"{path}: cannot be read as HDF5 ({error}); fetch or make it again.") from None
    events = Events(times[1], times[0], units[0], labels, speakers, keys)
    _check(events, times[1], units[1], path)
    return events


def _keys(file: h5py.File, path: str | Path) -> tuple[str, ...]:
    """Return the names of the classes, empty where the file does not hold them."""
    data = file.get("extra/keys")
    if data is None:
        return ()
    if not isinstance(data, h5py.Dataset) or data.ndim != 1 or data.dtype.kind not in "SO":
        raise InputError(f"{path}: extra/keys must be a list of texts, one a class.")
    return tuple(key.decode(errors="replace") if isinstance(key, bytes) else str(key) for key in data[:])


def _flatten(file: h5py.File, name: str, path: str | Path) -> tuple[np.ndarray, np.ndarray]:
    """Return a variable-length data set as one array and its offsets."""
    data = file.get(name)
    if not isinstance(data, h5py.Dataset) or data.ndim != 1:
        raise InputError(f"{path}: has no list {name}; the layout of SHD is needed.")
    inner = h5py.check_vlen_dtype(data.dtype)
    if not isinstance(inner, np.dtype) or inner.kind not in "fiu":  # h5py gives texts a Python type
        raise InputError(f"{path}: {name} must hold one array of numbers a word, found {data.dtype}.")
    rows = data[:]
    offsets = np.concatenate([[0], np.cumsum([len(row) for row in rows], dtype=np.int64)])
    return (np.concatenate(rows) if len(rows) else np.zeros(0, inner)), offsets


def _column(file: h5py.File, name: str, path: str | Path, least: int, end: int) -> np.ndarray:
    """Return a list of whole numbers from ``least`` to before ``end``."""
    data = file.get(name)
    if not isinstance(data, h5py.Dataset) or data.ndim != 1 or data.dtype.kind not in "iu":
        raise InputError(f"{path}: {name} must be a list of whole numbers, one a word.")
    values = data[:]
    wrong = np.flatnonzero((values < least) | (values >= end))
    if len(wrong):
        raise InputError(
            f"{path}: word {wrong[0]} has a value in {name} outside {least} to {end - 1}: {values[wrong[0]]}."
        )
    return values.astype(np.int64)


def _check(events: Events, time_offsets: np.ndarray, unit_offsets: np.ndarray, path: str | Path) -> None:
    words = len(events)
    if words == 0:
        raise InputError(f"{path}: holds no words.")
    for name, length in (
        ("spikes/times", len(time_offsets) - 1),
        ("spikes/units", len(unit_offsets) - 1),
        ("extra/speaker", len(events.speakers)),
    ):
        if length != words:
            raise InputError(f"{path}: {name} has {length} words but labels has {words}.")
    counts = np.diff(time_offsets)
    different = np.flatnonzero(counts != np.diff(unit_offsets))
    if len(different):
        raise InputError(f"{path}: word {different[0]} has unequally many times and units.")
    if (counts == 0).any():
        raise InputError(f"{path}: word {np.flatnonzero(counts == 0)[0]} has no spikes; remove it.")

    def refuse(wrong: np.ndarray, values: np.ndarray, what: str) -> None:
        found = np.flatnonzero(wrong)
        if len(found):
            word = int(np.searchsorted(time_offsets, found[0], side="right")) - 1
            raise InputError(f"{path}: word {word} has {what} {values[found[0]]}.")

    times, units = events.times, events.units
    # Half-precision numbers from 0 up are in the order of their bits, which are far quicker to compare.
    bits = times.view(np.uint16) if times.dtype == np.float16 else None
    if bits is not None and bits.max() < _HALF_INFINITY:
        times = bits
    else:
        refuse(~np.isfinite(times), times, "a time that is no number:")
        refuse(times < 0, times, "a negative time:")
    earlier = 1 + np.flatnonzero(times[1:] < times[:-1])
    earlier = earlier[~np.isin(earlier, time_offsets)]
    if len(earlier):
        word = int(np.searchsorted(time_offsets, earlier[0], side="right")) - 1
        before, after = events.times[earlier[0] - 1 : earlier[0] + 1]
        raise InputError(f"{path}: word {word} has times that do not ascend: {after} after {before}.")
    if units.dtype.kind != "u" or units.max() >= N_CHANNELS:
        refuse(
            (units < 0) | (units >= N_CHANNELS) | (units != np.floor(units)),
            units,
            f"a unit outside 0 to {N_CHANNELS - 1}:",
        )
