"""Files of the user's own, from configuration to binned samples, as Snakemake runs them."""

import dataclasses
from pathlib import Path

import h5py
import numpy as np
import pytest
import yaml
from forked_runs import snakemake

from delaysnn.core.dataset import read_dataset
from delaysnn.core.errors import InputError
from delaysnn.core.metrics import read_json
from delaysnn.data.events import Events, write_events
from delaysnn.data.sources.files import Settings, import_files

ROOT = Path(__file__).parents[2]


def mine(train, test=None, **more):
    about = {"name": "mine", "licence": "CC0", "citation": "nobody", "channels": 700}
    return Settings(**{**about, "train": str(train), "test": test and str(test), **more})


def samples(speakers, keys=("a", "b", "c")):
    """A sample a speaker: one spike on the channel of the speaker's number."""
    times = [np.array([0.1 + 0.01 * index]) for index in range(len(speakers))]
    units = [np.array([max(speaker, 0)]) for speaker in speakers]
    return Events.from_samples(times, units, [index % 3 for index in range(len(speakers))], speakers, keys, 700)


def run(folder, overlay, *targets):
    (folder / "overlay.yaml").write_text(yaml.safe_dump(overlay))
    return snakemake(folder, "--cores", "1", "--configfile", folder / "overlay.yaml", "--", *targets)


OVERLAY = {
    "data": {"name": "files", "validation_speakers": [1], "test_speakers": [3, 9]},
    "files": {
        "name": "my_samples",
        "train": "in/samples.h5",
        "channels": 700,
        "licence": "CC0",
        "citation": "Somebody, 2024",
    },
}


def test_one_file_becomes_three_splits_under_its_own_name(tmp_path):
    (tmp_path / "in").mkdir()
    write_events(tmp_path / "in/samples.h5", samples([0, 1, 2, 3, 9, 0, 1, 3]))
    done = run(
        tmp_path, OVERLAY, *(f"results/data/my_samples/{split}.npz" for split in ("train", "validation", "test"))
    )
    assert done.returncode == 0, done.stderr
    splits = {name: read_dataset(tmp_path / f"results/data/my_samples/{name}.npz") for name in ("train", "validation")}
    test = read_dataset(tmp_path / "results/data/my_samples/test.npz")
    assert [splits[name].speakers.tolist() for name in ("train", "validation")] == [[0, 2, 0], [1, 1]]
    assert (test.name, test.n_classes, test.speakers.tolist()) == ("my_samples", 3, [3, 9, 3])
    assert test.spikes.neurons.tolist() == [3, 9, 3]
    assert test.provenance["shared_speaker_samples"] == 0
    origin = read_json(tmp_path / "results/data/my_samples/provenance.json")
    assert (origin["licence"], origin["source"]) == ("CC0", "Somebody, 2024")
    assert origin["files"]["test"]["speakers"] == [3, 9]
    assert str(tmp_path) not in str(origin)


def test_a_broken_file_ends_in_one_sentence_and_leaves_nothing(tmp_path):
    (tmp_path / "in").mkdir()
    broken = samples([0, 1, 3, 9])
    write_events(tmp_path / "in/samples.h5", broken)
    with h5py.File(tmp_path / "in/samples.h5", "a") as file:
        file["spikes/units"][2] = np.array([700], np.uint16)
    done = run(tmp_path, OVERLAY, "results/data/my_samples/train.h5")
    assert done.returncode != 0
    assert "samples.h5: sample 2 has a unit outside 0 to 699: 700" in done.stderr
    assert "Traceback" not in done.stderr
    assert not list((tmp_path / "results").rglob("*.*"))


def test_two_files_stay_as_they_are(tmp_path):
    write_events(tmp_path / "a.h5", samples([0, 1]))
    write_events(tmp_path / "b.h5", samples([2]))
    split = import_files(mine(tmp_path / "a.h5", tmp_path / "b.h5"), test_speakers=[], duration_s=1.0)
    assert {role: events.speakers.tolist() for role, events in split.items()} == {"train": [0, 1], "test": [2]}


def test_files_that_cannot_be_split_or_joined_are_refused(tmp_path):
    write_events(tmp_path / "a.h5", samples([0, 1]))
    for keys, call in ((("c", "b", "a"), "calls its classes c, b, a"), ((), "does not name its classes")):
        write_events(tmp_path / "b.h5", samples([2], keys))
        with pytest.raises(InputError, match=rf"b\.h5: {call}, but .*a\.h5 calls its classes a, b, c"):
            import_files(mine(tmp_path / "a.h5", tmp_path / "b.h5"), test_speakers=[], duration_s=1.0)
    write_events(tmp_path / "b.h5", samples([2]))
    for speakers, count in (([-1, -1], "2 of 2"), ([0, 3, -1], "1 of 3")):
        write_events(tmp_path / "a.h5", samples(speakers))
        for test in (None, tmp_path / "b.h5"):
            with pytest.raises(InputError, match=rf"a\.h5: {count} samples do not say who speaks"):
                import_files(mine(tmp_path / "a.h5", test), test_speakers=[3], duration_s=1.0)


def spoken(speakers, seed, count=40):
    """Samples of random spikes, half of which share their times with another."""
    random = np.random.default_rng(seed)
    times = [np.sort(random.integers(0, 20, count)) / 32 for _ in speakers]
    units = [random.integers(0, 700, count) for _ in speakers]
    return Events.from_samples(times, units, [index % 2 for index in range(len(speakers))], speakers, ("a", "b"), 700)


