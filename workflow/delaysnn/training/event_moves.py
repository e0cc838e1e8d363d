"""How samples of other events than voices vary, in shares of the sensor and of the window."""

from dataclasses import dataclass

import numpy as np

from delaysnn.core.sensor import Sensor, flatten, places
from delaysnn.settings.training import EventAugmentation


@dataclass(frozen=True)
class Moves:
    """How each sample of a batch varies.

    Attributes:
        to_channel: new channel of each channel's spikes, float32 [sample, channel].
        to_step: time step of each fine step's spikes, int64 [sample, fine], never decreasing.
        jitter: standard deviation of a further shift of each spike, in channels.
        lost: share of each channel's spikes that is left out, uint32 [sample, channel], in units of 2^-32.
        seeds: uint64 [sample], for random numbers of each spike.
    """

    to_channel: np.ndarray
    to_step: np.ndarray
    jitter: float
    lost: np.ndarray
    seeds: np.ndarray


def events_moved(
    n_samples: int,
    n_fine: int,
    substeps: int,
    sensor: Sensor,
    variation: EventAugmentation,
    random: np.random.Generator,
) -> Moves:
    """Draw how samples of a sensor vary. Spikes that leave its edges get channel -1."""
    to_channel = _places(n_samples, sensor, variation, random)
    stretch = np.abs(1 + variation.time_stretch * random.standard_normal((n_samples, 1)))
    shift = variation.time_shift * (n_fine // substeps) * random.standard_normal((n_samples, 1))
    to_step = np.floor((np.arange(n_fine) + 0.5) / substeps * stretch + shift).astype(np.int64)
    least, most = variation.drop
    share = random.uniform(least, most, (n_samples, 1))
    lost = np.repeat((share * (2**32 - 1)).astype(np.uint32), to_channel.shape[1], axis=1)
    return Moves(to_channel, to_step, 0.0, lost, _seeds(n_samples, random))


def unmoved(n_samples: int, n_fine: int, substeps: int, n_channels: int, random: np.random.Generator) -> Moves:
    """Return moves that leave every spike where it is."""
    return Moves(
        np.tile(np.arange(n_channels, dtype=np.float32), (n_samples, 1)),
        np.tile(np.arange(n_fine) // substeps, (n_samples, 1)),
        0.0,
        np.zeros((n_samples, n_channels), np.uint32),
        _seeds(n_samples, random),
    )


def _seeds(n_samples: int, random: np.random.Generator) -> np.ndarray:
    return random.integers(0, 2**64, n_samples, np.uint64)


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
