"""The recordings behind SHD: from an archive of their layout, from a folder, split by its lists or by the rule."""

import contextlib
import functools
import gzip
import http.server
import io
import os
import random
import subprocess
import sys
import tarfile
import threading
from pathlib import Path

import numpy as np
import page
import pytest
import soundfile
import yaml

from delaysnn.core.errors import InputError
from delaysnn.core.files import sha256
from delaysnn.core.metrics import read_json
from delaysnn.data import heidelberg
from delaysnn.data.download import fetch_recorded
from delaysnn.data.recordings import longest_s
from delaysnn.data.sources import heidelberg_digits
from delaysnn.report.tidy import read_table, select

ROOT = Path(__file__).parents[2]
SOURCE = heidelberg_digits.SOURCE
NAMES = [
    "lang-english_speaker-00_trial-0_digit-0.flac",
    "lang-german_speaker-04_trial-13_digit-3.flac",
    "lang-german_speaker-00_trial-1_digit-9.flac",
    "lang-english_speaker-11_trial-2_digit-1.flac",
]
TRAIN, TEST = [NAMES[3], NAMES[0]], [NAMES[1], NAMES[2]]


def flac(pitch):
    audio, content = 0.5 * np.sin(2 * np.pi * pitch * np.arange(4800) / 48000), io.BytesIO()
    soundfile.write(content, audio, 48000, format="FLAC")
    return content.getvalue()


GOOD = {f"audio/{name}": flac(300 * (1 + place)) for place, name in enumerate(NAMES)}
LISTS = {"train_filenames.txt": "\n".join(TRAIN).encode(), "test_filenames.txt": "\r\n".join([*TEST, ""]).encode()}


def packed(files, links=()):
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w:gz") as archive:
        for name, data in [*files.items()] if isinstance(files, dict) else files:
            about = tarfile.TarInfo(name)
            about.size = len(data)
            archive.addfile(about, io.BytesIO(data))
        for name in links:
            about = tarfile.TarInfo(name)
            about.type, about.linkname = tarfile.SYMTYPE, "/etc/passwd"
            archive.addfile(about)
    return content.getvalue()


@contextlib.contextmanager
def serving(folder, archive):
    """Serve an archive from a new folder to this machine alone, at the address that is given."""
    folder.mkdir()
    (folder / "hd_audio.tar.gz").write_bytes(archive)
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=str(folder))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def server(tmp_path, monkeypatch):
    """Serve an archive of four recordings."""
    monkeypatch.setattr(heidelberg_digits, "_FOLDERS", ("http://127.0.0.1:1/",))
    with serving(tmp_path / "served", packed({**GOOD, **LISTS, "README.md": b"hello"})) as address:
        yield address


def fetch(tmp_path, folder=None, mirrors=(), count=4):
    config = {
        "heidelberg_digits": {"recordings": count, "seed": 1},
        "download": {"folder": None if folder is None else str(folder), "mirrors": list(mirrors), "timeout_s": 5},
    }
    return SOURCE.fetch(config, {role: tmp_path / f"data/{role}.h5" for role in ("train", "test")}, threads=1)


def test_an_archive_is_downloaded_once_and_encoded_as_its_lists_split_it(tmp_path, server):
    files = [fetch(tmp_path, mirrors=[server]) for _ in range(2)]
    assert files[0] == files[1]
    assert {role: file["speakers"] for role, file in files[0].items()} == {"train": [0, 11], "test": [0, 4]}
    found = sha256(tmp_path / "served/hd_audio.tar.gz")
    assert files[0]["train"]["made_from"] == {"hd_audio.tar.gz": found}
    assert (tmp_path / "data/hd_audio.tar.gz.sha256").read_text() == f"{found}\n"
    assert not (tmp_path / "data/audio").exists()
    # Another archive at the same address is refused, once the first has been recorded.
    (tmp_path / "data/hd_audio.tar.gz").unlink()
    (tmp_path / "served/hd_audio.tar.gz").write_bytes(packed(GOOD))
    with pytest.raises(InputError, match=rf"has SHA-256 .*, not {found} as first fetched .*hd_audio\.tar\.gz\.sha256"):
        fetch(tmp_path, mirrors=[server])


@pytest.mark.parametrize("content", [b"", gzip.compress(b"hello", mtime=0), packed(GOOD)[:-9], b"<html>log in</html>"])
def test_what_is_no_archive_is_not_recorded_as_the_one_to_come(tmp_path, server, content):
    right = (tmp_path / "served/hd_audio.tar.gz").read_bytes()
    (tmp_path / "served/hd_audio.tar.gz").write_bytes(content)
    with pytest.raises(InputError, match=r"the downloaded file is no whole tar\.gz \(.*\); it was removed"):
        fetch(tmp_path, mirrors=[server])
    assert [*(tmp_path / "data").iterdir()] == []
    (tmp_path / "served/hd_audio.tar.gz").write_bytes(right)
    assert fetch_recorded("hd_audio.tar.gz", [server], tmp_path / "data", 5)[1] == sha256(
        tmp_path / "served/hd_audio.tar.gz"
    )


