"""Files of the user's own, from configuration to binned words, as Snakemake runs them."""

import subprocess
import sys
from pathlib import Path

import h5py
import numpy as np
import pytest
import yaml

from delaysnn.data.events import Events, write_events
from delaysnn.data.importing import import_files
from delaysnn.errors import InputError
from delaysnn.formats.dataset import read_dataset
from delaysnn.formats.metrics import read_json

ROOT = Path(__file__).parents[2]


def words(speakers, keys=("a", "b", "c")):
    """A word a speaker: one spike on the channel of the speaker's number."""
    times = [np.array([0.1]) for _ in speakers]
    units = [np.array([max(speaker, 0)]) for speaker in speakers]
    return Events.from_words(times, units, [index % 3 for index in range(len(speakers))], speakers, keys)


def run(folder, overlay, *targets):
    (folder / "overlay.yaml").write_text(yaml.safe_dump(overlay))
    command = [sys.executable, "-m", "snakemake", "--snakefile", ROOT / "Snakefile", "--directory", folder]
    command += ["--cores", "1", "--configfile", folder / "overlay.yaml", "--", *targets]
    return subprocess.run(command, capture_output=True, text=True, check=False)


OVERLAY = {
    "data": {"name": "files", "validation_speakers": [1], "test_speakers": [3, 9]},
    "files": {"name": "my_words", "train": "in/words.h5", "licence": "CC0", "citation": "Somebody, 2024"},
}


def test_one_file_becomes_three_splits_under_its_own_name(tmp_path):
    (tmp_path / "in").mkdir()
    write_events(tmp_path / "in/words.h5", words([0, 1, 2, 3, 9, 0, 1, 3]))
    done = run(tmp_path, OVERLAY, *(f"results/data/my_words/{split}.npz" for split in ("train", "validation", "test")))
    assert done.returncode == 0, done.stderr
    splits = {name: read_dataset(tmp_path / f"results/data/my_words/{name}.npz") for name in ("train", "validation")}
    test = read_dataset(tmp_path / "results/data/my_words/test.npz")
    assert [splits[name].speakers.tolist() for name in ("train", "validation")] == [[0, 2, 0], [1, 1]]
    assert (test.name, test.n_classes, test.speakers.tolist()) == ("my_words", 3, [3, 9, 3])
    assert test.spikes.neurons.tolist() == [3, 9, 3]
    assert test.provenance["heard_test_words"] == 0
    origin = read_json(tmp_path / "results/data/my_words/provenance.json")
    assert (origin["licence"], origin["source"]) == ("CC0", "Somebody, 2024")
    assert origin["files"]["test"]["speakers"] == [3, 9]
    assert str(tmp_path) not in str(origin)


def test_a_broken_file_ends_in_one_sentence_and_leaves_nothing(tmp_path):
    (tmp_path / "in").mkdir()
    broken = words([0, 1, 3, 9])
    write_events(tmp_path / "in/words.h5", broken)
    with h5py.File(tmp_path / "in/words.h5", "a") as file:
        file["spikes/units"][2] = np.array([700], np.uint16)
    done = run(tmp_path, OVERLAY, "results/data/my_words/train.h5")
    assert done.returncode != 0
    assert "words.h5: word 2 has a unit outside 0 to 699: 700" in done.stderr
    assert "Traceback" not in done.stderr
    assert not list((tmp_path / "results").rglob("*.*"))


def test_two_files_stay_as_they_are(tmp_path):
    write_events(tmp_path / "a.h5", words([0, 1]))
    write_events(tmp_path / "b.h5", words([2]))
    split = import_files(tmp_path / "a.h5", tmp_path / "b.h5", test_speakers=[])
    assert {role: events.speakers.tolist() for role, events in split.items()} == {"train": [0, 1], "test": [2]}


def test_files_that_cannot_be_split_or_joined_are_refused(tmp_path):
    write_events(tmp_path / "a.h5", words([0, 1]))
    write_events(tmp_path / "b.h5", words([2], keys=("c", "b", "a")))
    with pytest.raises(InputError, match=r"b\.h5: names other classes"):
        import_files(tmp_path / "a.h5", tmp_path / "b.h5", test_speakers=[])
    for speakers in ([-1, -1], [0, 3, -1]):
        write_events(tmp_path / "a.h5", words(speakers))
        with pytest.raises(InputError, match=r"a\.h5: does not say of every word who speaks"):
            import_files(tmp_path / "a.h5", None, test_speakers=[3])
