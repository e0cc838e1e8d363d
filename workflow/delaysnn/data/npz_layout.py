"""Events of a user in an npz: in SHD's layout, or in tonic's, with the fields t, x, y and p.

An array that cannot be used raises an InputError that names the file, the place and the value.
"""

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from delaysnn.core.arrays import read_npz
from delaysnn.core.errors import InputError
from delaysnn.core.sensor import Sensor, flatten
from delaysnn.data.layout import MOST, check_keys, check_lengths, refuse_first, whole_numbers

_FIELDS = ("t", "x", "y", "p")
_COMMON = ("labels", "offsets", "speakers", "keys")
_NEEDED = (
    "labels and offsets are needed, with times and units, or with events of the fields t, x, y and p, or these as "
    "arrays of their own; speakers and keys may be there"
)

Raw = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray, tuple[str, ...]]


def read_npz_layout(path: str | Path, sensor: Sensor | None) -> Raw:
    """Return offsets, times, units, labels, speakers and keys of an npz, times and units as they are written.

    Args:
        path: of the npz.
        sensor: its shape, by which x, y and p become channels; None where units are written.

    Raises:
        InputError: the file is not npz, lacks an array, has one that is not known, or holds a value that cannot be.
    """
    arrays = {
        name: _in_order(array)
        for name, array in read_npz(path, advice="write it anew, without pickled objects").items()
    }
    fields, layout = _fields_of(arrays, path), "times and units"
    if not fields:
        fields = {name: _numbers(arrays, name, path) for name in ("times", "units")}
    else:
        layout = "events"
    keys = _keys(arrays, path)
    labels = _whole(arrays, "labels", path, 0, len(keys) or MOST)
    speakers = _whole(arrays, "speakers", path, -1, MOST) if "speakers" in arrays else np.full(len(labels), -1)
    lengths = {name: len(array) for name, array in fields.items()}
    count = next(iter(lengths.values()))
    for name, length in lengths.items():
        if length != count:
            raise InputError(f"{path}: {name} has {length} events but {next(iter(lengths))} has {count}.")
    offsets = _offsets(arrays, count, path)
    check_lengths({"offsets, without the last, ": len(offsets) - 1, "speakers": len(speakers)}, len(labels), path)
    if layout == "events":
        if sensor is None:
            raise InputError(
                f"{path}: has events at x and y, but files.sensor is left out; write its sizes along x and y and how "
                "many polarities it has."
            )
        return offsets, fields["t"], _channels(fields, offsets, sensor, path), labels, speakers, keys
    return offsets, fields["times"], fields["units"], labels, speakers, keys


def _fields_of(arrays: dict[str, np.ndarray], path: str | Path) -> dict[str, np.ndarray]:
    """Return t, x, y and p, those that are there; nothing where the npz has times and units."""
    own = [name for name in ("times", "units") if name in arrays]
    columns = [name for name in _FIELDS if name in arrays]
    ways = [bool(own), "events" in arrays, bool(columns)]
    unknown = sorted(set(arrays) - {*_COMMON, *_FIELDS, "times", "units", "events"})
    if unknown or sum(ways) != 1:
        raise InputError(f"{path}: has {', '.join(sorted(arrays)) or 'no arrays'}; {_NEEDED}.")
    if own:
        return {}
    found = {name: arrays[name] for name in columns}
    if not columns:
        events = arrays["events"]
        names = events.dtype.names or ()
        if events.ndim != 1 or not {"t", "x"} <= {*names} <= {*_FIELDS}:
            has = f"the fields {', '.join(names)}" if names else f"{events.ndim} axes of {events.dtype}"
            raise InputError(f"{path}: events has {has}; a structured array with the fields t, x, y and p is needed.")
        found = {name: events[name] for name in names}
    for name in ("t", "x"):
        if name not in found:
            raise InputError(f"{path}: has {', '.join(found)} but no {name}; {_NEEDED}.")
    return {name: _numbers(found, name, path) for name in _FIELDS if name in found}


