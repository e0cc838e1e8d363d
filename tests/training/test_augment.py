import numpy as np
import pytest

from delaysnn.formats.spike_trains import SpikeTrains
from delaysnn.training.augment import augment

NONE = dict.fromkeys(["channel_shift", "channel_stretch", "channel_jitter", "time_shift", "time_stretch", "drop"], 0.0)
SPIKES = np.random.default_rng(0).random((20, 8, 100)) < 0.1
TRAINS = SpikeTrains.from_dense(SPIKES)


ALL = np.arange(8)


def dense(batch):
    trains = SpikeTrains(batch.offsets, batch.steps, batch.neurons, batch.n_steps, batch.n_neurons)
    return trains.dense()


def test_without_variation_nothing_changes():
    assert (dense(augment(TRAINS, ALL, NONE, np.random.default_rng(1))) == SPIKES).all()


@pytest.mark.parametrize("key", list(NONE))
def test_each_setting_varies_spikes_by_the_draw_and_keeps_them_binary(key):
    settings = {**NONE, key: 0.2 if key in ("drop", "channel_stretch", "time_stretch") else 3.0}
    first, again, other = (augment(TRAINS, ALL, settings, np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert (dense(first) == dense(again)).all() and (dense(first) != dense(other)).any()
    assert (dense(first) != SPIKES).any()
    assert dense(first).sum() == len(first.steps) <= SPIKES.sum()


def test_dropping_leaves_the_rest_in_place():
    kept = dense(augment(TRAINS, ALL, {**NONE, "drop": 0.5}, np.random.default_rng(1)))
    assert (kept <= SPIKES).all()
    assert 0.4 < kept.sum() / SPIKES.sum() < 0.6


def test_only_the_asked_words_come_in_the_asked_order():
    batch = dense(augment(TRAINS, np.array([5, 2]), NONE, np.random.default_rng(1)))
    assert (batch == SPIKES[:, [5, 2]]).all()


def test_jitter_has_the_deviation_and_spikes_stay_in_the_order_of_their_steps():
    clicks = np.zeros((40, 50, 700))
    clicks[::2, :, 350] = 1
    settings = {**NONE, "channel_jitter": 6.0, "time_stretch": 0.1}
    batch = augment(SpikeTrains.from_dense(clicks), np.arange(50), settings, np.random.default_rng(1))
    assert abs(batch.neurons.mean() - 350) < 1 and abs(batch.neurons.std() - 6) < 0.5
    for first, last in zip(batch.offsets[:-1], batch.offsets[1:], strict=True):
        assert (np.diff(batch.steps[first:last].astype(int)) >= 0).all()
