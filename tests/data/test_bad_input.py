"""Hundreds of malformed files: each ends in a message that names file, sample and value, and leaves nothing behind."""

import hashlib
import io
import re
import tempfile
import zipfile
from pathlib import Path

import h5py
import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from delaysnn.core.errors import InputError
from delaysnn.data.download import Archive, obtain
from delaysnn.data.events import Events, write_events

SAMPLES = 3
sample = st.integers(0, SAMPLES - 1)
spike = st.integers(0, 3)
outside_units = st.one_of(
    st.integers(700, 65535), st.integers(-(2**31), -1), st.integers(1, 1398).map(lambda n: n + 0.5)
)
float_units = st.floats(0.25, 699, width=32).filter(lambda unit: unit != int(unit))
bad_times = st.one_of(
    st.floats(-60000, -(2.0**-14), width=16).map(lambda value: ("a negative time", value)),
    st.sampled_from([np.nan, np.inf, -np.inf]).map(lambda value: ("no number", value)),
)


def replace_lists(file, name, dtype, change=lambda lists: lists):
    """Store the lists of a data set again in another type, after a change."""
    lists = change([np.array(values, dtype) for values in file[name][:]])
    del file[name]
    data = file.create_dataset(name, (len(lists),), h5py.vlen_dtype(np.dtype(dtype)))
    for index, values in enumerate(lists):
        data[index] = values


def replace(file, name, value):
    del file[name]
    file[name] = value


# Each damage to an HDF5 file returns (what to do to the open file, what the sentence must say).
def unit_outside(index, place, value):
    def change(lists):
        lists[index][place] = value
        return lists

    kind = np.float64 if isinstance(value, float) else np.int64
    named = f"sample {index} .*{re.escape(format(kind(value)))}"
    return lambda f: replace_lists(f, "spikes/units", kind, change), named


def time_outside(index, place, fault, precision):
    what, value = fault

    def change(lists):
        lists[index][place] = value
        return lists

    return (
        lambda f: replace_lists(f, "spikes/times", precision, change),
        f"sample {index} .*{what}: {re.escape(format(precision(value)))}",
    )


def times_unsorted(index, place, precision):
    def change(lists):
        lists[index][place : place + 2] = lists[index][place : place + 2][::-1]
        return lists

    return lambda f: replace_lists(f, "spikes/times", precision, change), f"sample {index} .*ascend: .* after "


def column_outside(name, index, value):
    def damage(file):
        values = file[name][:].astype(np.uint64 if value >= 0 else np.int64)
        values[index] = value
        replace(file, name, values)

    return damage, f"sample {index} .*{name}.*: {value}"


def label_without_keys(index, value):
    def damage(file):
        del file["extra/keys"]
        column_outside("labels", index, value)[0](file)

    return damage, f"sample {index} .*labels.*: {value}"


def silent(index):
    def change(lists):
        lists[index] = lists[index][:0]
        return lists

    def damage(file):
        replace_lists(file, "spikes/times", np.float16, change)
        replace_lists(file, "spikes/units", np.uint16, change)

    return damage, f"sample {index} has no spikes"


def shorter(name, index, count):
    def change(lists):
        lists[index] = lists[index][:-count]
        return lists

    kind = {"times": np.float16, "units": np.uint16}[name]
    return lambda f: replace_lists(f, f"spikes/{name}", kind, change), f"sample {index} has unequally many"


def fewer(name, count):
    def damage(file):
        if name.startswith("spikes"):
            kind = np.float16 if name.endswith("times") else np.uint16
            replace_lists(file, name, kind, lambda lists: lists[:count])
        else:
            replace(file, name, file[name][:count])

    return damage, "samples"


def missing(name):
    return lambda file: file.__delitem__(name), re.escape("spikes/times" if name == "spikes" else name)


def wrong_kind(name, value):
    return lambda file: replace(file, name, value), name


def another_type(name, dtype):
    def damage(file):
        del file[name]
        file.create_dataset(name, (SAMPLES,), h5py.vlen_dtype(dtype) if dtype is not str else h5py.string_dtype())

    return damage, re.escape(name)


