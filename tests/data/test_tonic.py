"""Data sets that tonic reads: files of each set's own format, a few events each, and no network."""

import io
import os
import random
import struct

import h5py
import numpy as np
import pytest

from delaysnn.core.errors import InputError
from delaysnn.core.sensor import flatten
from delaysnn.data.event_sets import SETS, Reading, read_set
from delaysnn.data.events import Events, read_events, write_events
from delaysnn.data.sources import registered
from delaysnn.data.sources.tonic import SOURCE

WHOLE = Reading(start_s=0, duration_s=2)


def n_mnist(events):
    """Events (t in us, x, y, p) in N-MNIST's five bytes each, the time in the last 23 bits."""
    return b"".join(bytes([x, y, (p << 7) | (t >> 16), (t >> 8) & 255, t & 255]) for t, x, y, p in events)


def write_n_mnist(folder, samples, part="Train", copies=3400):
    """Write samples (class, events), each often: tonic takes a folder with less than 10,000 for one to unpack again."""
    (folder / "NMNIST" / part).mkdir(parents=True)
    (folder / f"NMNIST/{part.lower()}.zip").touch()
    for label, events in samples:
        path = folder / f"NMNIST/{part}/{label}/00000.bin"
        path.parent.mkdir()
        path.write_bytes(n_mnist(events))
        for place in range(1, copies):
            os.link(path, path.with_name(f"{place:05}.bin"))


def write_gestures(folder, count=100):
    for part in ("Train", "Test"):
        (folder / "DVSGesture").mkdir(parents=True, exist_ok=True)
        (folder / f"DVSGesture/ibmGesture{part}.tar.gz").touch()
        for place in range(count):
            # x, y, polarity and milliseconds, as they are cut out of a longer recording.
            events = np.array([[3, 5, 1, 700], [127, 0, 0, 701 + place]])
            path = folder / f"DVSGesture/ibmGesture{part}/user{1 + place // 11:02}_led/{place % 11}.npy"
            path.parent.mkdir(parents=True, exist_ok=True)
            np.save(path, events)


def write_poker(folder, count=20):
    for part in ("train", "test"):
        (folder / "POKERDVS").mkdir(exist_ok=True)
        (folder / f"POKERDVS/pips_{part}.tar.gz").touch()
        for place in range(count):
            path = folder / f"POKERDVS/pips_{part}/{('sp', 'cl', 'he', 'di')[place % 4]}/{place}.npy"
            path.parent.mkdir(parents=True, exist_ok=True)
            np.save(path, np.array([[50, 34, 0, 1], [1050, 0, 34, 0]]))


def write_n_tidigits(folder):
    (folder / "NTIDIGITS18").mkdir()
    with h5py.File(folder / "NTIDIGITS18/n-tidigits.hdf5", "w") as file:
        for part in ("train", "test"):
            names = ["man-ae-1", "man-ae-z", "man-ae-12", "woman-ac-o"]
            file[f"{part}_labels"] = np.array([name.encode() for name in names])
            for place, name in enumerate(names):
                file[f"{part}_addresses/{name}"] = np.array([place, 63], np.uint8)
                file[f"{part}_timestamps/{name}"] = np.array([0.125, 0.25])


def write_s_mnist(folder):
    (folder / "smnist").mkdir()
    image = np.zeros((3, 784), np.uint8)
    image[:, 100] = 255
    for part in ("train", "t10k"):
        (folder / f"smnist/{part}-images-idx3-ubyte").write_bytes(
            struct.pack(">IIII", 2051, 3, 28, 28) + image.tobytes()
        )
        (folder / f"smnist/{part}-labels-idx1-ubyte").write_bytes(struct.pack(">II", 2049, 3) + bytes([7, 0, 9]))


def write_heidelberg(folder, name, parts):
    (folder / name).mkdir()
    for part in parts:
        (folder / f"{name}/{name.lower()}_{part}.h5.zip").touch()
        times, units = [np.array([0.125, 0.5])] * 2, [np.array([0, 699])] * 2
        write_events(
            folder / f"{name}/{name.lower()}_{part}.h5",
            Events.from_samples(times, units, [1, 0], [3, 4], [f"w{place}" for place in range(2)], 700),
        )


def spikes(events):
    return [
        (events.times[first:last].tolist(), events.units[first:last].tolist())
        for first, last in zip(events.offsets[:-1], events.offsets[1:], strict=True)
    ]


