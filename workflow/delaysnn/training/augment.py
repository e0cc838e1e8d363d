"""Spike trains varied from epoch to epoch.

Voices vary in the vocal tract's length, in pitch, tempo, loudness and timbre; other events in place and time.
"""

from statistics import NormalDist

import numba
import numpy as np

from delaysnn.core.sensor import Sensor, flatten, places
from delaysnn.core.spike_trains import SpikeTrains
from delaysnn.settings.training import Augmentation, EventAugmentation, Variation
from delaysnn.training.layers import InputBatch

# Normal deviates by their quantile: 16 random bits draw one, far faster than any exact method.
_NORMAL = np.array([NormalDist().inv_cdf((index + 0.5) / 65536) for index in range(65536)], np.float32)


# Shares of the channels: from where on they move with a voice's pitch, and where they move in full.
_PITCH_BEGINS, _PITCH_WHOLE = 3 / 7, 6 / 7
_FADE_KNOTS = 8


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
    n_steps, n_samples = trains.n_steps // substeps, len(samples)
    if isinstance(variation, Augmentation):
        to_channel = _channels(n_samples, trains.n_neurons, variation, random)
        to_step = _steps(n_samples, trains.n_steps, substeps, variation.time_stretch, variation.time_shift, random)
        jitter, lost = variation.channel_jitter, _lost(n_samples, trains.n_neurons, variation, random)
    elif variation:
        to_channel = _places(n_samples, sensor or (trains.n_neurons, 1, 1), variation, random)
        shift = variation.time_shift * n_steps
        to_step = _steps(n_samples, trains.n_steps, substeps, variation.time_stretch, shift, random)
        least, most = variation.drop
        share = random.uniform(least, most, (n_samples, 1))
        jitter, lost = 0.0, np.repeat((share * (2**32 - 1)).astype(np.uint32), trains.n_neurons, axis=1)
    else:
        to_channel = np.tile(np.arange(trains.n_neurons, dtype=np.float32), (n_samples, 1))
        to_step = np.tile(np.arange(trains.n_steps) // substeps, (n_samples, 1))
        jitter, lost = 0.0, np.zeros((n_samples, trains.n_neurons), np.uint32)
    offsets, steps, neurons, outside = _move(
        *(samples, trains.offsets, trains.steps, trains.neurons, n_steps, trains.n_neurons, to_channel, to_step),
        *(np.float32(jitter), lost, random.integers(0, 2**64, n_samples, np.uint64), _NORMAL),
    )
    return InputBatch(offsets[:-1], offsets[1:], steps, neurons, n_steps, trains.n_neurons, int(outside))


def _places(n_samples: int, sensor: Sensor, variation: EventAugmentation, random: np.random.Generator) -> np.ndarray:
    """Return where each channel's spikes go, float32 [sample, channel], -1 for beyond the sensor's edges."""
    (x, y, polarity), (width, height, _) = places(sensor), sensor
    if variation.flip_x:
        x = np.where(random.random((n_samples, 1)) < 0.5, width - 1 - x, x)
    right, down = (
        np.rint(share * size * random.standard_normal((n_samples, 1))).astype(np.int64)
        for share, size in ((variation.shift_x, width), (variation.shift_y, height))
    )
    x, y = x + right, y + down
    inside = (x >= 0) & (x < width) & (y >= 0) & (y < height)
    return np.where(inside, flatten(x, y, polarity, sensor), -1).astype(np.float32)


def _channels(n_samples: int, n_channels: int, settings: Augmentation, random: np.random.Generator) -> np.ndarray:
    """Return where each channel's spikes go, float32 [sample, channel]."""
    channel, middle = np.arange(n_channels), 0.5 * n_channels
    stretch = 1 + settings.channel_stretch * random.standard_normal((n_samples, 1))
    shift = settings.channel_shift * random.standard_normal((n_samples, 1))
    low = np.maximum(channel / n_channels - _PITCH_BEGINS, 0) / (_PITCH_WHOLE - _PITCH_BEGINS)
    pitch = settings.pitch_shift * random.standard_normal((n_samples, 1)) * low
    return ((channel - middle) * stretch + middle + shift + pitch).astype(np.float32)


def _steps(
    n_samples: int, n_fine: int, substeps: int, stretched: float, shifted: float, random: np.random.Generator
) -> np.ndarray:
    """Return the time step that each fine step's spikes go to, int64 [sample, fine], never backwards."""
    stretch = np.abs(1 + stretched * random.standard_normal((n_samples, 1)))
    shift = shifted * random.standard_normal((n_samples, 1))
    return np.floor((np.arange(n_fine) + 0.5) / substeps * stretch + shift).astype(np.int64)


def _lost(n_samples: int, n_channels: int, settings: Augmentation, random: np.random.Generator) -> np.ndarray:
    """Return each channel's share of spikes left out, uint32 [sample, channel], in units of 2^-32."""
    least, most = settings.drop
    kept = 1 - random.uniform(least, most, (n_samples, 1))
    # Straight lines between knots: each channel lies between two of them.
    knots, channel = np.linspace(0, n_channels - 1, _FADE_KNOTS), np.arange(n_channels)
    lines = np.stack([np.interp(channel, knots, knot) for knot in np.eye(_FADE_KNOTS)])
    fade = settings.channel_fade * np.abs(random.standard_normal((n_samples, _FADE_KNOTS)) @ lines)
    return ((1 - kept * np.clip(1 - fade, 0, 1)) * (2**32 - 1)).astype(np.uint32)


@numba.njit(cache=True)
def _move(samples, offsets, steps, neurons, n_steps, n_neurons, to_channel, to_step, jitter, lost, seeds, normal):
    """Move every spike to its sample's ``to_channel`` and ``to_step``, jittered.

    Return offsets, steps, neurons, and how many spikes were not dropped, but moved beyond the edges.
    """
    out_offsets = np.zeros(len(samples) + 1, np.int64)
    size = 0
    for sample in samples:
        size += offsets[sample + 1] - offsets[sample]
    # One more than fit: what is left out is written, too, and overwritten.
    out_steps, out_neurons = np.empty(size + 1, np.uint16), np.empty(size + 1, np.uint16)
    half = np.float32(0.5)
    # Of every place whether it has its spike: two that land on one are one, for inputs stay binary. The last place is
    # where spikes go that are left out; it counts as taken, so that nothing need be guessed event by event.
    nowhere = n_steps * n_neurons
    taken = np.zeros(nowhere + 1, np.bool_)
    taken[nowhere] = True
    count = 0
    outside = 0
    for row, sample in enumerate(samples):
        first = count
        state = seeds[row]
        for event in range(offsets[sample], offsets[sample + 1]):
            # SplitMix64: one draw of 64 bits serves both the jitter and the dropping of a spike.
            state += np.uint64(0x9E3779B97F4A7C15)
            draw = (state ^ (state >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
            draw = (draw ^ (draw >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
            draw ^= draw >> np.uint64(31)
            from_neuron = neurons[event]
            step = to_step[row, steps[event]]
            neuron = int(np.floor(to_channel[row, from_neuron] + jitter * normal[draw & np.uint64(0xFFFF)] + half))
            stays = np.uint32(draw >> np.uint64(32)) >= lost[row, from_neuron]
            inside = (neuron >= 0) & (neuron < n_neurons) & (step >= 0) & (step < n_steps)
            outside += stays and not inside
            place = step * n_neurons + neuron if stays & inside else nowhere
            out_steps[count] = step
            out_neurons[count] = neuron
            count += not taken[place]
            taken[place] = True
        for event in range(first, count):
            taken[out_steps[event] * n_neurons + out_neurons[event]] = False
        out_offsets[row + 1] = count
    return out_offsets, out_steps[:count].copy(), out_neurons[:count].copy(), outside
