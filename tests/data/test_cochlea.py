from dataclasses import replace

import numpy as np
import pytest

from delaysnn.core.errors import InputError
from delaysnn.data.cochlea import Cochlea

RATE = 22050


@pytest.fixture(scope="module")
def cochlea():
    return Cochlea(RATE, n_samples=12 * 1024, n_channels=40)


def tone(hertz, seconds=0.2):
    return np.sin(2 * np.pi * hertz * np.arange(int(seconds * RATE)) / RATE)


def test_low_tones_move_the_apex_and_high_ones_the_base(cochlea):
    place = [np.square(cochlea.membrane(tone(hertz))).sum(axis=1).argmax() for hertz in (200, 800, 3200)]
    assert place[0] > place[1] > place[2]


def test_padding_does_not_change_the_movement():
    audio = tone(500, 0.12)
    short, long = (Cochlea(RATE, n, n_channels=40).membrane(audio) for n in (12 * 640, 12 * 1280))
    assert np.corrcoef(short.ravel(), long.ravel())[0, 1] > 0.999


@pytest.mark.parametrize("longest", [67_201, 30_870])
def test_audio_of_every_length_fits_a_cochlea_made_for_the_longest(longest):
    whole = Cochlea.fitting(RATE, longest)
    assert longest <= whole.n_samples < 1.05 * (longest + 0.08 * RATE)  # the membrane rings
    cochlea = replace(whole, n_channels=20)
    for length in (longest, longest // 2, longest // 3, 1000):
        assert cochlea.membrane(tone(500, length / RATE)).shape == (20, len(tone(500, length / RATE)) // 2 + 1)


def test_a_seed_gives_the_same_spikes_and_another_seed_others(cochlea):
    first, again, other = (cochlea.spikes(tone(500), seed) for seed in (1, 1, 2))
    assert (first[0] == again[0]).all() and (first[1] == again[1]).all()
    assert len(first[0]) != len(other[0]) or (first[0] != other[0]).any()


def test_neighbouring_seeds_and_channels_draw_unrelated_spikes():
    # One channel many times over: the stimulus is common, so only the random streams tell trials apart.
    cochlea = Cochlea(RATE, n_samples=12 * 1024, n_channels=40)
    counts = []
    for seed in range(60):
        _, units = cochlea.spikes(tone(500), seed)
        counts.append(np.bincount(units, minlength=40))
    counts = np.array(counts, float)
    active = counts.std(axis=0) > 0
    correlation = np.corrcoef(counts[:, active].T)
    assert np.abs(correlation - np.eye(active.sum())).max() < 0.6
    neighbours = np.corrcoef(counts[:-1, active].ravel() - np.tile(counts[:, active].mean(0), 59),
                             counts[1:, active].ravel() - np.tile(counts[:, active].mean(0), 59))[0, 1]  # fmt: skip
    assert abs(neighbours) < 0.15


@pytest.mark.parametrize("audio", [np.zeros(0), np.zeros(100), np.ones(13 * 1024), np.array([np.nan, 1.0])])
def test_audio_that_cannot_be_encoded_is_refused(cochlea, audio):
    with pytest.raises(InputError):
        cochlea.membrane(audio)
