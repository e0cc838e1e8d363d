import fcntl
import time

import h5py
import numpy as np
import pytest

from delaysnn.core.errors import InputError
from delaysnn.data.events import Events, read_events, write_events


@pytest.fixture
def events():
    return Events.from_samples(
        times=[np.array([0.0, 0.25]), np.array([0.5])],
        units=[np.array([0, 699]), np.array([3])],
        labels=[1, 0],
        speakers=[4, 7],
        keys=["zero", "one"],
        channels=700,
    )


def test_samples_come_back_as_written(tmp_path, events):
    write_events(tmp_path / "a.h5", events)
    again = read_events(tmp_path / "a.h5", 700)
    for name in ("offsets", "times", "units", "labels", "speakers"):
        assert (getattr(again, name) == getattr(events, name)).all()
    assert again.keys == ("zero", "one")


def test_the_layout_is_that_of_shd(tmp_path, events):
    write_events(tmp_path / "a.h5", events)
    with h5py.File(tmp_path / "a.h5") as file:
        assert h5py.check_vlen_dtype(file["spikes/times"].dtype) == np.float16
        assert h5py.check_vlen_dtype(file["spikes/units"].dtype) == np.uint16
        assert file["labels"][:].tolist() == [1, 0]
        assert file["extra/speaker"][:].tolist() == [4, 7]
        assert file["extra/keys"][:].tolist() == [b"zero", b"one"]


def test_the_same_samples_give_the_same_bytes_at_any_time(tmp_path, events):
    write_events(tmp_path / "a.h5", events)
    time.sleep(1.1)  # HDF5 counts seconds
    write_events(tmp_path / "b.h5", events)
    assert (tmp_path / "a.h5").read_bytes() == (tmp_path / "b.h5").read_bytes()


def test_selection_keeps_each_samples_spikes(events):
    chosen = events.select(np.array([1]))
    assert (chosen.times.tolist(), chosen.units.tolist(), chosen.labels.tolist()) == ([0.5], [3], [0])


def damaged(tmp_path, events, damage):
    path = tmp_path / "a.h5"
    write_events(path, events)
    with h5py.File(path, "a") as file:
        damage(file)
    return path


def put(file, name, value):
    del file[name]
    if isinstance(value, dict):
        file.create_group(name)
    else:
        file[name] = value


def lists(file, name, dtype, *samples):
    del file[name]
    data = file.create_dataset(name, (len(samples),), h5py.vlen_dtype(np.dtype(dtype)))
    for index, sample in enumerate(samples):
        data[index] = np.array(sample, dtype)


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda f: f["spikes/times"].__setitem__(1, np.array([np.nan], np.float16)), "sample 1 .* no number"),
        (lambda f: f["spikes/times"].__setitem__(0, np.array([0, -1], np.float16)), "sample 0 .* negative time: -1"),
        (lambda f: f["spikes/times"].__setitem__(0, np.array([1, 0], np.float16)), "sample 0 .* ascend: 0.0 after 1.0"),
        (
            lambda f: f["extra/speaker"].__setitem__(1, -2),
            "sample 1 has a value in extra/speaker outside -1 to 32767: -2",
        ),
        (lambda f: f["spikes/units"].__setitem__(0, np.array([5, 700], np.uint16)), "sample 0 .* 0 to 699: 700"),
        (lambda f: f["spikes/units"].__setitem__(1, np.array([1, 2], np.uint16)), "sample 1 has unequally many"),
        (lambda f: f["labels"].__setitem__(0, 9), "sample 0 has a value in labels outside 0 to 1: 9"),
        (lambda f: f["labels"].__setitem__(slice(None), [1, 2]), "sample 1 .* 0 to 1: 2. .* seem to count from 1"),
        (
            lambda f: lists(f, "spikes/units", "u2", [1, 700], [3]),
            "sample 0 .* 0 to 699: 700. Channels count from 0, these seem to count from 1",
        ),
        (lambda f: lists(f, "spikes/units", "u2", [1], [3, 4]), "sample 0 .* times and units, 2 and 1"),
        (lambda f: lists(f, "spikes/times", "i8", [5, 899997], [9]), "seconds; .* is 899997, are these microseconds"),
        (lambda f: lists(f, "spikes/times", "f4", [5, 899], [9]), "seconds; .* is 899, are these milliseconds"),
        (lambda f: lists(f, "spikes/times", "f8", [5, 4e9], [9]), "seconds; .* are these nanoseconds"),
        (lambda f: lists(f, "spikes/times", "f2", [5, 63], [9]), "seconds; .* is 63, are these time steps"),
        (lambda f: lists(f, "spikes/times", "i4", [0, 0], [0]), "seconds; all are whole numbers and the last is 0"),
        (
            lambda f: lists(f, "spikes/times", "f2", [0.5, np.inf], [0.25]),
            "sample 0 .* inf, and half-precision numbers end at 65504; times must be seconds",
        ),
        (lambda f: f.__delitem__("labels"), "has no labels, but extra/keys, extra/speaker, spikes/times"),
        (lambda f: f.__delitem__("spikes/times"), "has no spikes/times, but .*labels"),
        (lambda f: f.__delitem__("spikes"), "has no spikes/times, but"),
        (lambda f: put(f, "spikes/times", np.zeros((2, 5))), "spikes/times has 2 axes; an array a sample .vlen. is"),
        (lambda f: put(f, "spikes/times", np.zeros(2)), "spikes/times holds one float64 a sample; an array a sample"),
        (lambda f: put(f, "spikes/times", h5py.Empty("f4")), "spikes/times has 0 axes; an array a sample"),
        (lambda f: put(f, "spikes/times", {}), "spikes/times is a group; an array a sample"),
        (lambda f: put(f, "labels", {}), "labels is a group; a list of whole numbers"),
        (lambda f: put(f, "labels", np.zeros((2, 1), int)), "labels has 2 axes; a list of whole numbers"),
        (lambda f: put(f, "labels", np.array([1.0, 0.0])), "labels holds float64; a list of whole numbers"),
        (lambda f: put(f, "labels", np.array([b"one", b"zero"])), "labels holds texts; .*place in extra/keys"),
        (lambda f: put(f, "extra/speaker", np.array([b"anna", b"bert"])), "extra/speaker holds texts; a list of whole"),
        (lambda f: put(f, "extra/keys", np.array([b"a", b"a"])), "extra/keys calls class 1 'a', as class 0"),
        (lambda f: put(f, "extra/keys", np.array([b"a", b""])), "extra/keys calls class 1 ''; every class"),
    ],
)
def test_what_cannot_be_is_refused_with_sample_and_value(tmp_path, events, damage, message):
    with pytest.raises(InputError, match=rf"a\.h5.*{message}"):
        read_events(damaged(tmp_path, events, damage), 700)