def test_a_folder_and_an_archive_in_it_give_the_same_spikes_and_labels_in_the_order_of_the_lists(tmp_path):
    given = tmp_path / "given"
    (given / "audio").mkdir(parents=True)
    for name, content in {**GOOD, **LISTS}.items():
        (given / name).write_bytes(content)
    one = fetch(tmp_path, given)
    events = events_of(tmp_path / "data/train.h5")
    assert (events.labels.tolist(), events.speakers.tolist()) == ([1, 0], [11, 0])
    assert events.keys[:2] == ("zero", "one") and len(events.keys) == 20
    assert events_of(tmp_path / "data/test.h5").labels.tolist() == [13, 19]
    (given / "hd_audio.tar.gz").write_bytes(packed({**GOOD, **LISTS}))
    other = fetch(tmp_path, given)
    assert [file["sha256"] for file in one.values()] == [file["sha256"] for file in other.values()]


def events_of(path):
    from delaysnn.data.events import read_events

    return read_events(path, channels=700)


def test_without_lists_speakers_4_and_5_and_a_twentieth_of_the_others_are_the_test(tmp_path):
    names = [
        f"lang-{language}_speaker-{speaker:02}_trial-{trial}_digit-{digit}.flac"
        for language in ("english", "german")
        for speaker in range(12)
        for trial in range(5)
        for digit in range(10)
    ]
    for name in names:
        (tmp_path / name).touch()
    digits = heidelberg.find(tmp_path)
    roles, listed = heidelberg.split(digits, tmp_path)
    assert not listed and sorted([*roles["train"], *roles["test"]]) == sorted(names)
    assert {digits[name].speaker for name in roles["train"]} == {*range(12)} - {4, 5}
    others = [name for name in roles["test"] if digits[name].speaker not in (4, 5)]
    assert 0.03 < len(others) / 1000 < 0.07
    # A recording's place does not depend on the others.
    some = {name: digits[name] for name in names[::3]}
    assert set(heidelberg.split(some, tmp_path)[0]["test"]) == set(roles["test"]) & set(some)


def test_a_folder_of_something_else_is_told_what_is_needed_in_it(tmp_path):
    (tmp_path / "hd_audio.zip").write_bytes(b"PK")
    needed = r"download\.folder .* holds neither hd_audio\.tar\.gz nor recordings such as lang-english_"
    with pytest.raises(InputError, match=needed):
        fetch(tmp_path, tmp_path)


def test_a_part_needs_its_number_and_bears_it_in_its_name(tmp_path):
    (tmp_path / "hd_audio.tar.gz").write_bytes(packed({**GOOD, **LISTS}))
    with pytest.raises(InputError, match=r"holds 4 recordings, not 10420 \(heidelberg_digits\.recordings\)"):
        fetch(tmp_path, tmp_path, count=10420)
    assert SOURCE.dataset_name({"heidelberg_digits": {"recordings": 4}}) == "heidelberg_digits_4"
    assert SOURCE.dataset_name({"heidelberg_digits": {"recordings": 10420}}) == "heidelberg_digits"


def damages(seed):
    """Return an archive, or what is unpacked from one, that cannot be right."""
    draw = random.Random(seed)
    files, links, name = {**GOOD, **LISTS}, [], draw.choice(NAMES)
    kind = draw.randrange(9)
    whole = packed(files)
    if kind == 0:
        return whole[: draw.randrange(len(whole) - 1)]
    if kind == 1:
        place = draw.randrange(10, len(whole) - 8)
        return whole[:place] + bytes([whole[place] ^ 1 << draw.randrange(8)]) + whole[place + 1 :]
    if kind == 2:
        return draw.randbytes(draw.randrange(200))
    if kind == 3:  # a name that says nothing
        wrong = draw.choice(["speaker-12", "speaker-1", "speaker-0x", "lang-french", "digit-10", "trial-"])
        part = {"s": "speaker-00", "l": "lang-english", "d": "digit-0", "t": "trial-0"}[wrong[0]]
        files[f"audio/{NAMES[0].replace(part, wrong)}"] = files.pop(f"audio/{NAMES[0]}")
    if kind == 4:  # lists that do not fit
        which = draw.choice([*LISTS])
        others = [name for name in NAMES if name.encode() not in LISTS[which]]
        lines = LISTS[which].split()
        change = draw.randrange(5)
        if change == 0:
            del files[which]
        else:
            lines = [lines[:1], [*lines, draw.choice(others).encode()], [*lines, lines[0]], [*lines, b"\xff\xfe"]][
                change - 1
            ]
            files[which] = b"\n".join(lines)
    if kind == 5:
        links = [draw.choice(["audio/../", "/tmp/", ""]) + "lang-english_speaker-03_trial-0_digit-0.flac"]
    if kind == 6:
        content = files[f"audio/{name}"]
        files[f"audio/{name}"] = draw.choice([content[: draw.randrange(len(content) - 20)], draw.randbytes(50)])
    if kind == 7:
        return packed([*files.items(), (f"{draw.choice('abc')}/{name}", GOOD[f"audio/{name}"])])
    if kind == 8:
        del files[f"audio/{name}"]
    return packed(files, links)


