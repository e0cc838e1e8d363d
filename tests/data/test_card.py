import dataclasses

import numpy as np
import pytest

from delaysnn.data.card import _bands, are_unseen, count_voices, measure_baselines
from delaysnn.data.events import Events

CHANNELS = 700


def samples(random, count):
    """Two classes whose samples hold equally many spikes in every channel: one sweeps upwards, the other downwards."""
    times, units, labels = [], [], []
    for index in range(count):
        channels = np.sort(random.choice(CHANNELS, 150, replace=False)).astype(np.uint16)
        label = index % 2
        times.append(np.linspace(0.05, 0.9, 150) + random.uniform(-0.02, 0.02))
        units.append(channels if label == 0 else channels[::-1])
        labels.append(label)
    return Events.from_samples(times, units, labels, [index % 5 for index in range(count)], ["up", "down"], CHANNELS)


@pytest.fixture(scope="module")
def split():
    random = np.random.default_rng(1)
    return samples(random, 300), samples(random, 100)


def test_order_in_time_is_what_only_the_recurrent_network_on_true_bins_uses(split):
    baselines = measure_baselines(*split, duration_s=1.0, seed=1, epochs=8)
    assert baselines["gru_accuracy"] > 95
    assert baselines["counts_accuracy"] < 70
    assert baselines["gru_permuted_accuracy"] < 70


def test_the_same_seed_gives_the_same_accuracies(split):
    first, second = (measure_baselines(*split, duration_s=1.0, seed=3, epochs=1) for _ in range(2))
    assert first == second


@pytest.mark.parametrize(
    ("test", "voices", "unseen"),
    [([5, 6], 7, True), ([5, 0], 6, False), ([5, -1], None, False), ([-1, -1], None, False)],
)
def test_speakers_are_counted_and_called_unseen_only_where_every_sample_says_who_speaks(
    split, test, voices, unseen, caplog
):
    train = split[0]
    tested = dataclasses.replace(split[1].select(np.arange(2)), speakers=np.array(test))
    assert (count_voices(train, tested), are_unseen(train, tested)) == (voices, unseen)
    with caplog.at_level("INFO"):
        measure_baselines(train.select(np.arange(4)), tested, duration_s=1.0, seed=1, epochs=1)
    assert ("unseen" in caplog.text) == unseen


def test_a_window_shorter_than_a_bin_of_the_baselines_is_one_bin(split):
    train, test = (dataclasses.replace(events, times=events.times / 100) for events in split)
    measure_baselines(train.select(np.arange(4)), test.select(np.arange(4)), duration_s=0.01, seed=1, epochs=1)


def test_any_number_of_channels_makes_at_most_140_bands():
    for channels, bands in ((1, 1), (64, 64), (CHANNELS, 140), (1000, 125), (2312, 136)):
        units = np.array([0, channels - 1], np.uint16)
        events = Events.from_samples([np.array([0.1, 0.2])], [units], [0], [0], ["a"], channels)
        found = _bands(events, 0.5).numpy()
        assert found.shape == (1, 20, bands) and found.sum() == 2 and found[0, 4, 0] == 1
        assert found[0, 8, -1] == 1 or channels == 1
