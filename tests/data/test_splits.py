import dataclasses

import numpy as np
import pytest

from delaysnn.core.dataset import Dataset
from delaysnn.core.errors import InputError
from delaysnn.core.spike_trains import SpikeTrains
from delaysnn.data.events import Events
from delaysnn.data.splits import check_shared_speakers, samples_of, split_by_speaker, split_fold, split_samples

SPEAKERS = np.array([0, 1, 2, 0, 1, 2, 3])
FILES = {"train": "in/a.h5", "test": "in/b.h5"}


def test_every_sample_is_in_one_split_and_speakers_are_not_shared():
    split = split_by_speaker(SPEAKERS, validation=[1], test=[2, 3])
    assert sorted(np.concatenate(list(split.values())).tolist()) == list(range(7))
    assert {name: set(SPEAKERS[samples].tolist()) for name, samples in split.items()} == {
        "train": {0},
        "validation": {1},
        "test": {2, 3},
    }


@pytest.mark.parametrize(
    ("validation", "test", "message"),
    [([1], [1], r"\[1\] are in"), ([9], [], "validation_speakers names"), ([0, 1], [2, 3], "no sample to train")],
)
def test_impossible_splits_are_refused(validation, test, message):
    with pytest.raises(InputError, match=message):
        split_by_speaker(SPEAKERS, validation, test)


def test_a_fold_holds_its_speakers_out_and_a_wrong_one_is_named():
    spikes = SpikeTrains.from_dense(np.zeros((2, len(SPEAKERS), 3)))
    samples = Dataset(spikes, np.arange(len(SPEAKERS)), SPEAKERS, "samples", 7, 0.02)
    data = split_fold(samples, {"test": [0, 3], "validation": [1]}, "2")
    assert {role: split.labels.tolist() for role, split in data.items()} == {
        "train": [2, 5],
        "validation": [1, 4],
        "test": [0, 3, 6],
    }
    with pytest.raises(InputError, match=r"folds.2.test names \[9\], but the speakers are \[0, 1, 2, 3\]"):
        split_fold(samples, {"test": [9], "validation": [1]}, "2")
    one = dataclasses.replace(samples, labels=np.array([0, 1, 4, 0, 1, 4, 2]))
    with pytest.raises(InputError, match=r"folds.2 leaves a single class of samples to train on"):
        split_fold(one, {"test": [0, 3], "validation": [1]}, "2")


def test_a_test_speaker_in_training_is_refused():
    assert check_shared_speakers(np.array([4, 4]), SPEAKERS, named=[4], published=False, files=FILES) == 0
    for published in (True, False):
        with pytest.raises(InputError, match=r"test_speakers names \[3\], who speak in in/a.h5 too"):
            check_shared_speakers(np.array([4, 3]), SPEAKERS, named=[3, 4], published=published, files=FILES)


def test_only_a_published_split_may_hold_further_samples_of_shared_speakers():
    test = np.array([4, 5, 0, 1, 1])
    assert check_shared_speakers(test, SPEAKERS, named=[4, 5], published=True, files=FILES) == 3
    message = r"in/b.h5: speakers \[0, 1\] speak 3 of its samples .* in/a.h5 too; .* write data.published_split: true"
    with pytest.raises(InputError, match=message):
        check_shared_speakers(test, SPEAKERS, named=[4, 5], published=False, files=FILES)


def test_unknown_speakers_cannot_be_held_out_nor_counted_as_shared():
    unknown, some = np.full(3, -1), np.array([4, -1])
    for test, others in ((unknown, SPEAKERS), (some, SPEAKERS), (np.array([4]), unknown)):
        assert check_shared_speakers(test, others, named=[], published=False, files=FILES) is None
    for speakers, count in ((unknown, "3 of 3"), (np.array([0, 1, -1]), "1 of 3")):
        with pytest.raises(InputError, match=f"in/a.h5: {count} samples do not say who speaks"):
            split_by_speaker(speakers, validation=[1], test=(), source="in/a.h5")


