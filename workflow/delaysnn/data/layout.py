"""The layout of the Spiking Heidelberg Digits in HDF5: how it is read, and which values it may hold.

Any other value raises an InputError that names the file, the place and the value.
"""

from collections.abc import Mapping
from pathlib import Path

import h5py
import numpy as np

from delaysnn.core.errors import InputError
from delaysnn.core.growing import Growing

# What 16 bits hold.
MOST = 1 << 15
_HALF_INFINITY = 0x7C00
_SAMPLES_AT_ONCE = 512
_LISTS = "an array a sample (vlen) is needed"
_WHOLE = "a list of whole numbers, one a sample, is needed"
_IN_NPZ = {"extra/speaker": "speakers", "extra/keys": "keys"}
# Nothing that lasts so long has spikes at full seconds alone.
_LONGEST_WHOLE_S = 2
# The units of times that are whole numbers, by the least last one.
_WHOLE_UNITS = ((1e8, "nanoseconds"), (1e5, "microseconds"), (100, "milliseconds"), (0, "time steps"))


def read_lists(file: h5py.File, name: str, path: str | Path) -> tuple[np.ndarray, np.ndarray]:
    """Return a variable-length data set as one array, in this machine's byte order, and its offsets."""
    data = _dataset(file, name, _LISTS, path)
    inner = h5py.check_vlen_dtype(data.dtype)
    if inner is None:
        raise InputError(f"{path}: {name} holds one {_kind(data.dtype)} a sample; {_LISTS}.")
    if not isinstance(inner, np.dtype) or inner.kind not in "fiu":  # h5py gives texts a Python type
        raise InputError(f"{path}: {name} holds arrays of {_kind(inner)}; real numbers are needed.")
    lengths, found = [0], None
    for first in range(0, len(data), _SAMPLES_AT_ONCE):
        rows = data[first : first + _SAMPLES_AT_ONCE]
        lengths += map(len, rows)
        some = np.concatenate(rows)
        found = found or Growing(some.dtype)
        found.add(some)
    offsets = np.cumsum(lengths, dtype=np.int64)
    flat = found.taken() if found else np.zeros(0, inner)
    # h5py hands out the bytes of variable-length numbers as the file holds them, whatever their order.
    return (flat if inner.isnative else flat.view(inner).astype(inner.newbyteorder("="))), offsets


def read_column(file: h5py.File, name: str, path: str | Path, least: int, end: int) -> np.ndarray:
    """Return a list of whole numbers from ``least`` to before ``end``, int64 [samples]."""
    data = _dataset(file, name, _WHOLE, path)
    return whole_numbers(data[:], name, path, least, end)


def whole_numbers(values: np.ndarray, name: str, path: str | Path, least: int, end: int) -> np.ndarray:
    """Check that a list has whole numbers from ``least`` to before ``end`` alone, and return it, int64 [samples]."""
    if values.dtype.kind not in "iu":
        texts = name == "labels" and values.dtype.kind in "SOU"
        advice = f": each class's place in {called('extra/keys', path)}" if texts else ""
        raise InputError(f"{path}: {name} holds {_kind(values.dtype)}; {_WHOLE}{advice}.")
    wrong = np.flatnonzero((values < least) | (values >= end))
    if len(wrong):
        from_one = bool(name == "labels" and values.min() == 1 and values.max() == end)
        raise InputError(
            f"{path}: sample {wrong[0]} has a value in {name} outside {least} to {end - 1}: {values[wrong[0]]}."
            + from_one * " Classes count from 0, these seem to count from 1."
        )
    return values.astype(np.int64)


def read_keys(file: h5py.File, path: str | Path) -> tuple[str, ...]:
    """Return the names of the classes, empty where the file does not hold them."""
    data = file.get("extra/keys")
    if data is None:
        return ()
    if not isinstance(data, h5py.Dataset) or data.ndim != 1 or data.dtype.kind not in "SO":
        raise InputError(f"{path}: extra/keys must be a list of texts, one a class.")
    keys = tuple(key.decode(errors="replace") if isinstance(key, bytes) else str(key) for key in data[:])
    check_keys(keys, "extra/keys", path)
    return keys


def called(name: str, path: str | Path) -> str:
    """Return what a file calls a data set of SHD's layout, for errors: an npz has other names for some."""
    return _IN_NPZ.get(name, name) if Path(path).suffix.lower() == ".npz" else name


def check_keys(keys: tuple[str, ...], name: str, path: str | Path) -> None:
    """Check that every class has a name of its own; ``name`` is what the file calls them."""
    for index, key in enumerate(keys):
        if not key or key in keys[:index]:
            raise InputError(
                f"{path}: {name} calls class {index} {key!r}"
                + (f", as class {keys.index(key)}" if key else "")
                + "; every class needs a name of its own."
            )


def check_lengths(lengths: Mapping[str, int], samples: int, path: str | Path) -> None:
    """Check that every data set has an entry for each of the ``samples`` labels."""
    if samples == 0:
        raise InputError(f"{path}: holds no samples.")
    for name, length in lengths.items():
        if length != samples:
            raise InputError(f"{path}: {name} has {length} samples but labels has {samples}.")


