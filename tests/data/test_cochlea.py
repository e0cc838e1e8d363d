from dataclasses import replace

import numba
import numpy as np
import pytest

from delaysnn.core.errors import InputError
from delaysnn.data.cochlea import Cochlea, _fire_bushy_cells

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


@numba.njit
def next_uniform(state):
    """Return the next state of a SplitMix64 generator and a number in [0, 1)."""
    state += np.uint64(0x9E3779B97F4A7C15)
    mixed = (state ^ (state >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    mixed = mixed ^ (mixed >> np.uint64(31))
    return state, (mixed >> np.uint64(11)) * (1.0 / 9007199254740992.0)


@numba.njit
def binomial(n, p, uniform):
    """Return how many of ``n`` trials succeed, by inverting the distribution."""
    if n == 0 or uniform < 1.0 - n * p:
        return 0
    if p >= 1.0:
        return n
    chance = (1.0 - p) ** n
    total = chance
    k = 0
    while uniform >= total and k < n:
        chance *= (n - k) * p / ((k + 1) * (1.0 - p))
        k += 1
        total += chance
    return k


@numba.njit
def fire_one_by_one(membrane, rate, seed):
    """Return where bushy cells fire, bool [channel, time], by one channel after the other."""
    n_channels, n_steps = membrane.shape
    fired = np.zeros((n_channels, n_steps), np.bool_)
    dt = 1.0 / rate
    pool, y, g, loss, reuptake, x, a, b, release = 1.0, 5.05, 2000.0, 2500.0, 6580.0, 66.3, 5.0, 300.0, 50000.0
    fibres, weight, refractory_s = 40, 13e3 / 40, 1e-3
    refractory = int(np.ceil(refractory_s * rate))
    keep_membrane, keep_synapse = np.exp(-dt / 1e-3), np.exp(-dt / 5e-4)
    recent = np.zeros(refractory, np.int64)
    for channel in range(n_channels):
        state, _ = next_uniform(seed)
        state, start = next_uniform(state ^ (np.uint64(channel + 1) * np.uint64(0xD1342543DE82EF95)))
        state = np.uint64(start * 9007199254740992.0) * np.uint64(0x2545F4914F6CDD1D) ^ seed
        permeability = g * a / (a + b)
        cleft = pool * y * permeability / (loss * permeability + y * (loss + reuptake))
        free = cleft * (loss + reuptake) / permeability
        store = cleft * reuptake / x
        recent[:] = 0
        silent = 0
        current = 0.0
        voltage = 0.0
        wait = 0.0
        for step in range(n_steps):
            displacement = membrane[channel, step] + a
            permeable = g * dt * displacement / (displacement + b) if displacement > 0 else 0.0
            replenished = y * dt * (pool - free) if free < pool else 0.0
            ejected = permeable * free
            lost = (loss + reuptake) * dt * cleft
            taken_up = reuptake * dt * cleft
            reprocessed = x * dt * store
            free = max(free + replenished - ejected + reprocessed, 0.0)
            cleft = max(cleft + ejected - lost, 0.0)
            store = max(store + taken_up - reprocessed, 0.0)

            slot = step % refractory
            silent -= recent[slot]
            state, uniform = next_uniform(state)
            firing = binomial(fibres - silent, min(cleft * release * dt, 1.0), uniform)
            recent[slot] = firing
            silent += firing

            if step > 0:
                if wait <= 0:
                    if voltage < 1.0:
                        voltage *= keep_membrane
                    else:
                        wait = refractory_s * rate
                        voltage = 0.0
                        fired[channel, step - 1] = True
                current *= keep_synapse
            current += firing
            if wait <= 0:
                voltage = min(voltage + current * weight * dt, 1.0)
            wait -= 1
    return fired


@pytest.mark.parametrize(
    ("n_channels", "n_steps", "rate", "loudness"),
    [
        (1, 1, 11025.0, 10),
        (32, 300, 11025.0, 10),
        (45, 1001, 24000.0, 50),
        (63, 1500, 11025.0, 3),
        (65, 1500, 24000.0, 100),
        (40, 2000, 96000.0, 30),
        (20, 2000, 4000.0, 1e4),  # so slow that fibres surely fire
    ],
)
def test_channels_side_by_side_fire_as_one_by_one_to_the_bit(n_channels, n_steps, rate, loudness):
    random = np.random.default_rng(n_channels)
    swell = loudness * np.linspace(0, 1, n_steps) ** 2
    membrane = (swell * random.standard_normal((n_channels, n_steps))).astype(np.float32)
    for seed in np.array([0, 1, 2**64 - 1, *random.integers(2**63, size=3)], np.uint64):
        expected = fire_one_by_one(membrane, rate, seed)
        assert (expected == _fire_bushy_cells(membrane, rate, seed).T).all()
        assert expected.any() or n_steps == 1


def test_spikes_of_a_sound_are_those_of_channels_one_by_one(cochlea):
    audio = tone(500) + 0.1 * np.random.default_rng(1).standard_normal(len(tone(500)))
    times, units = cochlea.spikes(audio, 7)
    steps, expected = np.nonzero(fire_one_by_one(cochlea.membrane(audio), RATE / 2, np.uint64(7)).T)
    assert (times == steps / (RATE / 2)).all() and (units == expected).all() and len(units) > 100
