"""Recordings of the user's own: tones of several rates and formats, from a table to binned samples."""

import re
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
import soundfile
import yaml
from forked_runs import snakemake

from delaysnn.core.dataset import read_dataset
from delaysnn.core.errors import InputError
from delaysnn.core.metrics import read_json
from delaysnn.data.events import read_events
from delaysnn.data.recordings import checksum, encode_recordings, load, read_recordings

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
    (folder / "audio/samples.csv").write_text("\n".join([head, *lines]) + "\n")


def recordings(folder):
    return read_recordings(folder / "audio/samples.csv", folder / "audio")


def encoded(samples):
    events = encode_recordings(samples, RATE, duration_s=0.25, seed=1, processes=1)
    return {
        sample.name: (events.times[own].tobytes(), events.units[own])
        for index, sample in enumerate(samples)
        for own in [slice(events.offsets[index], events.offsets[index + 1])]
    }


def run(folder, test_speakers, *arguments):
    overlay = {
        "data": {"name": "recordings", "duration_s": 0.25, "validation_speakers": [1], "test_speakers": test_speakers},
        "recordings": {"name": "my_tones", "folder": "audio", "table": "audio/samples.csv", "sample_rate": RATE},
    }
    overlay["recordings"].update(seed=1, licence="CC0", citation="Somebody, 2024")
    (folder / "overlay.yaml").write_text(yaml.safe_dump(overlay))
    arguments += ("--cores", "2", "--configfile", folder / "overlay.yaml", "--", "results/data/my_tones/train.npz")
    return snakemake(folder, *arguments)


def test_a_speaker_whom_the_table_lacks_is_named_before_any_job(folder):
    done = run(folder, [2], "-n")
    assert done.returncode != 0
    assert "data.test_speakers names [2], but the speakers are [0, 1, 7]" in done.stdout + done.stderr


def test_recordings_become_three_splits_by_configuration_alone(folder):
    done = run(folder, [7])
    assert done.returncode == 0, done.stderr
    made = folder / "results/data/my_tones"
    assert read_events(made / "train.h5", 700).keys == ("low", "high")
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


def test_rate_and_format_do_not_change_the_spikes(folder):
    places = {name: units.mean() for name, (_, units) in encoded(recordings(folder)).items()}
    assert places["low.wav"] == pytest.approx(places["sub/low.flac"], rel=0.05)
    assert places["high.wav"] == pytest.approx(places["more.flac"], rel=0.05)
    assert places["low.wav"] > 1.2 * places["high.wav"]


def test_a_recording_is_encoded_alike_whatever_else_there_is(folder):
    samples = recordings(folder)
    every, some = encoded(samples), encoded(samples[:0:-2])
    assert len(some) == 2
    for name, (times, units) in some.items():
        assert every[name][0] == times and (every[name][1] == units).all()


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ([], "lists no recordings"),
        (["low.wav,low"], "line 2 lacks a value"),
        (["low.wav,low,0", "high.wav,,0"], "line 3 lacks a value"),
        (["low.wav,low,0", " , ,", "high.wav,high,"], "line 4 lacks a value"),
        (["low.wav,low,0", "high.wav,Low,1"], "line 3 has the label 'Low', another line 'low'"),
        (["low.wav,tür,0", "high.wav,tu\u0308r,1"], "line 3 has the label '.*', another line 'tür'"),
        (["low.wav,low,me"], "line 2 has the speaker 'me'"),
        (["low.wav,low,100234"], "line 2 has the speaker '100234'; a whole number from 0 to 32767 is needed"),
        (["low.wav,low,1.0"], "line 2 has the speaker '1.0'; a whole number"),
        (["low.wav,low,0", "", "", "high.wav,high,z"], "line 5 has the speaker 'z'"),
        (['low.wav,"lo', 'w",0', "high.wav,high,z"], "line 4 has the speaker 'z'"),
        (["low.wav,low, very,0"], "line 2 has 4 values, but line 1 names 3 columns; .* in quotes"),
        (["low.wav,low,-1"], "line 2 has the speaker '-1'"),
        (["low.wav,low,0", "low.wav,low,1"], "line 3 lists low.wav again; it is the file of line 2"),
        (["low.wav,low,0", "./low.wav,low,1"], "line 3 lists ./low.wav again; it is the file of line 2"),
        (["low.wav,low,0", "sub/../low.wav,low,1"], "line 3 lists sub/../low.wav again"),
        (["low.wav,low,0", "sub/linked.wav,low,1"], "line 3 lists sub/linked.wav again"),
        (["low.wav,low,0", "sub/hard.wav,low,1"], "line 3 lists sub/hard.wav again"),
        ([f"low.wav,low,{'1' * 5000}"], "line 2 has the speaker '1111.*1...'; a whole number from 0 to 32767"),
        ([f"{'a' * 300}.wav,low,0"], "line 2 lists aaa.*, but there is no such file"),
        (["sub,low,0"], "line 2 lists sub, but that is a folder"),
        (["absent.wav,low,0"], "line 2 lists absent.wav, but there is no such file"),
        (["b{1}.wav,low,0"], r"line 2 lists b\{1\}.wav; Snakemake reads braces as a pattern"),
        (['"low.wav,low,0'], "cannot be read as CSV after line 1"),
        (["low.wav,low,0", '"high.wav"x,high,0'], "cannot be read as CSV after line 2"),
    ],
)
def test_a_line_that_cannot_be_used_is_named(folder, lines, message):
    (folder / "audio/sub/linked.wav").symlink_to(folder / "audio/low.wav")
    (folder / "audio/sub/hard.wav").hardlink_to(folder / "audio/low.wav")
    table(folder, lines)
    with pytest.raises(InputError, match=rf"samples\.csv: {message}"):
        recordings(folder)


