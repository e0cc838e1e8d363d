from dataclasses import replace

import numpy as np
import pytest
import torch

from delaysnn.core.spike_trains import SpikeTrains
from delaysnn.settings.training import Augmentation, EventAugmentation
from delaysnn.training.augment import augment, draw, fade_lines, lost_of

SHARES = ("channel_stretch", "time_stretch", "channel_fade")
KEYS = list(Augmentation.model_fields)
NONE = Augmentation(**dict.fromkeys(KEYS, 0) | {"drop": [0, 0]})
SPIKES = np.random.default_rng(0).random((20, 8, 100)) < 0.1
TRAINS = SpikeTrains.from_dense(SPIKES)


ALL = np.arange(8)


def dense(batch):
    return batch.dense(torch.uint8, torch.device("cpu")).numpy().transpose(1, 0, 2)


def test_without_variation_nothing_changes():
    assert (dense(augment(TRAINS, ALL, NONE, np.random.default_rng(1))) == SPIKES).all()


@pytest.mark.parametrize("key", KEYS)
def test_each_setting_varies_spikes_by_the_draw_and_keeps_them_binary(key):
    settings = NONE.model_copy(update={key: [0.1, 0.3] if key == "drop" else 0.2 if key in SHARES else 3.0})
    first, again, other = (augment(TRAINS, ALL, settings, np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert (dense(first) == dense(again)).all() and (dense(first) != dense(other)).any()
    assert (dense(first) != SPIKES).any()
    assert dense(first).sum() == len(first.steps) <= SPIKES.sum()


def test_dropping_leaves_the_rest_in_place():
    kept = dense(augment(TRAINS, ALL, NONE.model_copy(update={"drop": [0.5, 0.5]}), np.random.default_rng(1)))
    assert (kept <= SPIKES).all()
    assert 0.4 < kept.sum() / SPIKES.sum() < 0.6


def test_only_the_asked_samples_come_in_the_asked_order():
    batch = dense(augment(TRAINS, np.array([5, 2]), NONE, np.random.default_rng(1)))
    assert (batch == SPIKES[:, [5, 2]]).all()


def test_samples_come_in_substeps_and_are_merged_after_they_are_varied():
    fine = np.random.default_rng(3).random((40, 30, 100)) < 0.1
    trains, samples, random = SpikeTrains.from_dense(fine), np.arange(30), np.random.default_rng(1)
    assert (dense(augment(trains, samples, NONE, random, substeps=4)) == trains.coarser(4).dense()).all()
    # Spikes that share a time step, of which half are dropped: where there are several one stays more often.
    several = np.zeros((8, 200, 100))
    several[:4] = 1
    halved = NONE.model_copy(update={"drop": [0.5, 0.5]})
    kept = dense(augment(SpikeTrains.from_dense(several), np.arange(200), halved, random, substeps=4))
    assert abs(kept[0].mean() - (1 - 0.5**4)) < 0.01 and not kept[1].any()


def test_jitter_has_the_deviation_and_spikes_stay_in_the_order_of_their_steps():
    clicks = np.zeros((40, 50, 700))
    clicks[::2, :, 350] = 1
    settings = NONE.model_copy(update={"channel_jitter": 6.0, "time_stretch": 0.1})
    batch = augment(SpikeTrains.from_dense(clicks), np.arange(50), settings, np.random.default_rng(1))
    assert abs(batch.neurons.mean() - 350) < 1 and abs(batch.neurons.std() - 6) < 0.5
    for first, last in zip(batch.begin, batch.end, strict=True):
        assert (np.diff(batch.steps[first:last].astype(int)) >= 0).all()


def test_a_voices_pitch_moves_the_low_frequencies_alone():
    clicks = np.zeros((4, 200, 700))
    clicks[:, :, [100, 600]] = 1
    settings = NONE.model_copy(update={"pitch_shift": 20.0})
    batch = augment(SpikeTrains.from_dense(clicks), np.arange(200), settings, np.random.default_rng(1))
    high, low = (batch.neurons[where].astype(int) for where in (batch.neurons < 300, batch.neurons >= 300))
    assert set(high) == {100}
    assert abs(low.mean() - 600) < 5 and 16 < low.std() < 24


def test_fading_differs_between_samples_and_channels_but_never_adds():
    full = np.ones((50, 20, 700))
    settings = NONE.model_copy(update={"channel_fade": 0.3})
    kept = dense(augment(SpikeTrains.from_dense(full), np.arange(20), settings, np.random.default_rng(1)))
    by_band = kept.reshape(50, 20, 7, 100).mean(axis=(0, 3))
    assert (by_band <= 1).all() and 0.6 < by_band.mean() < 0.9
    assert by_band.std(axis=0).min() > 0.02 and by_band.std(axis=1).min() > 0.02


def test_without_fading_no_profile_is_worked_out_and_the_same_spikes_are_dropped():
    dropped = NONE.model_copy(update={"drop": [0.1, 0.5]})
    # So little that no spike is left out for it.
    least = dropped.model_copy(update={"channel_fade": 1e-300})
    drawn, lines = draw(20, dropped, np.random.default_rng(1)), fade_lines(700)
    expected, without = lost_of(drawn, lines, least), replace(drawn, fade=None)
    assert (lost_of(without, lines, dropped) == expected).all() and expected.std() > 0
    with pytest.raises(ValueError):
        lost_of(without, lines, least)


def test_which_spikes_are_dropped_does_not_depend_on_their_jitter():
    clicks = np.zeros((40, 50, 700))
    clicks[::2, :, 350] = 1
    settings = NONE.model_copy(update={"channel_jitter": 6.0, "drop": [0.5, 0.5]})
    batch = augment(SpikeTrains.from_dense(clicks), np.arange(50), settings, np.random.default_rng(1))
    assert abs(batch.neurons.mean() - 350) < 1 and abs(batch.neurons.std() - 6) < 0.5


STILL = EventAugmentation(
    **dict.fromkeys(("shift_x", "shift_y", "time_shift", "time_stretch"), 0.0), flip_x=False, drop=[0, 0]
)
SENSOR = (10, 5, 2)


def varied(key, value, data=SPIKES, seed=1):
    settings = STILL.model_copy(update={key: value})
    trains = SpikeTrains.from_dense(data)
    batch = augment(trains, np.arange(len(trains)), settings, np.random.default_rng(seed), sensor=SENSOR)
    return batch, dense(batch)


def test_events_stay_as_they_are_where_nothing_varies():
    for variation in (STILL, None):
        batch = augment(TRAINS, ALL, variation, np.random.default_rng(1), sensor=SENSOR)
        assert (dense(batch) == SPIKES).all() and batch.outside == 0
    fine = SpikeTrains.from_dense(SPIKES)
    merged = augment(fine, ALL, None, np.random.default_rng(1), substeps=4)
    assert (dense(merged) == fine.coarser(4).dense()).all()


@pytest.mark.parametrize(("key", "axis"), [("shift_x", 4), ("shift_y", 3)])
def test_a_shift_moves_a_whole_sample_within_its_polarity_and_loses_what_leaves(key, axis):
    batch, found = varied(key, 0.3)
    before, after = (array.reshape(20, 8, 2, 5, 10) for array in (SPIKES, found))
    moved = set()
    for sample in range(8):
        one, other = before[:, sample], after[:, sample]
        size = one.shape[axis - 1]
        # What is shifted in comes from nowhere, and what is shifted out comes in nowhere else.
        where = [
            shift
            for shift in range(-size, size + 1)
            if (np.roll(np.pad(one, [(0, size) if a == axis - 1 else (0, 0) for a in range(4)]), shift, axis - 1)
                .take(range(size), axis - 1) == other).all()
        ]  # fmt: skip
        assert where
        moved |= set(where)
    assert len(moved) > 2 and found.sum() + batch.outside == SPIKES.sum()


def test_a_flip_mirrors_about_half_of_the_samples_along_x_and_only_where_asked():
    many = np.random.default_rng(0).random((4, 60, 100)) < 0.1
    batch, found = varied("flip_x", True, many)
    before, after = (array.reshape(4, 60, 2, 5, 10) for array in (many, found))
    mirrored = [(after[:, sample] == before[:, sample, ..., ::-1]).all() for sample in range(60)]
    same = [(after[:, sample] == before[:, sample]).all() for sample in range(60)]
    assert 20 < sum(mirrored) < 40 and sum(mirrored) + sum(same) == 60 and batch.outside == 0


def test_of_64_channels_is_lost_what_drop_says_and_what_leaves_the_window():
    data = np.random.default_rng(0).random((40, 100, 64)) < 0.1
    trains, settings = SpikeTrains.from_dense(data), STILL.model_copy(update={"drop": [0.3, 0.3], "time_shift": 0.1})
    batch = augment(trains, np.arange(100), settings.in_time_alone(), np.random.default_rng(1))
    assert batch.neurons.max() < 64 and batch.n_neurons == 64
    lost, left = 1 - len(batch.steps) / data.sum(), batch.outside / data.sum()
    assert abs(lost - 0.3 - left) < 0.01 and 0.02 < left < 0.1
    assert np.bincount(batch.neurons, minlength=64).min() > 0


def test_the_last_of_as_many_channels_as_there_may_be_keeps_its_spikes():
    steps, neurons = np.array([0, 1, 1], np.uint16), np.array([65535, 0, 65535], np.uint16)
    trains = SpikeTrains(np.array([0, 3]), steps, neurons, 2, 65536)
    batch = augment(trains, np.array([0]), None, np.random.default_rng(1))
    assert batch.steps.tolist() == [0, 1, 1] and batch.neurons.tolist() == [65535, 0, 65535]
    gone = augment(trains, np.array([0]), NONE.model_copy(update={"drop": [1.0, 1.0]}), np.random.default_rng(1))
    assert not len(gone.steps)


def test_what_is_moved_beyond_the_edges_is_counted_and_what_is_dropped_is_not():
    clicks = np.zeros((20, 1, 100), bool)
    clicks[:, 0, 40:60] = True
    trains = SpikeTrains.from_dense(clicks)
    late = augment(trains, np.array([0]), NONE.model_copy(update={"time_shift": 1000.0}), np.random.default_rng(1))
    assert late.outside == 400 and not len(late.steps)
    both = NONE.model_copy(update={"time_shift": 1000.0, "drop": [0.5, 0.5]})
    assert 150 < augment(trains, np.array([0]), both, np.random.default_rng(1)).outside < 250