@pytest.mark.parametrize("order", "<>")
@pytest.mark.parametrize(("times", "units", "labels"), [("f2", "u2", "i2"), ("f4", "i4", "u4"), ("f8", "f8", "i8")])
def test_numbers_of_either_byte_order_are_read_alike(tmp_path, events, order, times, units, labels):
    def damage(file):
        lists(file, "spikes/times", order + times, [0, 0.25], [0.5])
        lists(file, "spikes/units", order + units, [0, 699], [3])
        for name in ("labels", "extra/speaker"):
            put(file, name, file[name][:].astype(order + labels))

    again = read_events(damaged(tmp_path, events, damage), 700)
    for name in ("times", "units", "labels", "speakers"):
        values = getattr(again, name)
        assert values.tolist() == getattr(events, name).tolist() and values.dtype.isnative


def test_a_silent_sample_is_refused(tmp_path):
    silent = Events.from_samples(
        [np.array([0.1]), np.array([])], [np.array([1]), np.array([])], [0, 0], [1, 1], ["a"], 700
    )
    write_events(tmp_path / "a.h5", silent)
    with pytest.raises(InputError, match="sample 1 has no spikes"):
        read_events(tmp_path / "a.h5", 700)


@pytest.mark.parametrize("content", [b"", b"not HDF5", b"\x89HDF\r\n\x1a\n"])
def test_what_is_no_hdf5_is_refused(tmp_path, content):
    (tmp_path / "a.h5").write_bytes(content)
    with pytest.raises(InputError, match=r"a\.h5.*HDF5"):
        read_events(tmp_path / "a.h5", 700)


def test_a_truncated_file_is_refused(tmp_path, events):
    path = tmp_path / "a.h5"
    write_events(path, events)
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(InputError, match=r"a\.h5"):
        read_events(path, 700)


def test_a_file_that_is_whole_but_cannot_be_read_says_why(tmp_path, events):
    def packed(file):
        del file["labels"]
        labels = file.create_dataset("labels", (2,), "i8", chunks=(2,), compression=32015, allow_unknown_filter=True)
        labels.id.write_direct_chunk((0,), b"packed")

    with pytest.raises(InputError, match=r"a\.h5: is packed by an HDF5 filter that is not installed here"):
        read_events(damaged(tmp_path, events, packed), 700)
    with pytest.raises(InputError, match="is a folder; an HDF5 file is needed"):
        read_events(tmp_path, 700)
    path = tmp_path / "b.h5"
    write_events(path, events)
    with path.open("r+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        with pytest.raises(InputError, match=r"b\.h5: is open for writing in another program"):
            read_events(path, 700)
