"""Malformed tables, recordings and pairs of files: each ends in a message that names the user's file."""

import io
import tempfile
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

from delaysnn.core.errors import InputError
from delaysnn.data.binning import bin_events
from delaysnn.data.events import Events, write_events
from delaysnn.data.recordings import load, read_recordings
from delaysnn.data.sources.files import Settings, import_files
from delaysnn.data.splits import split_samples

NAMES = ("x.wav", "y.wav", "z.wav")
ROWS = [["file", "label", "speaker"], ["x.wav", "yes", "0"], ["y.wav", "no", "1"], ["z.wav", "yes", "2"]]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("audio")
    for index, name in enumerate(NAMES):
        soundfile.write(folder / name, np.sin(np.arange(2000) / (5 + index)), 8000)
    return folder


def changed(row, column, value):
    rows = [list(cells) for cells in ROWS]
    rows[row][column] = value
    return rows


line, column = st.integers(1, 3), st.integers(0, 2)
empty = st.sampled_from(["", " ", "\t"])
speakers = st.one_of(
    st.integers(2**15, 10**30).map(str),
    st.integers(max_value=-1).map(str),
    st.sampled_from(["1.0", "1e3", "me", "0x1", "½", "nan", "1 2", "-0"]),
)
files = st.sampled_from(["none.wav", ".", "..", "x", "X.wav", "a\\x.wav", "x{1}.wav", "x.wav\n"])
# (rows, what the message must say)
damaged_rows = st.one_of(
    st.builds(lambda row, column, value: (changed(row, column, value), f"line {row + 1} "), line, column, empty),
    st.builds(lambda row, value: (changed(row, 2, value), f"line {row + 1} has the speaker"), line, speakers),
    st.builds(lambda row: (changed(row, 0, ROWS[row % 3 + 1][0]), "again"), line),
    st.builds(lambda row: (changed(row, 0, "./" + ROWS[row % 3 + 1][0]), "again"), line),
    st.builds(
        lambda row, value: (changed(row, 0, value), f"line {row + 1} lists"),
        line,
        files.filter(lambda name: name.strip() != "x.wav"),
    ),
    st.builds(lambda column, value: (changed(0, column, value), "line 1 names"), column, st.text("ab;,", max_size=5)),
    st.builds(lambda row: ([*ROWS[:row], [*ROWS[row], "more"], *ROWS[row + 1 :]], f"line {row + 1} has 4"), line),
    st.builds(lambda row, count: ([*ROWS[:row], ROWS[row][:count]], f"line {row + 1} lacks"), line, st.integers(1, 2)),
    st.just((ROWS[:1], "lists no recordings")),
    st.just(([[]], "line 1 names")),
)
separators = st.sampled_from([",", ", "])
ends = st.sampled_from(["\n", "\r\n", "\r"])


def written(rows, separator, end):
    def cell(value):
        return f'"{value}"' if set(value) & set(",\n") else value

    return end.join(separator.join(map(cell, row)) for row in rows) + end


def test_every_damaged_table_is_named_with_its_line(folder):
    @settings(max_examples=300, deadline=None, derandomize=True)
    @given(damaged_rows, separators, ends, st.booleans())
    def check(damage, separator, end, mark):
        rows, part = damage
        with tempfile.TemporaryDirectory() as here:
            table = Path(here) / "w.csv"
            table.write_bytes(("\ufeff" * mark + written(rows, separator, end)).encode())
            with pytest.raises(InputError) as caught:
                read_recordings(table, folder)
            message = str(caught.value)
            assert message.startswith(f"{table}: ") and message.endswith(".") and part in message
            table.write_bytes(("\ufeff" * mark + written(ROWS, separator, end)).encode())
            assert [sample.name for sample in read_recordings(table, folder)] == list(NAMES)

    check()


@settings(max_examples=300, deadline=None, derandomize=True)
@given(st.binary(max_size=60) | st.text('file,labelspkr;"\n\r\0 01x.wav', max_size=60).map(str.encode))
def test_no_table_ends_in_anything_but_a_message(content):
    with tempfile.TemporaryDirectory() as here:
        table = Path(here) / "w.csv"
        table.write_bytes(content)
        with pytest.raises(InputError) as caught:
            read_recordings(table, here)
        assert str(caught.value).startswith(f"{table}: ")


def audio(form, subtype):
    content = io.BytesIO()
    soundfile.write(content, np.sin(np.arange(400) / 5), 8000, format=form, subtype=subtype)
    return content.getvalue()


AUDIO = [audio("WAV", "PCM_16"), audio("WAV", "FLOAT"), audio("FLAC", "PCM_16")]
damaged_audio = st.sampled_from(AUDIO).flatmap(
    lambda good: st.one_of(
        st.integers(0, len(good) - 1).map(lambda size: good[:size]),
        st.tuples(st.integers(0, len(good) - 1), st.integers(0, 255)).map(
            lambda change: good[: change[0]] + bytes([change[1]]) + good[change[0] + 1 :]
        ),
        st.binary(max_size=64),
    )
)


