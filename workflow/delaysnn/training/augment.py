"""Spike trains varied as voices vary: shifted along the cochlea, moved and stretched in time, thinned."""

from statistics import NormalDist

import numba
import numpy as np

from delaysnn.formats.spike_trains import SpikeTrains
from delaysnn.training.layers import InputBatch

# Normal deviates by their quantile: 16 random bits draw one, far faster than any exact method.
_NORMAL = np.array([NormalDist().inv_cdf((index + 0.5) / 65536) for index in range(65536)], np.float32)


def augment(trains: SpikeTrains, words: np.ndarray, settings: dict, random: np.random.Generator) -> InputBatch:
    """Return a varied copy of some words.

    Args:
        trains: spikes of a whole split.
        words: indices of the batch's words, int64 [batch].
        settings: standard deviations ``channel_shift`` and ``channel_jitter`` (channels), ``time_shift`` (steps),
            ``channel_stretch`` and ``time_stretch`` (factor around 1), and ``drop`` (share of spikes left out).
            Shifts and stretches are drawn once a word, jitter and dropping once a spike.
        random: source of the draws.
    """
    shape = (len(words), 1)
    middle = 0.5 * trains.n_neurons
    stretch = 1 + settings["channel_stretch"] * random.standard_normal(shape)
    shift = settings["channel_shift"] * random.standard_normal(shape)
    channels = (np.arange(trains.n_neurons) - middle) * stretch + middle + shift
    # Never backwards: steps stay in order.
    stretch = np.abs(1 + settings["time_stretch"] * random.standard_normal(shape))
    shift = settings["time_shift"] * random.standard_normal(shape)
    steps = np.floor((np.arange(trains.n_steps) + 0.5) * stretch + shift)
    moved = _move(
        *(words, trains.offsets, trains.steps, trains.neurons, trains.n_steps, trains.n_neurons),
        *(channels.astype(np.float32), steps.astype(np.int64), np.float32(settings["channel_jitter"])),
        *(np.uint32(round(settings["drop"] * 2**32)), random.integers(0, 2**64, len(words), np.uint64), _NORMAL),
    )
    return InputBatch(*moved, trains.n_steps, trains.n_neurons)


@numba.njit(cache=True)
def _move(words, offsets, steps, neurons, n_steps, n_neurons, to_channel, to_step, jitter, drop, seeds, normal):
    """Move every spike to its word's ``to_channel`` and ``to_step``, jittered; return offsets, steps and neurons."""
    out_offsets = np.zeros(len(words) + 1, np.int64)
    size = 0
    for word in words:
        size += offsets[word + 1] - offsets[word]
    out_steps, out_neurons = np.empty(size, np.uint16), np.empty(size, np.uint16)
    seen = np.zeros((n_steps, n_neurons), np.bool_)
    count = 0
    for sample, word in enumerate(words):
        first = count
        state = seeds[sample]
        for event in range(offsets[word], offsets[word + 1]):
            # SplitMix64: one draw of 64 bits serves both the jitter and the dropping of a spike.
            state += np.uint64(0x9E3779B97F4A7C15)
            draw = (state ^ (state >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
            draw = (draw ^ (draw >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
            draw ^= draw >> np.uint64(31)
            if np.uint32(draw >> np.uint64(32)) < drop:
                continue
            step = to_step[sample, steps[event]]
            place = to_channel[sample, neurons[event]] + jitter * normal[draw & np.uint64(0xFFFF)]
            neuron = int(np.floor(place + np.float32(0.5)))
            # Two spikes that land on one place are one spike: inputs stay binary.
            if 0 <= neuron < n_neurons and 0 <= step < n_steps and not seen[step, neuron]:
                seen[step, neuron] = True
                out_steps[count] = step
                out_neurons[count] = neuron
                count += 1
        for event in range(first, count):
            seen[out_steps[event], out_neurons[event]] = False
        out_offsets[sample + 1] = count
    return out_offsets, out_steps[:count].copy(), out_neurons[:count].copy()
