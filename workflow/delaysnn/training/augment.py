"""Spike trains varied from epoch to epoch.

Voices vary in the vocal tract's length, in pitch, tempo, loudness and timbre; other events in place and time.
"""

from dataclasses import dataclass
from statistics import NormalDist
from typing import Any

import numba
import numpy as np

from delaysnn.core.sensor import Sensor
from delaysnn.core.spike_trains import SpikeTrains
from delaysnn.settings.training import Augmentation, Variation
from delaysnn.training.event_moves import Moves, events_moved, unmoved
from delaysnn.training.layers import InputBatch

# Normal deviates by their quantile: 16 random bits draw one, far faster than any exact method.
NORMAL = np.array([NormalDist().inv_cdf((index + 0.5) / 65536) for index in range(65536)], np.float32)


# Shares of the channels: from where on they move with a voice's pitch, and where they move in full.
_PITCH_BEGINS, _PITCH_WHOLE = 3 / 7, 6 / 7
FADE_KNOTS = 8


@dataclass(frozen=True)
class Draws:
    """Random numbers of a batch, one set for each sample, each a column [sample, 1] or more: float64, except seeds.

    Attributes:
        channel_stretch, time_stretch: factors around 1.
        channel_shift, pitch_shift: in channels.
        time_shift: in time steps.
        kept: share of spikes.
        fade: depth of the fading at its knots, [sample, knot].
        seeds: uint64 [sample], for random numbers of each spike.
    """

    channel_stretch: Any
    channel_shift: Any
    pitch_shift: Any
    time_stretch: Any
    time_shift: Any
    kept: Any
    fade: Any
    seeds: Any


def draw(n_samples: int, settings: Augmentation, random: np.random.Generator) -> Draws:
    """Return how each of some samples varies; ``settings`` as of :func:`augment`."""
    column = n_samples, 1
    stretch = 1 + settings.channel_stretch * random.standard_normal(column)
    shift = settings.channel_shift * random.standard_normal(column)
    pitch = settings.pitch_shift * random.standard_normal(column)
    tempo = np.abs(1 + settings.time_stretch * random.standard_normal(column))
    late = settings.time_shift * random.standard_normal(column)
    least, most = settings.drop
    kept = 1 - random.uniform(least, most, column)
    fade = random.standard_normal((n_samples, FADE_KNOTS))
    return Draws(stretch, shift, pitch, tempo, late, kept, fade, random.integers(0, 2**64, n_samples, np.uint64))


def augment(
    trains: SpikeTrains,
    samples: np.ndarray,
    variation: Variation,
    random: np.random.Generator,
    substeps: int = 1,
    sensor: Sensor | None = None,
) -> InputBatch:
    """Return a varied copy of some samples, in time steps.

    Samples come in steps of their own, ``substeps`` to a time step: what is stretched or thinned after spikes of one
    step were merged has fewer spikes than a sample that was spoken so.

    Args:
        trains: spikes of a whole split; of voices, channels in the order of a cochlea, high frequencies first.
        samples: indices of the batch's samples, int64 [batch].
        variation: how they vary. As voices: standard deviations ``channel_shift``, ``pitch_shift`` and
            ``channel_jitter`` (channels), ``time_shift`` (steps), ``channel_stretch`` and ``time_stretch`` (factor
            around 1); ``channel_fade``, the standard deviation of the share of spikes that a smooth profile over the
            channels takes away; and ``drop``, the least and the greatest share of a sample's spikes left out at random.
            Others: the same in shares of the sensor and of the window. All are drawn once a sample, jitter and dropping
            once a spike. None: not at all.
        random: source of the draws.
        substeps: steps of ``trains`` a time step.
        sensor: shape of a sensor of two dimensions.
    """
    n_steps = trains.n_steps // substeps
    if isinstance(variation, Augmentation):
        moves = _of_voices(len(samples), trains, substeps, variation, random)
    elif variation:
        shape = sensor or (trains.n_neurons, 1, 1)
        moves = events_moved(len(samples), trains.n_steps, substeps, shape, variation, random)
    else:
        moves = unmoved(len(samples), trains.n_steps, substeps, trains.n_neurons, random)
    offsets, steps, neurons, outside = _move(
        *(samples, trains.offsets, trains.steps, trains.neurons, n_steps, trains.n_neurons),
        *(moves.to_channel, moves.to_step, np.float32(moves.jitter), moves.lost, moves.seeds, NORMAL),
    )
    return InputBatch(offsets[:-1], offsets[1:], steps, neurons, n_steps, trains.n_neurons, int(outside))


def _of_voices(
    n_samples: int, trains: SpikeTrains, substeps: int, settings: Augmentation, random: np.random.Generator
) -> Moves:
    """Draw how some samples vary as voices do."""
    draws = draw(n_samples, settings, random)
    return Moves(
        channels_of(draws, *pitch_profile(trains.n_neurons)).astype(np.float32),
        steps_of(draws, np.arange(trains.n_steps), substeps).astype(np.int64),
        settings.channel_jitter,
        lost_of(draws, fade_lines(trains.n_neurons), settings).astype(np.uint32),
        draws.seeds,
    )


