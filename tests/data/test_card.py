import numpy as np
import pytest

from delaysnn.data.card import measure_baselines
from delaysnn.data.events import Events

CHANNELS = 700


def words(random, count):
    """Two classes whose words hold equally many spikes in every channel: one sweeps upwards, the other downwards."""
    times, units, labels = [], [], []
    for index in range(count):
        channels = np.sort(random.choice(CHANNELS, 150, replace=False)).astype(np.uint16)
        label = index % 2
        times.append(np.linspace(0.05, 0.9, 150) + random.uniform(-0.02, 0.02))
        units.append(channels if label == 0 else channels[::-1])
        labels.append(label)
    return Events.from_words(times, units, labels, [index % 5 for index in range(count)], ["up", "down"])


@pytest.fixture(scope="module")
def split():
    random = np.random.default_rng(1)
    return words(random, 300), words(random, 100)


def test_order_in_time_is_what_only_the_recurrent_network_on_true_bins_hears(split):
    baselines = measure_baselines(*split, duration_s=1.0, seed=1, epochs=8)
    assert baselines.gru > 95
    assert baselines.counts < 70
    assert baselines.gru_permuted < 70


def test_the_same_seed_gives_the_same_accuracies(split):
    first, second = (measure_baselines(*split, duration_s=1.0, seed=3, epochs=1) for _ in range(2))
    assert first == second