def reordered(events):
    """The same samples, units in the other order where times are equal."""
    order = np.concatenate([
        first + np.lexsort([-events.units[first:last].astype(int), events.times[first:last]])
        for first, last in zip(events.offsets[:-1], events.offsets[1:], strict=True)
    ])  # fmt: skip
    return dataclasses.replace(events, times=events.times[order].astype(np.float32), units=events.units[order])


def test_samples_of_both_files_are_named_and_refused(tmp_path):
    train = spoken([0, 1, 0, 1], seed=1)
    copies = reordered(train.select(np.array([3, 1])))
    write_events(tmp_path / "a.h5", train)
    others = spoken([-1] * 3, seed=2)
    join = Events.from_samples(
        [others.times[:40], copies.times[:40], copies.times[40:]],
        [others.units[:40], copies.units[:40], copies.units[40:]],
        *([0, 1, 1], [-1] * 3, ("a", "b"), 700),
    )
    for name, events in (("copied", join), ("others", others)):
        write_events(tmp_path / f"{name}.h5", events)
    with pytest.raises(InputError, match=r"copied\.h5: 2 of 3 samples are in .*a\.h5, too: sample 1 as 3, 2 as 1\. "):
        import_files(mine(tmp_path / "a.h5", tmp_path / "copied.h5"), test_speakers=[], duration_s=1.0)
    assert (
        len(import_files(mine(tmp_path / "a.h5", tmp_path / "others.h5"), test_speakers=[], duration_s=1.0)["test"])
        == 3
    )


def test_a_sample_of_two_speakers_is_named_and_refused(tmp_path):
    own = spoken([0, 1, 3], seed=1)
    twice = own.select(np.array([0, 1, 1, 2, 1]))
    write_events(tmp_path / "a.h5", twice)
    assert len(import_files(mine(tmp_path / "a.h5", None), test_speakers=[3], duration_s=1.0)["test"]) == 1
    write_events(tmp_path / "a.h5", dataclasses.replace(twice, speakers=np.array([0, 1, 1, 3, 3])))
    with pytest.raises(InputError, match=r"a\.h5: 1 of 5 samples .* with another speaker: sample 4 as 1\. "):
        import_files(mine(tmp_path / "a.h5", None), test_speakers=[3], duration_s=1.0)


def test_a_sample_under_two_labels_is_named_and_refused(tmp_path):
    twice = spoken([0, 1, 3], seed=1).select(np.array([0, 1, 1, 2]))
    write_events(tmp_path / "a.h5", dataclasses.replace(twice, labels=np.array([0, 1, 0, 1])))
    with pytest.raises(InputError, match=r"a\.h5: 1 of 4 samples .* with another label: sample 2 as 1\. .* labels"):
        import_files(mine(tmp_path / "a.h5", None), test_speakers=[3], duration_s=1.0)


def test_a_published_split_may_share_speakers_by_saying_so(tmp_path):
    write_events(tmp_path / "a.h5", spoken([0, 1, 0, 1, 2, 2], seed=1))
    write_events(tmp_path / "b.h5", spoken([4, 0, 4, 2], seed=2))
    overlay = {
        "data": {"name": "files", "validation_speakers": [1], "test_speakers": [4], "published_split": True},
        "files": {"name": "theirs", "train": "a.h5", "test": "b.h5", "licence": "CC0", "citation": "Somebody, 2024"},
    }
    done = run(tmp_path, overlay, "results/data/theirs/test.npz")
    assert done.returncode == 0, done.stderr
    assert read_dataset(tmp_path / "results/data/theirs/test.npz").provenance["shared_speaker_samples"] == 2
    assert "2 of 4 test samples are by speakers of training or validation" in done.stderr


def test_where_speakers_are_unknown_no_result_mentions_them(tmp_path):
    write_events(tmp_path / "a.h5", spoken([0, 1, 0, 1, 2, 2], seed=1))
    write_events(tmp_path / "b.h5", spoken([-1, -1, -1], seed=2))
    overlay = {
        "data": {"name": "files", "validation_speakers": [1], "test_speakers": []},
        "files": {"name": "theirs", "train": "a.h5", "test": "b.h5", "licence": "CC0", "citation": "Somebody, 2024"},
        "card": {"epochs": 1},
    }
    done = run(tmp_path, overlay, "results/data/theirs/test.npz", "results/data/card.json")
    assert done.returncode == 0, done.stderr
    assert read_dataset(tmp_path / "results/data/theirs/test.npz").provenance["shared_speaker_samples"] is None
    card = read_json(tmp_path / "results/data/card.json")
    assert card["voices"] is None and card["unseen"] is False
    logs = "".join(path.read_text() for path in (tmp_path / "logs/theirs").glob("*.log"))
    assert "% of test samples" in logs and "speakers" not in logs


def test_a_sample_whose_times_leave_the_window_has_the_number_of_the_file(tmp_path):
    late = samples([3, 9, 0, 1, 2])
    times = np.array([0.1, 0.1, 0.1, 0.1, 158.5])
    write_events(tmp_path / "a.h5", dataclasses.replace(late, times=times))
    with pytest.raises(InputError, match=r"a\.h5: .*but sample 4 begins at 158\.5"):
        import_files(mine(tmp_path / "a.h5", None), test_speakers=[3, 9], duration_s=1.0)