def pitch_profile(n_channels: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the channels' numbers, and how far each moves with a voice's pitch."""
    channel = np.arange(n_channels)
    return channel, np.maximum(channel / n_channels - _PITCH_BEGINS, 0) / (_PITCH_WHOLE - _PITCH_BEGINS)


def fade_lines(n_channels: int) -> np.ndarray:
    """Return what each knot weighs at each channel, [knot, channel]: straight lines between knots."""
    knots, channel = np.linspace(0, n_channels - 1, FADE_KNOTS), np.arange(n_channels)
    return np.stack([np.interp(channel, knots, knot) for knot in np.eye(FADE_KNOTS)])


# The next three take arrays of numpy or tensors of torch: a GPU moves spikes as the processor does.


def channels_of(draws: Draws, channel: Any, low: Any) -> Any:
    """Return where each channel's spikes go, [sample, channel], before rounding."""
    middle = 0.5 * len(channel)
    return (channel - middle) * draws.channel_stretch + middle + draws.channel_shift + draws.pitch_shift * low


def steps_of(draws: Draws, fine: Any, substeps: int) -> Any:
    """Return the time step that each fine step's spikes go to, whole floats [sample, fine], never backwards."""
    return ((fine + 0.5) / substeps * draws.time_stretch + draws.time_shift) // 1


def lost_of(draws: Draws, lines: Any, settings: Augmentation) -> Any:
    """Return each channel's share of spikes left out, [sample, channel], in units of 2^-32."""
    # Not a product with 0: it is as much work as all other variation, on every core that BLAS finds.
    fade = settings.channel_fade * abs(draws.fade @ lines) if settings.channel_fade else 0 * lines[:1]
    return (1 - draws.kept * (1 - fade).clip(0, 1)) * (2**32 - 1)


@numba.njit(cache=True)
def _aim(neurons, to_channel, lost, jitter, normal, seed, aims):
    """Write to ``aims`` each spike's channel, or the number of channels for one left out or moved beyond the edges.

    Return how many were not left out.
    """
    n_neurons, half = len(to_channel), np.float32(0.5)
    kept, state = 0, seed
    for index in range(len(neurons)):
        # SplitMix64: one draw of 64 bits serves both the jitter and the dropping of a spike.
        state += np.uint64(0x9E3779B97F4A7C15)
        draw = (state ^ (state >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        draw = (draw ^ (draw >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        draw ^= draw >> np.uint64(31)
        source = neurons[index]
        neuron = np.floor(to_channel[source] + jitter * normal[draw & np.uint64(0xFFFF)] + half)
        stays = np.uint32(draw >> np.uint64(32)) >= lost[source]
        kept += stays
        aims[index] = np.uint32(neuron) if stays & (neuron >= 0) & (neuron < n_neurons) else n_neurons
    return kept


@numba.njit(cache=True)
def _move(samples, offsets, steps, neurons, n_steps, n_neurons, to_channel, to_step, jitter, lost, seeds, normal):
    """Move every spike to its sample's ``to_channel`` and ``to_step``, which never goes backwards, jittered.

    Return offsets, steps, neurons, and how many spikes were not dropped, but moved beyond the edges.
    """
    out_offsets = np.zeros(len(samples) + 1, np.int64)
    size, longest = 0, 0
    for sample in samples:
        own = offsets[sample + 1] - offsets[sample]
        size, longest = size + own, max(longest, own)
    # One more than fit: what is left out is written, too, and overwritten.
    out_steps, out_neurons = np.empty(size + 1, np.uint16), np.empty(size + 1, np.uint16)
    aims = np.empty(longest, np.uint32)
    # Of every channel the last step that it has a spike in: two that land on one place are one, for inputs stay binary.
    # Behind the channels is where spikes go that are left out; it counts as taken, so that no branch need be guessed
    # event by event.
    taken = np.full(n_neurons + 1, -1, np.int64)
    count, outside = 0, 0
    for row, sample in enumerate(samples):
        own = slice(offsets[sample], offsets[sample + 1])
        when = steps[own]
        outside += _aim(neurons[own], to_channel[row], lost[row], jitter, normal, seeds[row], aims)
        event = 0
        while event < len(when):
            fine, first = when[event], event
            while event < len(when) and when[event] == fine:
                event += 1
            step = to_step[row, fine]
            if step < 0 or step >= n_steps:
                continue
            now, begin = row * n_steps + step, count
            taken[n_neurons] = now
            for neuron in aims[first:event]:
                out_neurons[count] = neuron
                count += taken[neuron] != now
                outside -= neuron != n_neurons
                taken[neuron] = now
            out_steps[begin:count] = step
        out_offsets[row + 1] = count
    return out_offsets, out_steps[:count], out_neurons[:count], outside