def another_shape(name, shape):
    def damage(file):
        values = (
            [np.array(values, np.float64) for values in file[name][:]] if name.startswith("spikes") else [[1.0]] * 3
        )
        del file[name]
        if shape == "group":
            file.create_group(f"{name}/inside")
        else:
            file[name] = np.array(values) if shape == "rectangle" else np.array(values)[:, 0]

    what = {"group": "is a group", "rectangle": "has 2 axes", "flat": "holds .*float64"}[shape]
    return damage, f"{name} {what}.* is needed"


def another_unit(unit, factor, precision):
    def change(lists):
        return [np.round(values * factor) for values in lists]

    return (
        lambda f: replace_lists(f, "spikes/times", precision, lambda lists: change([v.astype("f8") for v in lists])),
        f"must be seconds; all are whole numbers and the last is {factor}, are these {unit}",
    )


def counted_from_one(name):
    def damage(file):
        if name == "labels":
            replace(file, name, file[name][:] + 1)
        else:
            replace_lists(file, name, np.uint16, lambda lists: [units + np.uint16(1) for units in lists])

    return damage, "seem to count from 1"


def named_alike(place, name):
    def damage(file):
        keys = [b"a", b"b"]
        keys[place] = name
        replace(file, "extra/keys", np.array(keys, "S1"))

    return damage, "extra/keys calls class . .*every class needs a name of its own"


kinds = st.sampled_from([7, 0.5, "text", np.zeros((3, 2)), np.array([0.0, 1.0, 0.0]), np.array([b"a", b"b"])])
hdf5_damages = st.one_of(
    st.builds(unit_outside, sample, spike, outside_units | float_units),
    st.builds(time_outside, sample, spike, bad_times, st.sampled_from([np.float16, np.float32, np.float64])),
    st.builds(times_unsorted, sample, st.integers(0, 2), st.sampled_from([np.float16, np.float64])),
    st.builds(column_outside, st.just("labels"), sample, st.integers(2, 2**64 - 1) | st.integers(-(2**63), -1)),
    st.builds(label_without_keys, sample, st.integers(2**15, 2**64 - 1)),
    st.builds(column_outside, st.just("extra/speaker"), sample, st.integers(2**15, 2**64 - 1) | st.integers(-999, -2)),
    st.builds(silent, sample),
    st.builds(shorter, st.sampled_from(["times", "units"]), sample, st.integers(1, 4)),
    st.builds(fewer, st.sampled_from(["spikes/times", "spikes/units", "labels", "extra/speaker"]), st.integers(0, 2)),
    st.builds(missing, st.sampled_from(["spikes", "spikes/times", "spikes/units", "labels"])),
    st.builds(
        wrong_kind, st.sampled_from(["spikes", "spikes/times", "spikes/units", "labels", "extra/speaker"]), kinds
    ),
    st.builds(wrong_kind, st.just("extra/keys"), st.sampled_from([7, "text", np.array([1, 2]), np.zeros((2, 2))])),
    st.builds(another_type, st.sampled_from(["spikes/times", "spikes/units"]), st.sampled_from([str, np.dtype("c8")])),
    st.builds(
        another_shape,
        st.sampled_from(["spikes/times", "spikes/units", "labels", "extra/speaker"]),
        st.sampled_from(["group", "rectangle", "flat"]),
    ),
    st.builds(
        another_unit,
        *(st.just("milliseconds"), st.integers(100, 99999), st.sampled_from([np.float32, np.float64, np.int64])),
    ),
    st.builds(another_unit, st.just("microseconds"), st.integers(100000, 9999999), st.just(np.uint32)),
    st.builds(another_unit, st.just("time steps"), st.integers(2, 99), st.sampled_from([np.float16, np.int16])),
    st.builds(counted_from_one, st.sampled_from(["labels", "spikes/units"])),
    st.builds(named_alike, st.just(0), st.sampled_from([b"b", b""])),
    st.builds(named_alike, st.just(1), st.sampled_from([b"a", b""])),
)


