import numpy as np
import pytest

from delaysnn.data.events import Events
from delaysnn.data.splits import refuse_heard, rotate, split_by_speaker, split_words, words_of
from delaysnn.errors import InputError
from delaysnn.formats.dataset import Dataset
from delaysnn.formats.spike_trains import SpikeTrains

SPEAKERS = np.array([0, 1, 2, 0, 1, 2, 3])


def test_every_word_is_in_one_split_and_speakers_are_not_shared():
    split = split_by_speaker(SPEAKERS, validation=[1], test=[2, 3])
    assert sorted(np.concatenate(list(split.values())).tolist()) == list(range(7))
    assert {name: set(SPEAKERS[words].tolist()) for name, words in split.items()} == {
        "train": {0},
        "validation": {1},
        "test": {2, 3},
    }


@pytest.mark.parametrize(
    ("validation", "test", "words"),
    [([1], [1], r"\[1\] are in"), ([9], [], "validation_speakers names"), ([0, 1], [2, 3], "no word to train")],
)
def test_impossible_splits_are_refused(validation, test, words):
    with pytest.raises(InputError, match=words):
        split_by_speaker(SPEAKERS, validation, test)


def test_a_rotation_holds_its_speakers_out_and_a_wrong_one_is_named():
    spikes = SpikeTrains.from_dense(np.zeros((2, len(SPEAKERS), 3)))
    words = Dataset(spikes, np.arange(len(SPEAKERS)), SPEAKERS, "words", 7, 0.02)
    data = rotate(words, {"test": [0, 3], "validation": [1]}, "2")
    assert {role: split.labels.tolist() for role, split in data.items()} == {
        "train": [2, 5],
        "validation": [1, 4],
        "test": [0, 3, 6],
    }
    with pytest.raises(InputError, match=r"rotations.2.test names \[9\], but the speakers are \[0, 1, 2, 3\]"):
        rotate(words, {"test": [9], "validation": [1]}, "2")


def test_a_test_speaker_in_training_is_refused():
    assert refuse_heard(np.array([4, 4]), SPEAKERS, named=[4], published=False) == 0
    for published in (True, False):
        with pytest.raises(InputError, match=r"\[3\]"):
            refuse_heard(np.array([4, 3]), SPEAKERS, named=[3, 4], published=published)


def test_only_a_published_split_may_hold_further_words_of_speakers_heard_before():
    test = np.array([4, 5, 0, 1, 1])
    assert refuse_heard(test, SPEAKERS, named=[4, 5], published=True) == 3
    with pytest.raises(InputError, match=r"\[0, 1\] speak 3 words"):
        refuse_heard(test, SPEAKERS, named=[4, 5], published=False)


def test_unknown_speakers_cannot_be_held_out_and_count_as_unheard():
    unknown = np.full(3, -1)
    assert refuse_heard(unknown, unknown, named=[], published=False) == 0
    for speakers, count in ((unknown, "3 of 3"), (np.array([0, 1, -1]), "1 of 3")):
        with pytest.raises(InputError, match=f"{count} words do not say who speaks"):
            split_by_speaker(speakers, validation=[1], test=())


def test_words_of_chosen_speakers():
    assert words_of(SPEAKERS, [1, 3]).tolist() == [1, 4, 6]
    assert words_of(SPEAKERS, []).tolist() == list(range(7))


def spoken_by(speakers):
    count = len(speakers)
    return Events.from_words([np.array([0.1])] * count, [np.array([5])] * count, [0] * count, speakers, ["a"])


def test_a_test_speaker_whom_the_test_file_lacks_is_refused():
    given = {"train": spoken_by([0, 1, 0, 2]), "test": spoken_by([4, 5, -1])}
    with pytest.raises(InputError, match=r"data.test_speakers names \[55\], but the speakers are \[4, 5\]"):
        split_words(given, validation=[1], test=[4, 55], published=True)
    silent = {**given, "test": spoken_by([-1, -1])}
    with pytest.raises(InputError, match=r"names \[4\], but the test file does not say who speaks .*; write \[\]"):
        split_words(silent, validation=[1], test=[4], published=False)
    parts, _ = split_words(silent, validation=[1], test=[], published=False)
    assert len(parts["test"]) == 2


def test_validation_comes_out_of_the_training_file_or_from_its_own():
    given = {"train": spoken_by([0, 1, 0, 2]), "test": spoken_by([4, 1])}
    parts, heard = split_words(given, validation=[1], test=[4], published=True)
    assert {role: events.speakers.tolist() for role, events in parts.items()} == {
        "train": [0, 0, 2],
        "validation": [1],
        "test": [4, 1],
    }
    assert heard == 1
    own = {**given, "validation": spoken_by([7])}
    parts, _ = split_words(own, validation=[], test=[], published=True)
    assert {role: len(events) for role, events in parts.items()} == {"train": 4, "test": 2, "validation": 1}
    with pytest.raises(InputError, match=r"\[4\]"):
        split_words({**given, "validation": spoken_by([4])}, validation=[], test=[4], published=True)
