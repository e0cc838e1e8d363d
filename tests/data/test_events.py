import time

import h5py
import numpy as np
import pytest

from delaysnn.data.events import Events, read_events, write_events
from delaysnn.errors import InputError


@pytest.fixture
def events():
    return Events.from_words(
        times=[np.array([0.0, 0.25]), np.array([0.5])],
        units=[np.array([0, 699]), np.array([3])],
        labels=[1, 0],
        speakers=[4, 7],
        keys=["zero", "one"],
    )


def test_words_come_back_as_written(tmp_path, events):
    write_events(tmp_path / "a.h5", events)
    again = read_events(tmp_path / "a.h5")
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


def test_the_same_words_give_the_same_bytes_at_any_time(tmp_path, events):
    write_events(tmp_path / "a.h5", events)
    time.sleep(1.1)  # HDF5 counts seconds
    write_events(tmp_path / "b.h5", events)
    assert (tmp_path / "a.h5").read_bytes() == (tmp_path / "b.h5").read_bytes()


def test_selection_keeps_each_words_spikes(events):
    chosen = events.select(np.array([1]))
    assert (chosen.times.tolist(), chosen.units.tolist(), chosen.labels.tolist()) == ([0.5], [3], [0])


def damaged(tmp_path, events, damage):
    path = tmp_path / "a.h5"
    write_events(path, events)
    with h5py.File(path, "a") as file:
        damage(file)
    return path


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (lambda f: f["spikes/times"].__setitem__(1, np.array([np.nan], np.float16)), "word 1 .* no number"),
        (lambda f: f["spikes/times"].__setitem__(0, np.array([0, -1], np.float16)), "word 0 .* negative time: -1"),
        (lambda f: f["spikes/times"].__setitem__(0, np.array([1, 0], np.float16)), "word 0 .* ascend: 0.0 after 1.0"),
        (
            lambda f: f["extra/speaker"].__setitem__(1, -2),
            "word 1 has a value in extra/speaker outside -1 to 32767: -2",
        ),
        (lambda f: f["spikes/units"].__setitem__(0, np.array([5, 700], np.uint16)), "word 0 .* 0 to 699: 700"),
        (lambda f: f["spikes/units"].__setitem__(1, np.array([1, 2], np.uint16)), "word 1 has unequally many"),
        (lambda f: f["labels"].__setitem__(0, 9), "word 0 has a value in labels outside 0 to 1: 9"),
        (lambda f: f.__delitem__("labels"), "labels"),
        (lambda f: f.__delitem__("spikes/times"), "spikes/times"),
        (lambda f: f.__delitem__("spikes"), "spikes/times"),
    ],
)
def test_what_cannot_be_is_refused_with_word_and_value(tmp_path, events, damage, words):
    with pytest.raises(InputError, match=rf"a\.h5.*{words}"):
        read_events(damaged(tmp_path, events, damage))


def test_a_silent_word_is_refused(tmp_path):
    silent = Events.from_words([np.array([0.1]), np.array([])], [np.array([1]), np.array([])], [0, 0], [1, 1], ["a"])
    write_events(tmp_path / "a.h5", silent)
    with pytest.raises(InputError, match="word 1 has no spikes"):
        read_events(tmp_path / "a.h5")


@pytest.mark.parametrize("content", [b"", b"not HDF5", b"\x89HDF\r\n\x1a\n"])
def test_what_is_no_hdf5_is_refused(tmp_path, content):
    (tmp_path / "a.h5").write_bytes(content)
    with pytest.raises(InputError, match=r"a\.h5.*HDF5"):
        read_events(tmp_path / "a.h5")


def test_a_truncated_file_is_refused(tmp_path, events):
    path = tmp_path / "a.h5"
    write_events(path, events)
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(InputError, match=r"a\.h5"):
        read_events(path)
