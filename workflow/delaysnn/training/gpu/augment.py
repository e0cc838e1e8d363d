"""Samples varied on a GPU as in :mod:`delaysnn.training.augment`, with the same random numbers.

Each sample needs only a few random numbers. The processor draws those of an epoch at once, with the generator and in
the order of the general loop. So a network gets the same spikes on a GPU as on the processor.
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
from delaysnn.training.gpu.move import move
from delaysnn.training.gpu.samples import Samples

# Each of a sample's draws but the seed: one column, or one a knot.
WIDTHS = (*[1] * 6, FADE_KNOTS)
_COLUMNS = tuple(name for name in Draws.__dataclass_fields__ if name != "seeds")


def pack(draws: Draws) -> tuple[np.ndarray, np.ndarray]:
    """Return draws as two arrays: float64 [sample, column], and seeds, int64 [sample]."""
    return np.concatenate([getattr(draws, name) for name in _COLUMNS], axis=1), draws.seeds.view(np.int64)


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

    def __call__(self, chosen: Tensor, columns: Tensor, seeds: Tensor) -> Tensor:
        """Return varied samples, 0 or 1, uint8 [row, time, channel].

        Args:
            chosen: samples, int64 [row].
            columns, seeds: what :func:`pack` returns, a row each.
        """
        draws = Draws(**dict(zip(_COLUMNS, columns.split(WIDTHS, dim=1), strict=True)), seeds=seeds)
        to_channel = channels_of(draws, self._channel, self._low).float()
        to_step = steps_of(draws, self._fine, self.samples.substeps).int()
        lost = lost_of(draws, self._lines, self.settings).long()
        return move(self.samples, chosen, to_channel, to_step, lost, seeds, self._jitter)