def _channels(fields: Mapping[str, np.ndarray], offsets: np.ndarray, sensor: Sensor, path: str | Path) -> np.ndarray:
    """Return the channel of every event, uint16 [events]."""
    places = []
    for name, size in zip(("x", "y", "p"), sensor, strict=True):
        if name not in fields:
            if size > 1:
                raise InputError(f"{path}: has no {name}, of which files.sensor has {size}; add it, or write 1 there.")
            places.append(np.zeros(len(fields["x"]), np.int64))
            continue
        values = fields[name]
        wrong = (values < 0) | (values >= size)
        if values.dtype.kind == "f":
            wrong |= values != np.floor(values)
        if wrong.any():
            what = f"a value of {name} outside 0 to {size - 1} (files.sensor):"
            refuse_first(wrong, values, offsets, what, path, _advice(name, values, size))
        places.append(values.astype(np.int64))
    x, y, polarity = places
    return flatten(x, y, polarity, sensor).astype(np.uint16)


def _advice(name: str, values: np.ndarray, size: int) -> str:
    """Say what the values of a field seem to be counted by."""
    if name == "p" and set(np.unique(values).tolist()) == {-1, 1}:
        return ". Polarities count from 0, write 0 for -1"
    from_one = values.min() == 1 and values.max() == size
    return f". It counts from 0, here {name} seems to count from 1" if from_one else ""


def _numbers(arrays: Mapping[str, np.ndarray], name: str, path: str | Path) -> np.ndarray:
    """Return a list of real numbers; true and false count as 1 and 0."""
    if name not in arrays:
        raise InputError(f"{path}: has no {name}; {_NEEDED}.")
    array = arrays[name]
    if array.ndim != 1 or array.dtype.kind not in "fiub":
        what = f"has {array.ndim} axes" if array.ndim != 1 else f"holds {array.dtype}"
        raise InputError(f"{path}: {name} {what}; a list of real numbers, one an event, is needed.")
    return array.astype(np.uint8) if array.dtype.kind == "b" else array


def _whole(arrays: Mapping[str, np.ndarray], name: str, path: str | Path, least: int, end: int) -> np.ndarray:
    """Return a list of whole numbers from ``least`` to before ``end``, int64 [samples]."""
    if name not in arrays:
        raise InputError(f"{path}: has no {name}; {_NEEDED}.")
    values = arrays[name]
    if values.ndim != 1:
        raise InputError(f"{path}: {name} has {values.ndim} axes; a list of whole numbers, one a sample, is needed.")
    return whole_numbers(values, name, path, least, end)


def _offsets(arrays: Mapping[str, np.ndarray], count: int, path: str | Path) -> np.ndarray:
    """Return where each sample's events begin, and the end, int64 [samples + 1]."""
    offsets = _whole(arrays, "offsets", path, 0, count + 1)
    if not len(offsets) or offsets[0] != 0 or offsets[-1] != count:
        ends = f"{offsets[0]} to {offsets[-1]}" if len(offsets) else "nothing"
        raise InputError(f"{path}: offsets go from {ends}; 0 to the number of events, {count}, is needed.")
    falls = np.flatnonzero(np.diff(offsets) < 0)
    if len(falls):
        raise InputError(f"{path}: sample {falls[0]} ends before it begins, by offsets; they must not descend.")
    return offsets


def _keys(arrays: Mapping[str, np.ndarray], path: str | Path) -> tuple[str, ...]:
    """Return the names of the classes, empty where the file does not hold them."""
    if "keys" not in arrays:
        return ()
    if arrays["keys"].ndim != 1 or arrays["keys"].dtype.kind not in "SU":
        raise InputError(f"{path}: keys must be a list of texts, one a class.")
    values = arrays["keys"].tolist()
    keys = tuple(key.decode(errors="replace") if isinstance(key, bytes) else key for key in values)
    check_keys(keys, "keys", path)
    return keys


def _in_order(array: np.ndarray) -> np.ndarray:
    """Return an array in this machine's byte order."""
    return array.astype(array.dtype.newbyteorder("="), copy=False)
