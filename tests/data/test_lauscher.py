"""Our cochlea beside lauscher, the one of SHD's authors, at few channels: it takes minutes at 700."""

from dataclasses import replace
from itertools import combinations, product

import numpy as np
import pytest
from lauscher.audiowaves import MonoAudioWave
from lauscher.helpers import CommandLineArguments
from lauscher.transformations import BasilarMembrane, BushyCell, HairCell, HanningWindow, RmsNormalizer
from scipy import signal

from delaysnn.data import speech
from delaysnn.data.cochlea import Cochlea

CHANNELS, RUNS = 14, 10
RATE = speech.sample_rate()


def say(sample, noise):
    audio = speech.say(sample, "en", "f2", rate=160, pitch=50, pitch_range=60, seed=1)
    return audio + noise * np.std(audio) * np.random.default_rng(1).standard_normal(len(audio))


def ours(audio, room=1.0):
    return replace(Cochlea.fitting(RATE, int(room * len(audio))), n_channels=CHANNELS)


def lauschers_membrane(audio):
    CommandLineArguments().num_concurrent_jobs = 1
    wave = MonoAudioWave(audio.copy(), RATE)
    for part in (RmsNormalizer(0.3), HanningWindow(0.03, 0.03), BasilarMembrane(CHANNELS)):
        wave = wave.transform(part)
    return wave


SOUNDS = {
    "sample": say("seven", noise=0),
    "noisy sample": say("six", noise=0.2),
    "noisy sample, odd length": say("six", noise=0.2)[:-1],
    "noise": np.random.default_rng(2).standard_normal(RATE // 3),
    "rising tone": signal.chirp(np.arange(RATE // 4) / RATE, 100, 0.25, 10000),
}


@pytest.mark.parametrize("room", [1.0, 2.5, 8.0])
@pytest.mark.parametrize("sound", SOUNDS)
def test_the_membrane_moves_as_lauschers_at_every_place_however_long_other_samples_are(sound, room):
    theirs, own = lauschers_membrane(SOUNDS[sound]).channels, ours(SOUNDS[sound], room).membrane(SOUNDS[sound])
    assert own.shape == theirs.shape
    assert np.corrcoef(own.ravel(), theirs.ravel())[0, 1] >= 0.9999
    assert min(np.corrcoef(*pair)[0, 1] for pair in zip(own, theirs, strict=True)) >= 0.999
    assert own.std() == pytest.approx(theirs.std(), rel=0.01)


def spike_counts(times, units):
    """Return spikes a channel and 10 ms of the noisy sample."""
    edges = np.arange(0, len(SOUNDS["noisy sample"]) / RATE + 0.01, 0.01)
    return np.histogram2d(units, times, [np.arange(CHANNELS + 1), edges])[0]


@pytest.fixture(scope="module")
def theirs():
    chances = lauschers_membrane(SOUNDS["noisy sample"]).transform(HairCell())
    runs = []
    for seed in range(RUNS):
        np.random.seed(seed)
        spikes = chances.transform(BushyCell())
        runs.append(spike_counts(spikes.spike_times, spikes.spike_labels))
    return np.array(runs)


@pytest.fixture(scope="module")
def own():
    cochlea = ours(SOUNDS["noisy sample"])
    return np.array([spike_counts(*cochlea.spikes(SOUNDS["noisy sample"], seed)) for seed in range(20 * RUNS)])


def test_spikes_are_as_close_to_lauschers_as_two_of_its_runs_are(theirs, own):
    def apart(pairs):
        return np.mean([np.abs(first - second).sum() for first, second in pairs])

    among_theirs = apart(combinations(theirs, 2))
    # Much closer would mean that random numbers are shared.
    assert apart(product(own, theirs)) == pytest.approx(among_theirs, rel=0.1)
    assert apart(combinations(own[:RUNS], 2)) == pytest.approx(among_theirs, rel=0.1)


@pytest.mark.parametrize("over", [(2,), (1,), (1, 2)], ids=["channels", "times", "samples"])
def test_channels_and_times_fire_as_often_as_lauschers(theirs, own, over):
    expected, found = own.sum(over), theirs.sum(over)
    deviation = expected.std(axis=0)
    active = deviation > 0
    errors = (found.mean(axis=0) - expected.mean(axis=0))[active] / deviation[active] * RUNS**0.5
    assert np.abs(errors).max() < 3.5
    assert np.square(errors).sum() < 1.4 * len(errors) + 4
