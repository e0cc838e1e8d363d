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

CHANNELS, RUNS = 14, 5
RATE = speech.sample_rate()


def say(word, noise):
    audio = speech.say(word, "en", "f2", rate=160, pitch=50, pitch_range=60, seed=1)
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
    "word": say("seven", noise=0),
    "noisy word": say("six", noise=0.2),
    "noisy word, odd length": say("six", noise=0.2)[:-1],
    "noise": np.random.default_rng(2).standard_normal(RATE // 3),
    "rising tone": signal.chirp(np.arange(RATE // 4) / RATE, 100, 0.25, 10000),
}


@pytest.mark.parametrize("room", [1.0, 2.5, 8.0])
@pytest.mark.parametrize("sound", SOUNDS)
def test_the_membrane_moves_as_lauschers_at_every_place_however_long_other_words_are(sound, room):
    theirs, own = lauschers_membrane(SOUNDS[sound]).channels, ours(SOUNDS[sound], room).membrane(SOUNDS[sound])
    assert own.shape == theirs.shape
    assert np.corrcoef(own.ravel(), theirs.ravel())[0, 1] >= 0.9999
    assert min(np.corrcoef(*pair)[0, 1] for pair in zip(own, theirs, strict=True)) >= 0.999
    assert own.std() == pytest.approx(theirs.std(), rel=0.01)


def test_spikes_are_as_close_to_lauschers_as_two_of_its_runs_are():
    audio = SOUNDS["noisy word"]
    edges = np.arange(0, len(audio) / RATE + 0.01, 0.01)

    def spike_counts(times, units):
        """Return spikes a channel and 10 ms."""
        return np.histogram2d(units, times, [np.arange(CHANNELS + 1), edges])[0]

    chances = lauschers_membrane(audio).transform(HairCell())
    theirs, own = [], []
    for seed in range(RUNS):
        np.random.seed(seed)
        spikes = chances.transform(BushyCell())
        theirs.append(spike_counts(spikes.spike_times, spikes.spike_labels))
        own.append(spike_counts(*ours(audio).spikes(audio, seed)))

    def apart(pairs):
        return np.mean([np.abs(first - second).sum() for first, second in pairs])

    among_theirs = apart(combinations(theirs, 2))
    # Much closer would mean that random numbers are shared.
    assert apart(product(own, theirs)) == pytest.approx(among_theirs, rel=0.1)
    assert apart(combinations(own, 2)) == pytest.approx(among_theirs, rel=0.1)