def check_counts(time_offsets: np.ndarray, unit_offsets: np.ndarray, path: str | Path) -> None:
    """Check that every sample has spikes, and as many times as units."""
    counts, units = np.diff(time_offsets), np.diff(unit_offsets)
    different = np.flatnonzero(counts != units)
    if len(different):
        sample = different[0]
        raise InputError(
            f"{path}: sample {sample} has unequally many times and units, {counts[sample]} and {units[sample]}."
        )
    empty = np.flatnonzero(counts == 0)
    if len(empty):
        others = f", like {len(empty) - 1} more" if len(empty) > 1 else ""
        raise InputError(f"{path}: sample {empty[0]} has no spikes{others}; remove it.")


def check_times(times: np.ndarray, offsets: np.ndarray, path: str | Path, unit: str | None = None) -> None:
    """Check that times are seconds, 0 or more, and ascend within every sample.

    Args:
        times: [spikes] of all samples.
        offsets: int64 [samples + 1], where each sample's spikes begin.
        unit: what ``files.time_unit`` says, which of another unit than ``s`` takes whole numbers; None where no key
            says it.
    """
    # Half-precision numbers from 0 up are in the order of their bits, which are far quicker to compare.
    bits = times.view(np.uint16) if times.dtype == np.float16 else None
    quick = bits is not None and bits.max() < _HALF_INFINITY
    if not quick:
        half = ", and half-precision numbers end at 65504; times must be seconds" * (bits is not None)
        refuse_first(np.isnan(times), times, offsets, "a time that is no number:", path)
        refuse_first(np.isinf(times), times, offsets, "a time that is no number:", path, half)
        refuse_first(times < 0, times, offsets, "a negative time:", path)
    order = times if bits is None or not quick else bits
    earlier = 1 + np.flatnonzero(order[1:] < order[:-1])
    earlier = earlier[~np.isin(earlier, offsets)]
    if len(earlier):
        sample = int(np.searchsorted(offsets, earlier[0], side="right")) - 1
        before, after = times[earlier[0] - 1 : earlier[0] + 1]
        raise InputError(f"{path}: sample {sample} has times that do not ascend: {after} after {before}.")
    last = float(times[order.argmax()])
    if unit in ("ms", "us"):
        return
    whole = times.dtype.kind in "iu" or (last >= _LONGEST_WHOLE_S and (times == np.floor(times)).all())
    if whole:
        guess = next(guess for least, guess in _WHOLE_UNITS if last >= least)
        key = {"milliseconds": "ms", "microseconds": "us"}.get(guess) if unit else None
        raise InputError(
            f"{path}: times must be seconds; all are whole numbers and the last is {last:.0f}, are these "
            f"{guess}? " + (f"Write files.time_unit: {key}." if key else "Turn them into seconds.")
        )


def check_units(units: np.ndarray, offsets: np.ndarray, n_channels: int, path: str | Path) -> None:
    """Check that units are channels, 0 to before ``n_channels``."""
    if units.dtype.kind != "u" or units.max() >= n_channels:
        from_one = bool(units.min() == 1 and units.max() == n_channels)
        refuse_first(
            (units < 0) | (units >= n_channels) | (units != np.floor(units)),
            *(units, offsets, f"a unit outside 0 to {n_channels - 1}:", path),
            ". Channels count from 0, these seem to count from 1" * from_one,
        )


def refuse_first(
    wrong: np.ndarray, values: np.ndarray, offsets: np.ndarray, what: str, path: str | Path, advice: str = ""
) -> None:
    """Refuse the first spike that is ``wrong``, bool [spikes], with its sample and value."""
    found = np.flatnonzero(wrong)
    if len(found):
        sample = int(np.searchsorted(offsets, found[0], side="right")) - 1
        raise InputError(f"{path}: sample {sample} has {what} {values[found[0]]}{advice}.")


def _dataset(file: h5py.File, name: str, needed: str, path: str | Path) -> h5py.Dataset:
    """Return a data set of one axis, or say what there is instead."""
    data = file.get(name)
    if data is None:
        there: list[str] = []
        file.visititems(lambda found, item: there.append(found) if isinstance(item, h5py.Dataset) else None)
        some = ", ".join(there[:8]) + ", ..." * (len(there) > 8)
        raise InputError(f"{path}: has no {name}, but {some or 'nothing'}; the layout of SHD is needed.")
    if not isinstance(data, h5py.Dataset):
        raise InputError(f"{path}: {name} is a group; {needed}.")
    if data.shape is None or data.ndim != 1:
        raise InputError(f"{path}: {name} has {data.ndim} axes; {needed}.")
    return data


def _kind(dtype: np.dtype | type) -> str:
    """Return what values of a type are called."""
    kind = np.dtype(dtype).kind
    return "texts" if kind in "SOU" else str(np.dtype(dtype))