def test_n_mnist_is_read_from_its_own_files_evenly_thinned(tmp_path):
    samples = [
        (0, [(1000, 0, 33, 1), (250000, 33, 0, 0)]),
        (3, [(8192, 2, 3, 1)]),
        (7, [(2**23 - 1, 1, 1, 0), (9, 5, 5, 1)]),
    ]
    write_n_mnist(tmp_path, samples)
    events = read_set("NMNIST", "train", tmp_path, Reading(0, 0.5, most=3))
    assert events.labels.tolist() == [0, 3, 7] and set(events.speakers.tolist()) == {-1}
    assert events.channels == 2312 and events.keys[0] == "0 - zero"
    first, second, third = spikes(events)
    assert first[1] == flatten(np.array([0, 33]), np.array([33, 0]), np.array([1, 0]), (34, 34, 2)).tolist()
    assert np.allclose(first[0], [0.001, 0.25], atol=1e-4) and second[0] == [np.float16(0.008192)]
    # What lies after the window is left out.
    assert third[1] == flatten(np.array([5]), np.array([5]), np.array([1]), (34, 34, 2)).tolist()


def test_gestures_count_from_their_first_event_are_made_coarser_and_say_who_moved(tmp_path, caplog):
    caplog.set_level("INFO")
    write_gestures(tmp_path)
    events = read_set("DVSGesture", "train", tmp_path, Reading(0, 1, downsample=4, merged=True))
    assert f"DVSGesture, train: opened by tonic in {tmp_path}" in caplog.text
    assert len(events) == 100 and events.channels == 32 * 32 and len(events.keys) == 11
    assert spikes(events)[0] == ([0, np.float16(0.001)], [32, 31])
    # In the order of the files, whatever that of the folder.
    assert events.speakers[:12].tolist() == [1] * 11 + [2] and sorted(events.labels[:11].tolist()) == [*range(11)]


def test_poker_and_rows_of_channels(tmp_path):
    write_poker(tmp_path)
    events = read_set("POKERDVS", "test", tmp_path, WHOLE)
    assert events.labels.tolist() == [0] * 5 + [1] * 5 + [2] * 5 + [3] * 5 and events.keys == ("cl", "he", "di", "sp")
    assert spikes(events)[0] == ([0, np.float16(0.001)], [34 + 35 * 35, 34 * 35])
    write_n_tidigits(tmp_path)
    events = read_set("NTIDIGITS18", "train", tmp_path, WHOLE)
    assert [events.keys[label] for label in events.labels] == ["1", "z", "o"]
    assert spikes(events) == [([0.125, 0.25], [place, 63]) for place in (0, 1, 3)]
    write_s_mnist(tmp_path)
    events = read_set("SMNIST", "train", tmp_path, WHOLE)
    assert events.labels.tolist() == [7, 0, 9] and events.channels == 99
    # Every threshold but 0 is crossed up and down, and input 0 says where the image is white.
    assert sorted({*spikes(events)[0][1]}) == [0, *range(2, 50), *range(51, 99)]


@pytest.mark.parametrize(("name", "parts"), [("SHD", ("train", "test")), ("SSC", ("train", "valid", "test"))])
def test_spikes_of_speech_are_those_of_our_own_reader(tmp_path, name, parts):
    write_heidelberg(tmp_path, name, parts)
    for role, part in zip(SETS[name].roles, parts, strict=True):
        ours = read_events(tmp_path / f"{name}/{name.lower()}_{part}.h5", 700)
        events = read_set(name, role, tmp_path, WHOLE)
        assert spikes(events) == spikes(ours) and events.keys == ours.keys
        # Of SSC tonic does not say who speaks.
        assert (events.labels.tolist(), events.speakers.tolist()) == ([1, 0], [3, 4] if name == "SHD" else [-1, -1])


def test_what_is_said_of_each_set_is_what_tonic_says():
    import tonic

    for name, about in SETS.items():
        known = getattr(tonic.datasets, name)
        assert len(getattr(known, "classes", getattr(known, "class_map", range(about.classes)))) == about.classes
        if name != "SMNIST":
            assert known.sensor_size == about.sensor


def configured(folder, **data):
    return {
        "data": {"dataset": "SSC", "duration_s": 2.0, **data},
        "download": {"folder": None, "mirrors": [], "timeout_s": 1},
        "tonic": {"folder": str(folder), "start_s": 0.0, "downsample": 1, "polarity": "kept", "samples": None},
    }