@pytest.mark.parametrize(
    "head",
    [
        *("path,label,speaker", "file;label;speaker", "file\tlabel\tspeaker", "file,label", "low.wav,low,0"),
        *("file,label,speaker,label", '"file,label,speaker"', "", '"file";"label";"speaker"'),
    ],
)
def test_a_table_without_its_columns_is_refused_with_those_it_has(folder, head):
    table(folder, ["low.wav,low,0"], head)
    shown = head if ";" in head else head.strip('"')
    message = re.escape(f"samples.csv: line 1 names the columns {shown!r}; file, label, speaker are needed")
    with pytest.raises(InputError, match=f"{message}.*separated by commas"):
        recordings(folder)


@pytest.mark.parametrize(
    "content",
    [
        "File, LABEL ,Speaker\nlow.wav, low, 7\nhigh.wav, high, 1\n",
        "\ufefffile,label,speaker\r\nlow.wav,low,7\r\n\r\nhigh.wav,high,1",
        "file,label,speaker\rlow.wav,low,7\rhigh.wav,high,1\r",
        'age,speaker,"file",label\n3,7,"low.wav","low"\n,1,high.wav,high\n,,,\n',
    ],
)
def test_a_table_is_read_however_it_is_written(folder, content):
    (folder / "audio/samples.csv").write_bytes(content.encode())
    assert [(sample.name, sample.label, sample.speaker) for sample in recordings(folder)] == [
        ("low.wav", "low", 7),
        ("high.wav", "high", 1),
    ]


def test_what_is_no_table_is_refused(folder):
    for content, message in (
        (b"file,label\xff", "is not UTF-8"),
        ("file,label,speaker\n".encode("utf-16"), "is not UTF-8"),
        (b"file,label,speaker\nlow\x00.wav,low,0\n", "cannot be read as CSV|no such file"),
        (b"", "lists no recordings"),
    ):
        (folder / "audio/samples.csv").write_bytes(content)
        with pytest.raises(InputError, match=message):
            recordings(folder)
    with pytest.raises(InputError, match="no such table"):
        read_recordings(folder / "none.csv", folder)
    with pytest.raises(InputError, match="cannot be read"):
        read_recordings(folder, folder)


@pytest.mark.parametrize(
    ("audio", "message"),
    [
        (np.zeros(1000), "is silent; all of its 1000 values are 0"),
        (np.full(1000, 0.25), "is silent; all of its 1000 values are 0.25"),
        (np.ones(1), "is silent; all of its 1 values are 1"),
        (tone(300, RATE, channels=2) * [1, -1], "its 2 channels cancel one another"),
        (np.zeros(0), "is empty"),
        (np.array([0.1, np.nan]), "not finite"),
        (tone(300, RATE, seconds=0.3), r"lasts 0.3 s, longer than data.duration_s 0.25"),
    ],
)
def test_audio_that_cannot_be_encoded_is_named(tmp_path, audio, message):
    soundfile.write(tmp_path / "a.wav", audio, RATE, subtype="FLOAT")
    with pytest.raises(InputError, match=rf"a\.wav: {message}|a\.wav: holds a value that is {message}"):
        load(tmp_path / "a.wav", RATE, 0.25)


@pytest.mark.parametrize("content", [b"", b"no audio", b"RIFF\x10\x00\x00\x00WAVEfmt ", b"fLaC"])
def test_what_is_no_audio_is_named(tmp_path, content):
    (tmp_path / "a.wav").write_bytes(content)
    with pytest.raises(InputError, match=r"a\.wav: cannot be read as audio"):
        load(tmp_path / "a.wav", RATE, 0.25)


