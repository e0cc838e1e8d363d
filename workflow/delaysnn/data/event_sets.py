"""Data sets of events that tonic reads: what each is, and its samples as events of one row of channels."""

import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from delaysnn.core.errors import InputError
from delaysnn.core.files import disk_sentence
from delaysnn.core.growing import Growing
from delaysnn.core.sensor import Sensor, count_channels, flatten
from delaysnn.data.events import Events

_log = logging.getLogger(__name__)
_BY_TRAIN: Mapping[str, Mapping[str, Any]] = {"train": {"train": True}, "test": {"train": False}}
# Not all of these pages name a licence.
_PAGE = "see {}"
_SHOWN_S = 10


@dataclass(frozen=True)
class EventSet:
    """One of tonic's data sets.

    Attributes:
        classes: how many.
        sensor: size along x, along y, and polarities; one row of channels has 1 and 1 of the latter.
        citation, licence: of the data set.
        roles: what tonic's class is told for each file.
        cut: samples are cut out of longer recordings, so that their times count from their first event here.
        speakers: tonic's attribute that holds who spoke or moved, for each sample; None where it does not say.
    """

    classes: int
    sensor: Sensor
    citation: str
    licence: str
    roles: Mapping[str, Mapping[str, Any]] = field(default_factory=lambda: _BY_TRAIN)
    cut: bool = False
    speakers: str | None = None


SETS = {
    "NMNIST": EventSet(
        *(10, (34, 34, 2), "N-MNIST, Orchard et al., Frontiers in Neuroscience 2015"),
        _PAGE.format("garrickorchard.com/datasets/n-mnist"),
    ),
    "DVSGesture": EventSet(
        *(11, (128, 128, 2), "DVS128 Gesture, Amir et al., CVPR 2017"),
        _PAGE.format("research.ibm.com/dvsgesture"),
        cut=True,
        speakers="users",
    ),
    "POKERDVS": EventSet(
        *(4, (35, 35, 2), "POKER-DVS, Serrano-Gotarredona and Linares-Barranco, Frontiers in Neuroscience 2015"),
        _PAGE.format("www2.imse-cnm.csic.es/caviar/POKERDVS.html"),
        cut=True,
    ),
    "NTIDIGITS18": EventSet(
        *(11, (64, 1, 1), "N-TIDIGITS18, Anumula et al., Frontiers in Neuroscience 2018"),
        _PAGE.format("sensors.ini.uzh.ch"),
        {role: {**told, "single_digits": True} for role, told in _BY_TRAIN.items()},
    ),
    "SMNIST": EventSet(
        *(10, (99, 1, 1), "Spiking sequential MNIST, as tonic makes it of MNIST, LeCun et al., 1998"),
        _PAGE.format("yann.lecun.com/exdb/mnist"),
    ),
    "SHD": EventSet(
        *(20, (700, 1, 1), "Spiking Heidelberg Digits, Cramer et al., IEEE TNNLS 2020", "CC BY 4.0"),
        speakers="speaker",
    ),
    "SSC": EventSet(
        *(35, (700, 1, 1), "Spiking Speech Commands, Cramer et al., IEEE TNNLS 2020", "CC BY 4.0"),
        {"train": {"split": "train"}, "validation": {"split": "valid"}, "test": {"split": "test"}},
    ),
}


