"""Spike events in the layout of the Spiking Heidelberg Digits. All events are read and written here."""

import errno
import io
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import h5py
import numpy as np

from delaysnn.core.errors import InputError
from delaysnn.core.files import atomic
from delaysnn.data.layout import (
    MOST,
    check_counts,
    check_lengths,
    check_times,
    check_units,
    read_column,
    read_keys,
    read_lists,
)


@dataclass(frozen=True)
class Events:
    """Spikes of many samples as flat arrays.

    Attributes:
        offsets: int64 [samples + 1]; sample ``i`` owns the spikes ``offsets[i]:offsets[i + 1]``.
        times: float16 [spikes]; seconds from the sample's start, 0 or more, ascending within a sample.
        units: uint16 [spikes]; channel, 0 to ``channels - 1``.
        labels: int64 [samples]; class, 0 or more.
        speakers: int64 [samples]; number of the speaker, -1 where the file does not say.
        keys: names of the classes, in the order of the labels; empty where the file does not say.
        channels: number of channels, silent ones included.

    Examples:
        >>> import numpy as np
        >>> times, units = np.array([0.1, 0.3]), np.array([5, 2])  # one sample of two spikes
        >>> events = Events.from_samples([times], [units], labels=[0], speakers=[-1], keys=["left"], channels=8)
        >>> events.offsets.tolist()
        [0, 2]
    """

    offsets: np.ndarray
    times: np.ndarray
    units: np.ndarray
    labels: np.ndarray
    speakers: np.ndarray
    keys: tuple[str, ...]
    channels: int

    def __len__(self) -> int:
        return len(self.labels)

    @classmethod
    def from_samples(
        cls,
        times: Sequence[np.ndarray],
        units: Sequence[np.ndarray],
        labels: Sequence[int],
        speakers: Sequence[int],
        keys: Sequence[str],
        channels: int,
    ) -> "Events":
        """Collect samples.

        Args:
            times: of each sample, seconds from its start, ascending, float [spikes].
            units: of each sample, the channel of each spike, int [spikes].
            labels: class of each sample.
            speakers: speaker of each sample, -1 where it is unknown.
            keys: names of the classes.
            channels: number of channels.
        """
        return cls(
            np.concatenate([[0], np.cumsum([len(sample) for sample in times])]),
            np.concatenate(times).astype(np.float16, copy=False),
            np.concatenate(units).astype(np.uint16, copy=False),
            np.array(labels, np.int64),
            np.array(speakers, np.int64),
            tuple(keys),
            channels,
        )

    def select(self, samples: np.ndarray) -> "Events":
        """Return the given samples (int [count]) as events of their own."""
        offsets = np.concatenate([[0], np.cumsum(np.diff(self.offsets)[samples])])
        own = [slice(self.offsets[sample], self.offsets[sample + 1]) for sample in samples]
        times, units = (np.concatenate([flat[:0], *(flat[part] for part in own)]) for flat in (self.times, self.units))
        labels, speakers = self.labels[samples], self.speakers[samples]
        return replace(self, offsets=offsets, times=times, units=units, labels=labels, speakers=speakers)


def write_events(path: str | Path, events: Events) -> None:
    """Write samples in SHD layout, atomically; the same samples give the same bytes."""
    # In memory first: on a full disk HDF5 crashes when it closes the file.
    content = io.BytesIO()
    with h5py.File(content, "w") as file:
        # Newer layouts than this default would keep the time of writing.
        for name, flat in (("times", events.times), ("units", events.units)):
            data = file.create_dataset(f"spikes/{name}", (len(events),), h5py.vlen_dtype(flat.dtype))
            for sample in range(len(events)):
                data[sample] = flat[events.offsets[sample] : events.offsets[sample + 1]]
        file["labels"] = events.labels.astype(np.uint16)
        file["extra/speaker"] = events.speakers.astype(np.int16)
        file["extra/keys"] = np.array([key.encode() for key in events.keys], dtype="S")
    with atomic(path) as temporary:
        temporary.write_bytes(content.getbuffer())


def read_events(path: str | Path, channels: int, unit: str | None = None) -> Events:
    """Read and check a file in SHD layout.

    Args:
        path: an HDF5 file.
        channels: number of channels of the data; the layout does not store it.
        unit: unit of the times, ``s``, ``ms`` or ``us``; None: seconds.

    Raises:
        InputError: the file is missing, is not HDF5, lacks a data set, or holds an impossible value. The message names
            the file, the sample and the value.

    Examples:
        >>> read_events("shd_test.h5", channels=700)  # doctest: +SKIP
    """
    try:
        with h5py.File(path, "r") as file:
            times, units = (read_lists(file, f"spikes/{name}", path) for name in ("times", "units"))
            keys = read_keys(file, path)
            # A class for each key, and what 16 bits hold otherwise.
            labels = read_column(file, "labels", path, 0, len(keys) or MOST)
            known = file.get("extra/speaker") is not None
            speakers = read_column(file, "extra/speaker", path, -1, MOST) if known else np.full(len(labels), -1)
    except FileNotFoundError:
        raise InputError(f"{path}: there is no such file.") from None
    except (OSError, RuntimeError) as error:
        raise InputError(f"{path}: {_why_unread(error)}") from None
    lengths = {"spikes/times": len(times[1]) - 1, "spikes/units": len(units[1]) - 1, "extra/speaker": len(speakers)}
    check_lengths(lengths, len(labels), path)
    check_counts(times[1], units[1], path)
    return checked(Events(times[1], times[0], units[0], labels, speakers, keys, channels), path, unit)


def checked(events: Events, path: str | Path, unit: str | None = None) -> Events:
    """Check times and units as a file holds them, and return the events in seconds.

    Args:
        unit: of the times, as of :func:`read_events`.

    Raises:
        InputError: with the sample and the value.
    """
    check_times(events.times, events.offsets, path, unit)
    check_units(events.units, events.offsets, events.channels, path)
    parts = {"ms": 1e3, "us": 1e6}.get(unit or "")
    return events if parts is None else replace(events, times=events.times / np.float64(parts))


def _why_unread(error: Exception) -> str:
    """Say why HDF5 cannot read a file, and what to do."""
    known = {
        errno.EISDIR: "is a folder; an HDF5 file is needed.",
        errno.EACCES: "must not be read; change its rights.",
        errno.EAGAIN: "is open for writing in another program; close it there.",
    }
    if said := known.get(getattr(error, "errno", 0)):
        return said
    text = " ".join(str(error).split())
    if "filter" in text or "plugin" in text:
        return f"is packed by an HDF5 filter that is not installed here ({text}); write it with gzip or none."
    return f"cannot be read as HDF5 ({text}); fetch or make it again."
