"""Recordings of the user's own: tones of several rates and formats, from a table to binned words."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile
import yaml

from delaysnn.data.events import read_events
from delaysnn.data.recordings import checksum, hear_recordings, load, read_recordings
from delaysnn.errors import InputError
from delaysnn.formats.dataset import read_dataset
from delaysnn.formats.metrics import read_json

ROOT = Path(__file__).parents[2]
RATE = 22050


def tone(hertz, rate, channels=1, seconds=0.2):
    wave = 0.5 * np.sin(2 * np.pi * hertz * np.arange(int(seconds * rate)) / rate)
    return np.repeat(wave[:, None], channels, axis=1)


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "audio/sub").mkdir(parents=True)
    soundfile.write(tmp_path / "audio/low.wav", tone(300, 16000), 16000, subtype="PCM_16")
    soundfile.write(tmp_path / "audio/sub/low.flac", tone(300, 44100, channels=2), 44100)
    soundfile.write(tmp_path / "audio/high.wav", tone(3000, 48000), 48000, subtype="PCM_24")
    soundfile.write(tmp_path / "audio/more.flac", tone(3000, 11025), 11025)
    table(tmp_path, ["low.wav,low,7", "sub/low.flac,low,0", "high.wav,high,1", "more.flac,high,0"])
    return tmp_path


def table(folder, lines, head="file,label,speaker"):
    (folder / "audio/words.csv").write_text("\n".join([head, *lines]) + "\n")


def recordings(folder):
    return read_recordings(folder / "audio/words.csv", folder / "audio")


def heard(words):
    events = hear_recordings(words, RATE, duration_s=0.25, seed=1, processes=1)
    return {
        word.name: (events.times[own].tobytes(), events.units[own])
        for index, word in enumerate(words)
        for own in [slice(events.offsets[index], events.offsets[index + 1])]
    }


def snakemake(folder, test_speakers, *arguments):
    overlay = {
        "data": {"name": "recordings", "duration_s": 0.25, "validation_speakers": [1], "test_speakers": test_speakers},
        "recordings": {"name": "my_tones", "folder": "audio", "table": "audio/words.csv", "sample_rate": RATE},
    }
    overlay["recordings"].update(seed=1, licence="CC0", citation="Somebody, 2024")
    (folder / "overlay.yaml").write_text(yaml.safe_dump(overlay))
    command = [sys.executable, "-m", "snakemake", "--snakefile", ROOT / "Snakefile", "--directory", folder, *arguments]
    command += ["--cores", "2", "--configfile", folder / "overlay.yaml", "--", "results/data/my_tones/train.npz"]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_a_speaker_whom_the_table_lacks_is_named_before_any_job(folder):
    done = snakemake(folder, [2], "-n")
    assert done.returncode != 0
    assert "data.test_speakers names [2], but the speakers are [0, 1, 7]" in done.stdout + done.stderr


def test_recordings_become_three_splits_by_configuration_alone(folder):
    done = snakemake(folder, [7])
    assert done.returncode == 0, done.stderr
    made = folder / "results/data/my_tones"
    assert read_events(made / "train.h5").keys == ("low", "high")
    splits = {split: read_dataset(made / f"{split}.npz") for split in ("train", "validation", "test")}
    assert {split: (data.labels.tolist(), data.speakers.tolist()) for split, data in splits.items()} == {
        "train": ([0, 1], [0, 0]),
        "validation": ([1], [1]),
        "test": ([0], [7]),
    }
    assert all(data.name == "my_tones" and data.n_classes == 2 for data in splits.values())
    origin = read_json(made / "provenance.json")
    assert (origin["source"], origin["licence"]) == ("Somebody, 2024", "CC0")
    assert origin["made_by"]["inputs"] == {"recordings": checksum(recordings(folder))}


def test_rate_and_format_do_not_change_what_is_heard(folder):
    places = {name: units.mean() for name, (_, units) in heard(recordings(folder)).items()}
    assert places["low.wav"] == pytest.approx(places["sub/low.flac"], rel=0.05)
    assert places["high.wav"] == pytest.approx(places["more.flac"], rel=0.05)
    assert places["low.wav"] > 1.2 * places["high.wav"]


def test_a_recording_is_heard_alike_whatever_else_there_is(folder):
    words = recordings(folder)
    every, some = heard(words), heard(words[:0:-2])
    assert len(some) == 2
    for name, (times, units) in some.items():
        assert every[name][0] == times and (every[name][1] == units).all()


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ([], "lists no recordings"),
        (["low.wav,low"], "line 2 lacks a value"),
        (["low.wav,low,0", "high.wav,,0"], "line 3 lacks a value"),
        (["low.wav,low,me"], "line 2 has the speaker 'me'"),
        (["low.wav,low,-1"], "line 2 has the speaker '-1'"),
        (["low.wav,low,0", "low.wav,low,1"], "line 3 lists low.wav once more"),
        (["absent.wav,low,0"], "line 2 lists absent.wav, but there is no such file"),
        (["b{1}.wav,low,0"], r"line 2 lists b\{1\}.wav; Snakemake takes braces for a pattern"),
        (['"low.wav,low,0'], "cannot be read as CSV"),
    ],
)
def test_a_line_that_cannot_be_used_is_named(folder, lines, words):
    table(folder, lines)
    with pytest.raises(InputError, match=rf"words\.csv: {words}"):
        recordings(folder)


def test_a_table_without_its_columns_or_no_text_is_refused(folder):
    table(folder, ["low.wav,low,0"], head="path,label,speaker")
    with pytest.raises(InputError, match="line 2 lacks a value; every line needs file, label, speaker"):
        recordings(folder)
    (folder / "audio/words.csv").write_bytes(b"file,label\xff")
    with pytest.raises(InputError, match="cannot be read as CSV"):
        recordings(folder)
    with pytest.raises(InputError, match="no such table"):
        read_recordings(folder / "none.csv", folder)


@pytest.mark.parametrize(
    ("audio", "words"),
    [
        (np.zeros(1000), "is silent"),
        (np.zeros(0), "is empty"),
        (np.array([0.1, np.nan]), "not finite"),
        (tone(300, RATE, seconds=0.3), r"lasts 0.30 s, longer than data.duration_s 0.25"),
    ],
)
def test_audio_that_cannot_be_heard_is_named(tmp_path, audio, words):
    soundfile.write(tmp_path / "a.wav", audio, RATE, subtype="FLOAT")
    with pytest.raises(InputError, match=rf"a\.wav: {words}|a\.wav: holds a value that is {words}"):
        load(tmp_path / "a.wav", RATE, 0.25)


@pytest.mark.parametrize("content", [b"", b"no audio", b"RIFF\x10\x00\x00\x00WAVEfmt ", b"fLaC"])
def test_what_is_no_audio_is_named(tmp_path, content):
    (tmp_path / "a.wav").write_bytes(content)
    with pytest.raises(InputError, match=r"a\.wav: cannot be read as audio"):
        load(tmp_path / "a.wav", RATE, 0.25)