@pytest.mark.parametrize(("rate", "seconds"), [(16000, 0.7), (48000, 0.29), (8000, 1.1), (11025, 0.8)])
def test_a_recording_may_last_exactly_as_long_as_the_window(tmp_path, rate, seconds):
    count = int(Fraction(str(seconds)) * rate)
    for more in (0, 1):
        soundfile.write(tmp_path / f"{more}.wav", np.sin(np.arange(count + more)), rate)
    assert len(load(tmp_path / "0.wav", 48000, seconds)) == -(-count * 48000 // rate)
    with pytest.raises(InputError, match=r"1\.wav: lasts .* longer than data.duration_s"):
        load(tmp_path / "1.wav", 48000, seconds)


def test_a_constant_offset_changes_nothing(folder):
    wave = tone(700, 16000)[:, 0]
    for name, offset in (("plain", 0), ("shifted", 0.25)):
        soundfile.write(folder / f"audio/{name}.wav", wave + offset, 16000, subtype="DOUBLE")
    plain, shifted = (load(folder / f"audio/{name}.wav", RATE, 0.25) for name in ("plain", "shifted"))
    assert np.abs(shifted - plain).max() < 1e-12 and abs(plain.mean()) < 1e-4


def test_the_same_sound_of_two_speakers_or_labels_is_refused(folder):
    audio, rate = soundfile.read(folder / "audio/low.wav", dtype="int16")
    soundfile.write(folder / "audio/copy.flac", audio, rate)
    for line, named in (
        ("copy.flac,low,8", "'low' of speaker 8 instead of 'low' of speaker 7"),
        ("copy.flac,high,7", "'high' of speaker 7 instead of 'low' of speaker 7"),
    ):
        table(folder, ["low.wav,low,7", "high.wav,high,1", line])
        with pytest.raises(InputError, match=rf"copy\.flac: is the same sound as .*low\.wav, but {named}"):
            encoded(recordings(folder))


@pytest.mark.parametrize("change", [lambda x: 0.5 * x, lambda x: x + 0.25, lambda x: 0.3 * x - 0.1, lambda x: -x])
@pytest.mark.parametrize("subtype", ["PCM_16", "FLOAT"])
def test_the_same_sound_at_another_loudness_or_offset_is_refused(folder, change, subtype):
    audio, rate = soundfile.read(folder / "audio/low.wav")
    soundfile.write(folder / "audio/copy.wav", change(audio), rate, subtype=subtype)
    table(folder, ["low.wav,low,7", "high.wav,high,1", "copy.wav,low,8"])
    with pytest.raises(InputError, match=r"copy\.wav: is the same sound as .*low\.wav"):
        encoded(recordings(folder))


def test_another_sound_of_the_same_length_and_loudness_is_taken(folder):
    rate = soundfile.info(folder / "audio/low.wav").samplerate
    soundfile.write(folder / "audio/like.wav", tone(301, rate)[:, 0], rate, subtype="PCM_16")
    table(folder, ["low.wav,low,7", "like.wav,low,8"])
    assert len(encoded(recordings(folder))) == 2


def test_a_recording_that_gives_no_spike_is_named(folder):
    soundfile.write(folder / "audio/click.wav", np.array([0.0, 0.5]), 48000)
    table(folder, ["low.wav,low,7", "click.wav,high,1"])
    with pytest.raises(InputError, match=r"click\.wav: gives no spike"):
        encoded(recordings(folder))


def test_a_recording_that_is_cut_off_is_named_and_one_of_unknown_length_is_read(tmp_path):
    path = tmp_path / "a.wav"
    soundfile.write(path, tone(300, 16000), 16000, subtype="PCM_16")
    content = path.read_bytes()
    place = content.index(b"data") + 4
    for promised in (0xFFFFFFFF, 0x7FFFFFFF, 0):
        path.write_bytes(content[:place] + promised.to_bytes(4, "little") + content[place + 4 :])
        assert len(load(path, 16000, 0.2)) == 3200
    path.write_bytes(content[:-1600])
    with pytest.raises(InputError, match=r"a\.wav: is cut off; it promises 6400 bytes of audio and holds 4800"):
        load(path, 16000, 0.2)


def test_a_recording_without_sound_is_empty_whatever_chunks_follow(tmp_path):
    path = tmp_path / "a.wav"
    soundfile.write(path, np.zeros(0), 16000, subtype="PCM_16")
    content = path.read_bytes()
    path.write_bytes(content + b"LIST\x04\x00\x00\x00INFO")
    with pytest.raises(InputError, match=r"a\.wav: is empty"):
        load(path, 16000, 0.2)


def test_a_rate_that_no_recording_has_is_named(tmp_path):
    path = tmp_path / "a.wav"
    soundfile.write(path, tone(300, 16000), 16000, subtype="PCM_16")
    content = path.read_bytes()
    place = content.index(b"fmt ") + 12
    path.write_bytes(content[:place] + (2**31 - 1).to_bytes(4, "little") + content[place + 4 :])
    with pytest.raises(InputError, match=r"a\.wav: says that it has 2147483647 samples a second; 768000 is the most"):
        load(path, 16000, 0.2)