def hdf5(damage=lambda file: None):
    events = Events.from_samples(
        [np.array([0.0, 0.125, 0.5, 0.75, 1.0])] * SAMPLES, [np.array([0, 3, 40, 500, 699])] * SAMPLES, [0, 1, 0],
        [1, 2, 3], ["a", "b"], 700,
    )  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.h5"
        write_events(path, events)
        with h5py.File(path, "a") as file:
            damage(file)
        return path.read_bytes()


GOOD = hdf5()


def zipped(*members):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in members:
            # Without the time of writing, by which equal contents would count as several.
            archive.writestr(zipfile.ZipInfo(name), content)
    return packed.getvalue()


GOOD_ZIP = zipped(("samples.h5", GOOD))
PAYLOAD = 30 + len("samples.h5"), GOOD_ZIP.index(b"PK\x01\x02")


def flipped(place, bit):
    return GOOD_ZIP[:place] + bytes([GOOD_ZIP[place] ^ (1 << bit)]) + GOOD_ZIP[place + 1 :]


outside_names = st.builds(
    "{}{}.h5".format,
    st.sampled_from(["../", "../../", "/tmp/", "a/../../", "..\\", "/"]),
    st.from_regex(r"\A[a-z]{1,8}\Z"),
)
# (file, its bytes, what the sentence must say).
files = st.one_of(
    hdf5_damages.map(lambda fault: ("samples.h5", hdf5(fault[0]), fault[1])),
    st.integers(0, len(GOOD) - 1).map(lambda size: ("samples.h5", GOOD[:size], "HDF5")),
    st.binary(max_size=64).map(lambda content: ("samples.h5", content, "HDF5")),
    st.integers(0, len(GOOD_ZIP) - 1).map(lambda size: ("samples.h5.zip", GOOD_ZIP[:size], "cannot be unpacked")),
    st.binary(max_size=64).map(lambda content: ("samples.h5.zip", content, "cannot be unpacked")),
    st.builds(flipped, st.integers(PAYLOAD[0], PAYLOAD[1] - 1), st.integers(0, 7)).map(
        lambda content: ("samples.h5.zip", content, "cannot be unpacked")
    ),
    outside_names.map(lambda name: ("samples.h5.zip", zipped((name, GOOD)), f"{re.escape(name)}, outside its folder")),
    st.integers(0, len(GOOD) - 1).map(
        lambda size: ("samples.h5.zip", zipped(("samples.h5", GOOD[:size])), "cannot be used. .*HDF5")
    ),
    st.integers(2, 9).map(
        lambda count: (
            "samples.h5.zip",
            zipped(*((f"{i}.h5", GOOD) for i in range(count))),
            f"holds {count} HDF5 files",
        )
    ),
    st.text("abc", max_size=9).map(lambda text: ("samples.h5.zip", zipped(("a.txt", text)), "holds 0 HDF5 files")),
)


def test_the_undamaged_files_are_read():
    for name, content in (("samples.h5", GOOD), ("samples.h5.zip", GOOD_ZIP)):
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / name).write_bytes(content)
            archive = Archive("samples.h5.zip", hashlib.md5(content).hexdigest(), (), SAMPLES)
            assert len(obtain(archive, Path(folder) / "out/train.h5", folder, timeout_s=1, channels=700)) == SAMPLES


def test_every_malformed_file_gives_one_sentence_and_leaves_nothing():
    made = set()

    @settings(max_examples=700, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(files)
    def check(file):
        name, content, part = file
        made.add(content)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "in" / name
            path.parent.mkdir()
            path.write_bytes(content)
            archive = Archive("samples.h5.zip", hashlib.md5(content).hexdigest(), (), SAMPLES)
            target = Path(folder) / "out/train.h5"
            try:
                obtain(archive, target, path.parent, timeout_s=1, channels=700)
            except InputError as error:
                sentence = str(error)
            else:
                raise AssertionError(f"{name} was taken as good")
            assert sentence.startswith(f"{path}: ") and "\n" not in sentence
            assert re.search(part, sentence), (part, sentence)
            left = {found.relative_to(folder).as_posix() for found in Path(folder).rglob("*") if found.is_file()}
            assert left == {f"in/{name}"}

    check()
    assert len(made) >= 500