def test_a_set_that_comes_in_three_files_is_written_as_three(tmp_path):
    write_heidelberg(tmp_path, "SSC", ("train", "valid", "test"))
    config = configured(tmp_path)
    assert SOURCE.roles_of(config) == ("train", "validation", "test") and SOURCE.sensor(config) is None
    targets = {role: tmp_path / f"out/{role}.h5" for role in SOURCE.roles_of(config)}
    files = SOURCE.fetch(config, targets, threads=1)
    assert [file["samples"] for file in files.values()] == [2, 2, 2]
    sensors = configured(tmp_path, dataset="NMNIST")
    sensors["tonic"] |= {"downsample": 4, "polarity": "merged"}
    assert (SOURCE.sensor(sensors), SOURCE.channels(sensors)) == ((9, 9, 1), 81)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"dataset": None}, r"there is no data\.dataset; write one of NMNIST, .*, SSC"),
        (
            {"validation_speakers": [1]},
            r"data\.validation_speakers is \[1\], but tonic comes with its own split; write \[\]",
        ),
        (
            {"dataset": "DVSGesture", "validation_share": 0.1},
            r"data\.validation_share is 0\.1, but DVSGesture says whose each sample is; write null, and name some in "
            r"data\.validation_speakers",
        ),
        (
            {"dataset": "NMNIST", "validation_speakers": [1], "test_speakers": [4]},
            r"data\.validation_speakers is \[1\], but NMNIST does not say whose a sample is; write \[\], and "
            r"data\.validation_share",
        ),
        ({"dataset": "NMNIST"}, r"data\.validation_speakers is empty; .*data\.validation_share"),
    ],
)
def test_a_configuration_that_cannot_be_right_is_refused_before_any_job(tmp_path, data, message):
    known = {"validation_speakers": [], "test_speakers": [], "published_split": False}
    known |= {"validation_share": None, "test_share": None}
    SOURCE.check(configured(tmp_path, **known))
    # Who is in the publisher's test need not be known.
    SOURCE.check(configured(tmp_path, **{**known, "dataset": "DVSGesture", "validation_speakers": [3]}))
    with pytest.raises(InputError, match=message):
        SOURCE.check(configured(tmp_path, **{**known, **data}))
    with pytest.raises(InputError, match=r"data\.dataset is SSC, but data\.name is shd"):
        registered()["shd"].check(configured(tmp_path, **known))


def test_what_is_not_there_and_cannot_be_downloaded_is_one_sentence(tmp_path, monkeypatch):
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:1")
    for name in SETS:
        with pytest.raises(InputError, match=f"tonic can neither open nor download {name} ") as error:
            read_set(name, "train", tmp_path, WHOLE)
        assert "\n" not in str(error.value)


def prepare(folder):
    """Write every set, and return of each the file to damage, its content, and how many samples tonic is asked for."""
    write_n_mnist(folder, [(0, [(5, 3, 3, 1)]), (3, [(7, 1, 2, 0)])], copies=5000)
    write_gestures(folder)
    write_poker(folder)
    write_n_tidigits(folder)
    write_s_mnist(folder)
    write_heidelberg(folder, "SHD", ("train",))
    gesture = folder / "DVSGesture/ibmGestureTrain/user01_led/0.npy"
    files = {
        # Apart from its 4,999 copies.
        "NMNIST": folder / "NMNIST/Train/0/00000.bin",
        "DVSGesture": gesture,
        "POKERDVS": folder / "POKERDVS/pips_train/cl/1.npy",
        "NTIDIGITS18": folder / "NTIDIGITS18/n-tidigits.hdf5",
        "SMNIST": folder / "smnist/train-images-idx3-ubyte",
        "SHD": folder / "SHD/shd_train.h5",
    }
    goods = {name: path.read_bytes() for name, path in files.items()}
    files["NMNIST"].unlink()
    return files, goods


def damaged(name, good, draw):
    """Return the content of a file that is broken, or holds what cannot be."""
    if draw.random() < 0.2:
        return draw.choice([b"", draw.randbytes(draw.randrange(1, 4))])
    if name == "NMNIST":
        # Above or beside the sensor; y of 240 stands for a turn of the clock.
        wrong = draw.choice([*range(34, 240), *range(241, 256)])
        place = draw.choice([(wrong, 3), (3, wrong)]) if wrong != 240 else (3, 35)
        return n_mnist([(5, 3, 3, 1), (draw.randrange(1 << 20), *place, draw.randrange(2))])
    if name in ("DVSGesture", "POKERDVS") and draw.random() < 0.7:
        gesture = name == "DVSGesture"
        rows, place = np.array([[3, 3, 1, 5], [3, 3, 0, 9]] if gesture else [[5, 3, 3, 1]]), draw.randrange(4)
        place = draw.choice([0, 1]) if gesture else draw.choice([1, 2, 3])
        rows[0, place] = draw.choice([-1, 128, 999])
        content = io.BytesIO()
        np.save(content, rows)
        return content.getvalue()
    if name == "SHD":
        # Half of it is the list that HDF5 begins with.
        return good[: draw.randrange(len(good) // 2)]
    return good[: draw.randrange(len(good) - 8)]


def test_every_malformed_file_of_every_set_ends_in_a_sentence_that_names_the_sample_or_the_set(tmp_path):
    files, goods = prepare(tmp_path)
    for seed in range(500):
        draw = random.Random(seed)
        # For N-MNIST tonic looks at 10,000 files each time.
        (name,) = draw.choices([*files], [1 if name == "NMNIST" else 10 for name in files])
        files[name].write_bytes(damaged(name, goods[name], draw))
        with pytest.raises(InputError, match=name) as error:
            read_set(name, "train", tmp_path, Reading(0, 2, most=1 if name == "NMNIST" else None))
            raise AssertionError(f"seed {seed} of {name} was taken")
        assert "\n" not in str(error.value) and str(tmp_path) in str(error.value)
        files[name].write_bytes(goods[name])
