"""npz files of the user's own, in both layouts: read, split without speakers, and refused with a sentence."""

import io
import re
import zipfile

import h5py
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from delaysnn.core.errors import InputError
from delaysnn.data.binning import bin_events
from delaysnn.data.events import Events, write_events
from delaysnn.data.sources.files import Settings, import_files
from delaysnn.data.splits import split_samples

SENSOR = [5, 4, 2]
FIELDS = [("t", "i8"), ("x", "i2"), ("y", "i2"), ("p", "?")]
ABOUT = {"name": "mine", "licence": "CC0", "citation": "nobody"}
SAMPLES = 6


def lists():
    """Samples of four spikes each on 40 channels; the times end at 0.4 s."""
    random = np.random.default_rng(1)
    offsets = 4 * np.arange(SAMPLES + 1)
    times = np.sort(random.integers(0, 400, (SAMPLES, 4)), axis=1).ravel() / 1000
    units = random.integers(0, 40, 4 * SAMPLES)
    labels = np.arange(SAMPLES) % 2
    return {"times": times, "units": units, "offsets": offsets, "labels": labels, "keys": np.array(["a", "b"])}


def events(structured=True):
    """The same samples as a sensor of 5 x 4 places and two polarities sees them, in microseconds."""
    common = lists()
    times, units = common.pop("times"), common.pop("units")
    rest, x = np.divmod(units, 5)
    columns = {"t": np.round(times * 1e6).astype(int), "x": x, "y": rest % 4, "p": (rest // 4).astype(bool)}
    if not structured:
        return {**common, **columns}
    array = np.zeros(len(times), FIELDS)
    for name, column in columns.items():
        array[name] = column
    return {**common, "events": array}


def read(path, arrays=None, **more):
    if arrays is not None:
        np.savez(path, **arrays)
    found = Settings(**{**ABOUT, "train": str(path), **more})
    return import_files(found, [], 0.5, validation_share=0.5, test_share=0.34, split_seed=3)


SHAPES = [
    (lists, {"channels": 40}),
    (events, {"sensor": SENSOR, "time_unit": "us"}),
    (lambda: events(structured=False), {"sensor": SENSOR, "time_unit": "us"}),
]


def test_all_layouts_give_the_same_samples(tmp_path):
    found = [read(tmp_path / "a.npz", make(), **more) for make, more in SHAPES]
    whole = lists()
    as_hdf5 = Events(*(whole[name] for name in ("offsets", "times")), whole["units"].astype(np.uint16),
                     whole["labels"], np.full(SAMPLES, -1), ("a", "b"), 40)  # fmt: skip
    write_events(tmp_path / "a.h5", as_hdf5)
    found.append(read(tmp_path / "a.h5", channels=40))
    for role in ("train", "test"):
        spikes = [bin_events(each[role], 50, 0.5).spikes for each in found]
        assert len(spikes[0]) == {"train": 4, "test": 2}[role] and spikes[0].n_neurons == 40
        for other in spikes[1:]:
            assert (other.neurons == spikes[0].neurons).all() and (other.steps == spikes[0].steps).all()


def test_shares_are_of_every_class_by_the_seed_and_copies_stay_together(tmp_path):
    random = np.random.default_rng(2)
    count = 60
    # The first twelve samples are there twice.
    units = [np.array([index, index + 1]) for index in range(count)] + [
        np.array([index, index + 1]) for index in range(12)
    ]
    labels = np.concatenate([np.arange(count) % 3, np.arange(12) % 3])
    order = random.permutation(len(units))
    whole = Events.from_samples(
        [np.array([0.1, 0.2])] * len(units), [units[index] for index in order], labels[order], [-1] * len(units), (), 61
    )
    write_events(tmp_path / "a.h5", whole)
    found = Settings(**ABOUT, train=str(tmp_path / "a.h5"), channels=61)

    def split(seed):
        given = import_files(found, [], 0.5, validation_share=0.25, test_share=0.2, split_seed=seed)
        return split_samples(given, [], [], False, {"train": "a.h5", "test": "a.h5"}, share=0.25, seed=seed)[0]

    parts = split(1)
    first = {role: set(part.units[part.offsets[:-1]].tolist()) for role, part in parts.items()}
    assert not first["train"] & first["test"] and not first["train"] & first["validation"]
    assert sum(map(len, first.values())) == count
    for role, size in (("test", 4), ("validation", 4), ("train", 12)):
        assert [len({unit for unit in first[role] if unit % 3 == label}) for label in range(3)] == [size] * 3
    again, other = split(1), split(2)
    assert all((again[role].units == part.units).all() for role, part in parts.items())
    assert {*other["test"].units.tolist()} != {*parts["test"].units.tolist()}


@pytest.mark.parametrize(
    ("unit", "scale", "message"),
    [
        ("s", 1e6, "must be seconds; .* are these microseconds. Write files.time_unit: us"),
        ("s", 1e3, "must be seconds; .* are these milliseconds. Write files.time_unit: ms"),
        ("ms", 1e6, r"Times count as milliseconds .files.time_unit., are these microseconds"),
        ("us", 1e9, r"Times count as microseconds .files.time_unit., are these nanoseconds"),
        ("us", 1e3, "times count as microseconds .* are these milliseconds"),
        ("us", 1, "times count as microseconds .* are these seconds"),
        ("ms", 1, "times count as milliseconds .* are these seconds"),
    ],
)
def test_a_wrong_unit_is_guessed_from_what_the_times_would_be(tmp_path, unit, scale, message):
    arrays = lists()
    arrays["times"] = arrays["times"] * scale if scale == 1 else np.round(arrays["times"] * scale).astype(int)
    with pytest.raises(InputError, match=rf"a\.npz.*{message}"):
        read(tmp_path / "a.npz", arrays, channels=40, time_unit=unit)


def test_few_units_are_not_taken_for_the_channels_of_shd(tmp_path):
    with pytest.raises(InputError, match=r"a\.npz: no unit is above 3\d, but files\.channels is left out"):
        read(tmp_path / "a.npz", lists())


def placed(field, change):
    arrays = events()
    fields = arrays["events"].astype([("t", "i8"), ("x", "i2"), ("y", "i2"), ("p", "i1")])
    fields[field] = change(fields[field])
    return {**arrays, "events": fields}


@pytest.mark.parametrize(
    ("arrays", "more", "message"),
    [
        ({**lists(), "labels": np.arange(SAMPLES) % 2 + 1}, {"channels": 40}, "Classes count from 0, these seem"),
        ({**lists(), "labels": np.array([*"ababab"])}, {"channels": 40}, r"labels holds texts; .* place in keys\."),
        (placed("p", lambda p: 2 * p - 1), SHAPES[1][1], r": -1\. Polarities count from 0, write 0 for -1\.$"),
        (placed("x", lambda x: np.arange(len(x)) % 5 + 1), SHAPES[1][1], "here x seems to count from 1"),
    ],
)
def test_what_counts_otherwise_is_told_how_it_must(tmp_path, arrays, more, message):
    with pytest.raises(InputError, match=rf"a\.npz: .*{message}"):
        read(tmp_path / "a.npz", arrays, **more)


def test_errors_call_arrays_as_an_npz_calls_them_and_say_what_is_called_as_the_other_format(tmp_path):
    np.savez(tmp_path / "a.npz", **lists())
    found = Settings(**ABOUT, train=str(tmp_path / "a.npz"), channels=40)
    with pytest.raises(InputError, match=r"a\.npz: 6 of 6 samples do not say who speaks \(speakers\)"):
        import_files(found, [1], 0.5)
    other = {**lists(), "times": lists()["times"] / 2, "keys": np.array(["b", "a"])}
    np.savez(tmp_path / "b.npz", **other)
    with pytest.raises(InputError, match=r"b\.npz: calls its classes b, a, .* a, b \(keys\)\."):
        import_files(found.model_copy(update={"test": str(tmp_path / "b.npz")}), [], 0.5, validation_share=0.5)
    (tmp_path / "b.npz").rename(tmp_path / "b.h5")
    with pytest.raises(InputError, match=r"b\.h5: is a zip file\. If it is an npz, name it \.npz"):
        read(tmp_path / "b.h5", channels=40)
    with pytest.raises(InputError, match=r"d\.h5: there is no such file\."):
        read(tmp_path / "d.h5", channels=40)
    with h5py.File(tmp_path / "c.npz", "w") as file:
        file["labels"] = [0]
    with pytest.raises(InputError, match=r"c\.npz: is HDF5, but its name ends in \.npz; rename it to \.h5\."):
        read(tmp_path / "c.npz", channels=40)


def test_who_speaks_is_not_passed_over(tmp_path):
    with pytest.raises(InputError, match=r"a\.npz: 6 of 6 samples say who speaks, but data.validation_share"):
        read(tmp_path / "a.npz", {**lists(), "speakers": np.arange(SAMPLES)}, channels=40)


sample, spike = st.integers(0, SAMPLES - 1), st.integers(0, 3)


# Each damage returns (what it does to the arrays, what the sentence must say).
def put(name, place, value):
    def damage(arrays):
        arrays[name] = np.array(arrays[name].tolist(), type(value))
        arrays[name][place] = value

    return damage, name


def put_field(field, index, place, value):
    def damage(arrays):
        if "events" in arrays:
            # Booleans and 16 bits hold no wrong values.
            arrays["events"] = arrays["events"].astype([(name, "f8") for name in "txyp"])
            arrays["events"][field][4 * index + place] = value
        else:
            name = "times" if field == "t" else "units"
            arrays[name] = arrays[name].astype(float)
            arrays[name][4 * index + place] = value

    return damage, f"sample {index} has "


def swap(index):
    def damage(arrays):
        times = arrays["events"]["t"] if "events" in arrays else arrays["times"]
        times[4 * index : 4 * index + 2] = 7, 3

    return damage, f"sample {index} has times that do not ascend"


def of_sample(name, index, value):
    return lambda arrays: arrays[name].__setitem__(index, value), f"sample {index} .*{name}"


def leave_out(name):
    def damage(arrays):
        shape = "events" if "events" in arrays else name
        arrays.pop(name if name in arrays else shape)

    return damage, "are needed"


def add(name):
    return lambda arrays: arrays.__setitem__(name, np.zeros(3)), "are needed"


def another(name, value):
    def damage(arrays):
        arrays[name if name in arrays else "events"] = value

    return damage, "need|labels has|must be"


def shorten(name, count):
    def damage(arrays):
        arrays[name] = arrays[name][:count]

    return damage, "offsets|samples"


def empty(index):
    def damage(arrays):
        arrays["offsets"][index + 1] = arrays["offsets"][index]

    return damage, f"sample {index} has no spikes" if index < SAMPLES - 1 else "offsets go from"


def named_alike(place, name):
    return lambda arrays: arrays["keys"].__setitem__(place, name), "keys calls class"


def packed_objects(arrays):
    arrays["labels"] = np.array([{}, []] * 3, object)


wrong_places = st.sampled_from([-1.0, 0.5, 40.0, 1e9, np.nan, -1e300])
damages = st.one_of(
    st.builds(put_field, st.sampled_from("xyp"), sample, spike, wrong_places),
    st.builds(put_field, st.just("t"), sample, spike, st.sampled_from([-1.0, np.nan, np.inf, -np.inf, -1e-9])),
    st.builds(swap, sample),
    st.builds(of_sample, st.just("labels"), sample, st.integers(2, 2**62) | st.integers(-(2**62), -1)),
    st.builds(leave_out, st.sampled_from(["labels", "offsets", "times", "units"])),
    st.builds(add, st.from_regex(r"\A[a-z]{1,9}\Z").filter(lambda name: name not in {*"txyp", *lists(), "events"})),
    st.builds(add, st.sampled_from(["t", "x", "y", "p"])),
    st.builds(
        another,
        st.sampled_from(["labels", "offsets", "times", "units", "keys"]),
        st.sampled_from([np.zeros((2, 2)), np.array(7), np.zeros(3, "c8"), np.zeros(0, [("q", "i4")])]),
    ),
    st.builds(shorten, st.sampled_from(["labels", "offsets"]), st.integers(0, SAMPLES - 1)),
    st.builds(empty, sample),
    st.builds(named_alike, st.just(0), st.sampled_from(["b", ""])),
    st.just((packed_objects, "cannot be read as npz")),
)


def saved(arrays):
    content = io.BytesIO()
    np.savez(content, **arrays)
    return content.getvalue()


def zipped(name, content):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        # Without the time of writing, by which equal contents would count as several.
        archive.writestr(zipfile.ZipInfo(name), content)
    return file.getvalue()


def damaged(make, fault):
    arrays = make()
    fault[0](arrays)
    return saved(arrays), fault[1]


@pytest.mark.parametrize(("make", "more"), SHAPES[:2], ids=["lists", "events"])
def test_every_malformed_npz_gives_one_sentence(tmp_path, make, more):
    good, made, path = saved(make()), set(), tmp_path / "a.npz"
    contents = st.one_of(
        damages.map(lambda fault: damaged(make, fault)),
        damages.map(lambda fault: damaged(make, fault)),
        st.integers(0, len(good) - 1).map(lambda size: (good[:size], "cannot be read as npz")),
        st.binary(max_size=40).map(lambda content: (content, "cannot be read as npz|is HDF5")),
        st.binary(max_size=40).map(lambda content: (b"\x93NUMPY" + content, "cannot be read as npz")),
        st.binary(max_size=40).map(lambda content: (zipped("labels.npy", content), "labels is not an array|cannot be")),
        st.binary(max_size=40).map(lambda content: (zipped("labels.npy", b"\x93NUMPY" + content), "cannot be")),
        st.binary(max_size=40).map(
            lambda content: (zipped("labels.txt", content), "labels.txt is not an array|cannot be")
        ),
    )

    @settings(max_examples=750, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
    @given(contents)
    def check(found):
        content, part = found
        made.add(content)
        path.write_bytes(content)
        try:
            read(path, **more)
        except InputError as error:
            sentence = str(error)
        else:
            raise AssertionError(f"taken as good: {part}")
        assert sentence.startswith(f"{path}: ") and "\n" not in sentence
        assert re.search(part, sentence), (part, sentence)

    check()
    assert len(made) >= 500
