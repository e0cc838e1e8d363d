"""Spike trains varied as voices vary: shifted along the cochlea, moved and stretched in time, thinned."""

import numba
import numpy as np

from delaysnn.formats.spike_trains import SpikeTrains
from delaysnn.training.layers import InputBatch


def augment(trains: SpikeTrains, settings: dict, random: np.random.Generator) -> InputBatch:
    """Return a varied copy of every sample.

    Args:
        trains: spikes of a batch.
        settings: standard deviations ``channel_shift`` and ``channel_jitter`` (channels), ``time_shift`` (steps),
            ``channel_stretch`` and ``time_stretch`` (factor around 1), and ``drop`` (share of spikes left out).
            Shifts and stretches are drawn once a sample, jitter and dropping once a spike.
        random: source of the draws.
    """
    n = len(trains)
    draws = np.column_stack(
        [
            1 + settings["channel_stretch"] * random.standard_normal(n),
            settings["channel_shift"] * random.standard_normal(n),
            1 + settings["time_stretch"] * random.standard_normal(n),
            settings["time_shift"] * random.standard_normal(n),
        ]
    )
    spikes = len(trains.steps)
    jitter = (settings["channel_jitter"] * random.standard_normal(spikes, np.float32)).astype(np.float32)
    keep = random.random(spikes, np.float32) >= settings["drop"]
    moved = _move(trains.offsets, trains.steps, trains.neurons, trains.n_steps, trains.n_neurons, draws, jitter, keep)
    return InputBatch(*moved, trains.n_steps, trains.n_neurons)


@numba.njit(cache=True)
def _move(offsets, steps, neurons, n_steps, n_neurons, draws, jitter, keep):
    out_offsets = np.zeros_like(offsets)
    out_steps, out_neurons = np.empty_like(steps), np.empty_like(neurons)
    count = 0
    seen = np.zeros((n_steps, n_neurons), np.bool_)
    for sample in range(len(offsets) - 1):
        first = count
        middle = 0.5 * n_neurons
        for event in range(offsets[sample], offsets[sample + 1]):
            if not keep[event]:
                continue
            place = (neurons[event] - middle) * draws[sample, 0] + middle + draws[sample, 1] + jitter[event]
            time = (steps[event] + 0.5) * draws[sample, 2] + draws[sample, 3]
            neuron, step = int(np.floor(place + 0.5)), int(np.floor(time))
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