@dataclass(frozen=True)
class Reading:
    """How samples are read.

    Attributes:
        start_s, duration_s: events from the first, for as long as the second, seconds; times then count from the first.
        downsample: how many neighbours along x, and along y where there are several rows, become one.
        merged: whether both polarities become one.
        most: how many samples at most, None for all of them.
    """

    start_s: float
    duration_s: float
    downsample: int = 1
    merged: bool = False
    most: int | None = None

    def sensor(self, whole: Sensor) -> Sensor:
        """Return what is left of a sensor."""
        width, height, polarities = whole
        return -(-width // self.downsample), -(-height // self.downsample), 1 if self.merged else polarities


def read_set(name: str, role: str, folder: str | Path, reading: Reading) -> Events:
    """Read one file or folder of a data set through tonic, which downloads what it does not find.

    Raises:
        InputError: tonic cannot open or download it, or a sample cannot be used.
    """
    about = SETS[name]
    _log.info("%s, %s: opened by tonic in %s, which downloads and unpacks what is not there", name, role, folder)
    data, shown = _open(name, folder, about.roles[role]), time.monotonic()
    times, units, lengths, labels, speakers, whole = Growing(np.float16), Growing(np.uint16), [0], [], [], 0
    order = _order(data)
    if reading.most is not None and reading.most < len(order):
        # Evenly, since some sets are in the order of their classes.
        order = order[np.arange(reading.most) * len(order) // reading.most]
    known = None if about.speakers is None else np.asarray(getattr(data, about.speakers))
    for index in order.tolist():
        where = f"{folder}: sample {index} of tonic's {name} ({role})"
        events, label = _read(data, index, where)
        own_times, own_units = _convert(events, about, reading, where)
        if not 0 <= label < about.classes:
            raise InputError(f"{where} has the class {label}; 0 to {about.classes - 1} are needed.")
        times.add(own_times)
        units.add(own_units)
        lengths.append(len(own_times))
        whole += len(events)
        labels.append(label)
        speakers.append(-1 if known is None else int(known[index]))
        if time.monotonic() - shown > _SHOWN_S:
            shown = time.monotonic()
            _log.info("%s, %s: %d of %d samples", name, role, len(labels), len(order))
    if not labels:
        raise InputError(f"{folder}: tonic finds no sample of {name} ({role}) there.")
    offsets = np.cumsum(lengths, dtype=np.int64)
    _log.info("%s, %s: %d of %d events are outside of the window", name, role, whole - offsets[-1], whole)
    channels, who = count_channels(reading.sensor(about.sensor)), np.array(speakers, np.int64)
    return Events(offsets, times.taken(), units.taken(), np.array(labels, np.int64), who, _keys(data), channels)


def _open(name: str, folder: str | Path, told: Mapping[str, Any]) -> Any:
    import tonic  # takes seconds

    # tonic checks next to nothing, so that a file that is broken or absent may fail anywhere in it.
    try:
        return getattr(tonic.datasets, name)(str(folder), **told)
    except Exception as error:
        _raise_of_disk(error)
        raise InputError(
            f"{folder}: tonic can neither open nor download {name} ({_said(error)}); docs/data.md has the files that "
            "it looks for."
        ) from None


def _order(data: Any) -> np.ndarray:
    """Return the samples in an order that does not depend on the file system, int64 [samples]."""
    files = getattr(data, "data", None)
    if isinstance(files, list) and files and isinstance(files[0], str):
        return np.array(sorted(range(len(files)), key=files.__getitem__))
    if isinstance(files, list) and files:
        return np.argsort(data.targets, kind="stable")
    return np.arange(len(data))


def _read(data: Any, index: int, where: str) -> tuple[np.ndarray, int]:
    try:
        events, label = data[index]
        return events, int(label)
    except Exception as error:
        _raise_of_disk(error)
        raise InputError(f"{where} cannot be read ({_said(error)}).") from None


def _convert(events: np.ndarray, about: EventSet, reading: Reading, where: str) -> tuple[np.ndarray, np.ndarray]:
    """Return times (seconds, float16, ascending) and channels (uint16) of a sample's events within the window."""
    if not len(events):
        raise InputError(f"{where} has no events.")
    times = events["t"].astype(np.int64)  # microseconds
    if about.cut:
        times -= times.min()
    width, height, polarities = about.sensor
    x, polarity = events["x"], events["p"].astype(np.int64)
    y = events["y"] if "y" in (events.dtype.names or ()) else np.zeros(len(events), np.int64)
    # Of a single polarity tonic writes 1.
    polarity -= polarities == 1
    for what, values, end in (("x", x, width), ("y", y, height), ("polarity", polarity, polarities)):
        if values.min() < 0 or values.max() >= end:
            wrong = values[(values < 0) | (values >= end)][0]
            raise InputError(f"{where} has an event outside of the sensor: {what} {wrong}, from 0 to {end - 1}.")
    if times.min() < 0:
        raise InputError(f"{where} has a time that is negative or no number: {times.min()} us.")
    start, length = round(1e6 * reading.start_s), round(1e6 * reading.duration_s)
    times -= start
    inside = (times >= 0) & (times < length)
    if not inside.any():
        raise InputError(
            f"{where} has no event within {reading.start_s} to {reading.start_s + reading.duration_s} s; its times are "
            f"{(times.min() + start) / 1e6} to {(times.max() + start) / 1e6} s."
        )
    if (times[1:] < times[:-1]).any():
        order = np.argsort(times, kind="stable")
        times, x, y, polarity = (values[order] for values in (times, x, y, polarity))
        inside = inside[order]
    step = reading.downsample
    kept = np.zeros_like(polarity) if reading.merged else polarity
    units = flatten(x // step, y // step, kept, reading.sensor(about.sensor))
    return (times[inside] / 1e6).astype(np.float16), units[inside].astype(np.uint16)


def _keys(data: Any) -> tuple[str, ...]:
    """Return the names of the classes, as far as tonic has them."""
    names = data.classes if hasattr(data, "classes") else getattr(data, "class_map", ())
    return tuple(name.decode(errors="replace") if isinstance(name, bytes) else str(name) for name in names)


def _said(error: Exception) -> str:
    return " ".join(f"{type(error).__name__}: {error}".split())[:300]


def _raise_of_disk(error: Exception) -> None:
    if isinstance(error, OSError) and disk_sentence(error):
        raise error