def test_every_malformed_archive_ends_in_a_sentence_and_leaves_nothing_outside(tmp_path):
    for seed in range(500):
        (tmp_path / "hd_audio.tar.gz").write_bytes(damages(seed))
        folder = tmp_path / f"out/{seed}"
        with pytest.raises(InputError) as error:
            heidelberg.unpack(tmp_path / "hd_audio.tar.gz", folder)
            digits = heidelberg.find(folder)
            heidelberg.split(digits, folder)
            longest_s((digit.path for digit in digits.values()), 4)
            raise AssertionError(f"seed {seed} was taken")
        assert "\n" not in str(error.value) and str(tmp_path) in str(error.value)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["hd_audio.tar.gz", "out"]


def test_errors_name_the_archive_and_not_what_was_unpacked_from_it(tmp_path):
    (tmp_path / "hd_audio.tar.gz").write_bytes(packed(GOOD | {"test_filenames.txt": NAMES[0].encode()}))
    with pytest.raises(InputError, match=r"/hd_audio\.tar\.gz: holds 0 files train_filenames\.txt; one is needed"):
        fetch(tmp_path, tmp_path)
    assert [*(tmp_path / "data").iterdir()] == []


def test_a_recording_that_lasts_too_long_is_refused(tmp_path):
    soundfile.write(tmp_path / NAMES[0], 0.1 * np.sin(np.arange(8000 * 5)), 8000)
    with pytest.raises(InputError, match=r"digit-0\.flac: lasts 5 s, longer than 4 s"):
        longest_s([tmp_path / NAMES[0]], 4)


def spoken(digit, speaker, trial):
    """Return a chirp that a digit's place in the alphabet of pitches, a speaker and a trial make, as FLAC."""
    seconds, content = np.arange(14400) / 48000, io.BytesIO()
    pitch = (300 + 40 * speaker + 5 * trial) * (1, 3, 8)[digit]
    soundfile.write(content, 0.5 * np.sin(2 * np.pi * pitch * (1 + seconds) * seconds), 48000, format="FLAC")
    return content.getvalue()


@pytest.mark.slow  # 50 seconds of one core
def test_config_regenerated_runs_from_an_archive_to_the_table_of_models(tmp_path):
    who = [(digit, speaker, trial) for digit in range(3) for speaker in (0, 1, 2, 4, 5) for trial in range(4)]
    names = {
        f"lang-english_speaker-{speaker:02}_trial-{trial}_digit-{digit}.flac": (digit, speaker, trial)
        for digit, speaker, trial in who
    }
    # As in SHD, one of the others' is tested, too.
    tested = [
        name for name, (digit, speaker, trial) in names.items() if speaker > 2 or (digit, speaker, trial) == (0,) * 3
    ]
    files = {f"audio/{name}": spoken(*about) for name, about in names.items()}
    files["train_filenames.txt"] = "\n".join(name for name in names if name not in tested).encode()
    files["test_filenames.txt"] = "\n".join(tested).encode()
    (tmp_path / "tiny.yaml").write_text(page.files("own-data.md")["tiny.yaml"])
    part = ["--snakefile", ROOT / "Snakefile", "--cores", "2", "--configfile", ROOT / "config/regenerated.yaml"]
    with serving(tmp_path / "served", packed(files)) as address:
        # The publisher's own addresses are out of reach.
        environment = os.environ | {"https_proxy": "http://127.0.0.1:1", "no_proxy": "127.0.0.1"}
        overlay = {"heidelberg_digits": {"recordings": len(names)}, "download": {"mirrors": [address], "timeout_s": 5}}
        (tmp_path / "part.yaml").write_text(yaml.safe_dump(overlay))
        command = [
            sys.executable,
            "-m",
            "snakemake",
            *part,
            "tiny.yaml",
            "part.yaml",
            "--",
            "results/tables/models.csv",
        ]
        run = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout[-3000:] + run.stderr[-5000:]
    accuracy = select(read_table(tmp_path / "results/tables/models.csv"), quantity="accuracy", network="12")
    # A third is chance, and nothing of SHD's stands beside it.
    assert (accuracy["ours_mean"] > 50).all() and set(accuracy["dataset"]) == {"heidelberg_digits_60"}
    assert accuracy["difference"].isna().all()
    about = read_json(tmp_path / "results/data/heidelberg_digits_60/provenance.json")["files"]["test"]
    archive = {"hd_audio.tar.gz": sha256(tmp_path / "served/hd_audio.tar.gz")}
    assert (about["made_from"], about["split"]) == (archive, "lists of the archive")
    assert (about["samples"], about["speakers"]) == (25, [0, 4, 5])
    log = (tmp_path / "logs/heidelberg_digits_60/fetch_data.log").read_text()
    for said in (
        "hd_audio.tar.gz is unpacked",
        "60 recordings, of which 35 are for training",
        "60 of 60 samples encoded",
    ):
        assert said in log