@settings(max_examples=300, deadline=None, derandomize=True)
@given(damaged_audio)
def test_damaged_audio_is_sound_or_named(content):
    with tempfile.TemporaryDirectory() as here:
        path = Path(here) / "a.wav"
        path.write_bytes(content)
        try:
            sound = load(path, 20000, 0.1)
        except InputError as error:
            assert str(error).startswith(f"{path}: ") and str(error).endswith(".")
        else:
            assert np.isfinite(sound).all() and 0 < len(sound) <= 2001 and sound.any()


def samples(speakers, seed, labels=None, scale=1.0, start=0.0, dtype=np.float32):
    """Samples of ten random spikes each, seconds times ``scale``."""
    random = np.random.default_rng(seed)
    times = [(start + np.sort(random.uniform(0, 0.9, 10))) * scale for _ in speakers]
    with np.errstate(over="ignore"):
        flat = np.concatenate(times).astype(dtype)
    labels = np.arange(len(speakers)) % 2 if labels is None else np.array(labels)
    offsets = 10 * np.arange(len(speakers) + 1)
    return Events(offsets, flat, random.integers(0, 700, len(flat)), labels, np.array(speakers), ("a", "b", "c"), 700)


def joined(*parts):
    flat = {name: np.concatenate([getattr(part, name) for part in parts]) for name in ("times", "units", "labels")}
    counts = np.concatenate([np.diff(part.offsets) for part in parts])
    speakers = np.concatenate([part.speakers for part in parts])
    return Events(np.concatenate([[0], np.cumsum(counts)]), **flat, speakers=speakers, keys=parts[0].keys, channels=700)


TRAIN, TEST = samples([0, 1, 2, 0, 1, 2], seed=1), samples([3, 4, 3], seed=2)
PAIRS = {
    "the same file twice": (TRAIN, TRAIN, "test.h5: 6 of 6 samples are in .*train.h5"),
    "one sample in both": (
        TRAIN,
        joined(TEST, TRAIN.select(np.array([4]))),
        "1 of 4 samples .*: sample 3 as 4",
    ),
    "speakers of both": (TRAIN, samples([3, 2], seed=3), r"test.h5: speakers \[2\] speak 1 of its samples"),
    "no speaker known": (samples([-1] * 4, seed=1), TEST, "train.h5: 4 of 4 samples do not say who speaks"),
    "one unknown": (samples([0, 1, -1], seed=1), TEST, "train.h5: 1 of 3 samples do not say"),
    "a single class": (samples([0, 1, 2], seed=1, labels=[1, 0, 1]), TEST, "train.h5: all 2 samples .* class 1 .b."),
    "whoever validates is absent": (samples([0, 2], seed=1), TEST, r"data.validation_speakers names \[1\]"),
    "milliseconds": (TRAIN, samples([3], seed=2, scale=1e3), "test.h5: 10 of 10 .* are these milliseconds"),
    "microseconds": (samples([0, 1, 2, 0, 1, 2], 1, scale=1e6), TEST, "train.h5: .* are these microseconds"),
    "half-precision microseconds": (
        samples([0, 1, 2, 0, 1, 2], 1, scale=1e6, dtype=np.float16),
        TEST,
        "train.h5: .*65504",
    ),
    "from the recording's start": (TRAIN, samples([3], seed=2, start=12), "test.h5: .* own start, but sample 0 begins"),
    "too long": (samples([0, 1, 2, 0, 1, 2], 1, scale=3), TEST, "train.h5: .* Make data.duration_s longer"),
}


@pytest.mark.parametrize("pair", PAIRS)
def test_files_that_do_not_go_together_are_named(tmp_path, pair):
    train, test, message = PAIRS[pair]
    files = {"train": str(tmp_path / "train.h5"), "test": str(tmp_path / "test.h5")}
    for role, events in (("train", train), ("test", test)):
        write_events(files[role], events)
    with pytest.raises(InputError, match=message):
        run(files)


def test_files_that_go_together_are_taken(tmp_path):
    files = {"train": str(tmp_path / "train.h5"), "test": str(tmp_path / "test.h5")}
    for role, events in (("train", TRAIN), ("test", TEST)):
        write_events(files[role], events)
    assert {role: len(spikes) for role, spikes in run(files).items()} == {"train": 4, "validation": 2, "test": 3}


def mine(train, test=None, **more):
    about = {"name": "mine", "licence": "CC0", "citation": "nobody", "channels": 700}
    return Settings(**{**about, "train": str(train), "test": test and str(test), **more})


def run(files):
    """Import, split and bin as the rules do."""
    given = import_files(mine(files["train"], files["test"]), test_speakers=[], duration_s=1.0)
    parts, _ = split_samples(given, validation=[1], test=[], published=False, files=files)
    return {role: bin_events(own, 64, 1.0, files.get(role, files["train"])).spikes for role, own in parts.items()}