def test_samples_of_chosen_speakers():
    assert samples_of(SPEAKERS, [1, 3]).tolist() == [1, 4, 6]
    assert samples_of(SPEAKERS, []).tolist() == list(range(7))


def spoken_by(speakers, labels=None, keys=("a", "b")):
    count = len(speakers)
    labels = [index % 2 for index in range(count)] if labels is None else labels
    return Events.from_samples([np.array([0.1])] * count, [np.array([5])] * count, labels, speakers, keys, 700)


def test_a_test_speaker_whom_the_test_file_lacks_is_refused():
    given = {"train": spoken_by([0, 1, 0, 2]), "test": spoken_by([4, 5, -1])}
    with pytest.raises(InputError, match=r"data.test_speakers names \[55\], but the speakers are \[4, 5\]"):
        split_samples(given, validation=[1], test=[4, 55], published=True, files=FILES)
    silent = {**given, "test": spoken_by([-1, -1])}
    with pytest.raises(InputError, match=r"names \[4\], but in/b.h5 does not say who speaks .*; write \[\]"):
        split_samples(silent, validation=[1], test=[4], published=False, files=FILES)
    parts, _ = split_samples(silent, validation=[1], test=[], published=False, files=FILES)
    assert len(parts["test"]) == 2


def test_validation_comes_out_of_the_training_file_or_from_its_own():
    given = {"train": spoken_by([0, 1, 0, 2]), "test": spoken_by([4, 1])}
    parts, shared = split_samples(given, validation=[1], test=[4], published=True, files=FILES)
    assert {role: events.speakers.tolist() for role, events in parts.items()} == {
        "train": [0, 0, 2],
        "validation": [1],
        "test": [4, 1],
    }
    assert shared == 1
    own = {**given, "validation": spoken_by([7])}
    parts, _ = split_samples(own, validation=[], test=[], published=True, files=FILES)
    assert {role: len(events) for role, events in parts.items()} == {"train": 4, "test": 2, "validation": 1}
    with pytest.raises(InputError, match=r"\[4\]"):
        split_samples({**given, "validation": spoken_by([4])}, validation=[], test=[4], published=True, files=FILES)


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        ([[0, 1, 0, 0], [0, 1]], "in/a.h5: all 3 samples to train on are of class 0 .a.; two classes or more"),
        ([[1, 0, 1, 1], [0, 1]], "in/a.h5: all 3 samples to train on are of class 1 .b."),
    ],
)
def test_a_single_class_to_train_on_is_refused(labels, message):
    given = {role: spoken_by(who, own) for role, who, own in zip(FILES, ([0, 1, 0, 2], [4, 5]), labels, strict=True)}
    with pytest.raises(InputError, match=message):
        split_samples(given, validation=[1], test=[], published=False, files=FILES)


def test_classes_that_cannot_be_learned_are_named(caplog):
    given = {"train": spoken_by([0, 1, 0], [0, 2, 3], "abcde"), "test": spoken_by([4, 4], [4, 4], "abcde")}
    split_samples(given, validation=[1], test=[], published=False, files=FILES)
    assert caplog.messages == [
        "in/a.h5: class 2 (c) has no sample to train on, so that none of its 1 for the validation can be right",
        "in/a.h5: all samples for the validation are of class 2 (c)",
        "in/b.h5: class 4 (e) has no sample to train on, so that none of its 2 for the test can be right",
        "in/b.h5: all samples for the test are of class 4 (e)",
        "in/a.h5: no sample is of class 1 (b); a network has an output for every class up to the last",
    ]


def test_of_many_classes_without_a_sample_a_few_are_named(caplog):
    keys = ()
    given = {"train": spoken_by([0, 1, 0], [0, 0, 30000], keys), "test": spoken_by([4, 4], [0, 30000], keys)}
    split_samples(given, validation=[1], test=[], published=False, files=FILES)
    assert (
        "in/a.h5: no sample is of class 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 and 29989 more; a network" in caplog.messages[-1]
    )
