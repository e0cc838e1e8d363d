"""Samples varied on a GPU as :mod:`delaysnn.training.augment` varies them, by the same draws.

What is drawn once a sample is a few numbers: the processor draws an epoch's at once, with the generator and in the
order of the general loop. What is drawn once a spike is a hash of the sample's seed and the spike's place (SplitMix64),
so it is the same wherever it is computed. A network thus sees the same spikes on a GPU as on the processor.
"""

import numpy as np
import torch
from torch import Tensor

from delaysnn.settings.training import Augmentation
from delaysnn.training.augment import (
    FADE_KNOTS,
    NORMAL,
    Draws,
    channels_of,
    fade_lines,
    lost_of,
    pitch_profile,
    steps_of,
)
from delaysnn.training.gpu.samples import Samples, scatter

# Each of a sample's draws but the seed: one column, or one a knot.
WIDTHS = (*[1] * 6, FADE_KNOTS)


def pack(draws: Draws) -> tuple[np.ndarray, np.ndarray]:
    """Return draws as two arrays: float64 [sample, column], and seeds, int64 [sample]."""
    *columns, seeds = (getattr(draws, name) for name in Draws.__dataclass_fields__)
    return np.concatenate(columns, axis=1), seeds.view(np.int64)


class Variation:
    """Varies samples of a split on its device."""

    def __init__(self, samples: Samples, settings: Augmentation):
        device = samples.labels.device
        self.samples, self.settings = samples, settings
        channel, low = pitch_profile(samples.n_channels)
        self._channel, self._low, self._lines = (
            torch.from_numpy(np.asarray(each, np.float64)).to(device)
            for each in (channel, low, fade_lines(samples.n_channels))
        )
        self._fine = torch.arange(samples.n_steps * samples.substeps, dtype=torch.float64, device=device)
        self._jitter = torch.from_numpy(np.float32(settings.channel_jitter) * NORMAL).to(device)

    def __call__(self, chosen: Tensor, columns: Tensor, seeds: Tensor, dtype: torch.dtype) -> Tensor:
        """Return varied samples, 0 or 1 [row, time, channel].

        Args:
            chosen: samples, int64 [row].
            columns, seeds: what :func:`pack` returns, a row each.
            dtype: of the result.
        """
        samples = self.samples
        draws = Draws(*columns.split(WIDTHS, dim=1), seeds)
        to_channel = channels_of(draws, self._channel, self._low).float()
        to_step = steps_of(draws, self._fine, samples.substeps).long()
        lost = lost_of(draws, self._lines, self.settings).long()
        steps, channels, there = samples.spikes_of(chosen)
        hashed = hashes(seeds, steps.shape[1])
        moved = to_channel.gather(1, channels) + self._jitter[hashed & 0xFFFF] + 0.5
        stays = there & (_shifted(hashed, 32) >= lost.gather(1, channels))
        return scatter(
            to_step.gather(1, steps), moved.floor().long(), stays, samples.n_steps, samples.n_channels, dtype
        )


def hashes(seeds: Tensor, count: int) -> Tensor:
    """Return 64 random bits a spike, int64 [sample, count], by SplitMix64 from the samples' seeds [sample]."""
    place = torch.arange(1, count + 1, device=seeds.device)
    state = seeds[:, None] + place * _signed(0x9E3779B97F4A7C15)
    state = (state ^ _shifted(state, 30)) * _signed(0xBF58476D1CE4E5B9)
    state = (state ^ _shifted(state, 27)) * _signed(0x94D049BB133111EB)
    return state ^ _shifted(state, 31)


def _signed(bits: int) -> int:
    """Return 64 bits as torch's integers hold them."""
    return bits - 2**64 if bits >= 2**63 else bits


def _shifted(values: Tensor, by: int) -> Tensor:
    """Shift right and fill with zeros; torch's shift repeats the sign."""
    return (values >> by) & (2 ** (64 - by) - 1)
