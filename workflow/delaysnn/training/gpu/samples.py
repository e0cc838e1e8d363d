"""A split's spikes in a GPU's memory, from where batches are made dense without the processor."""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from delaysnn.core.dataset import Dataset
from delaysnn.core.errors import InputError
from delaysnn.core.spike_trains import SpikeTrains

_LARGEST = 2**15 - 1  # of an int16


@dataclass(frozen=True)
class Samples:
    """Spikes of many samples on a device, as :class:`SpikeTrains` has them.

    Attributes:
        begin, count: int64 [samples]; where each sample's spikes begin, and how many there are.
        steps, channels: int16 [spikes].
        labels: int64 [samples].
        n_steps: time steps a sample, each ``substeps`` steps of the spikes.
        n_channels: number of channels.
        longest: most spikes of a sample.
    """

    begin: Tensor
    count: Tensor
    steps: Tensor
    channels: Tensor
    labels: Tensor
    n_steps: int
    substeps: int
    n_channels: int
    longest: int

    @classmethod
    def of(cls, data: Dataset, trains: SpikeTrains, device: torch.device) -> "Samples":
        """Copy a split's spikes, those of time steps or the finest, to a device.

        Raises:
            InputError: there are more channels or steps than the format counts.
        """
        for what, found in (("channels", trains.n_neurons), ("steps", trains.n_steps)):
            if found > _LARGEST:
                raise InputError(f"{data.name} has {found} {what}; a GPU takes {_LARGEST} at the most.")
        counts = np.diff(trains.offsets)
        # One spike more, so that a split without any still has one to point at.
        arrays = (np.append(each, np.uint16(0)).astype(np.int16) for each in (trains.steps, trains.neurons))
        whole = (trains.offsets[:-1], counts, *arrays, data.labels.astype(np.int64))
        tensors = [torch.from_numpy(np.ascontiguousarray(each)).to(device) for each in whole]
        n_steps = data.spikes.n_steps
        return cls(*tensors, n_steps, trains.n_steps // n_steps, trains.n_neurons, int(max(counts, default=0)))

    def __len__(self) -> int:
        return len(self.labels)

    def spikes_of(self, samples: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Return step, channel and whether it is one of each place for a spike, [row, place], for samples [row]."""
        place = torch.arange(max(self.longest, 1), device=samples.device)
        there = place < self.count[samples][:, None]
        index = torch.where(there, self.begin[samples][:, None] + place, 0)
        return self.steps[index].long(), self.channels[index].long(), there

    def dense(self, samples: Tensor, dtype: torch.dtype) -> Tensor:
        """Return the spikes of samples [row] as they are, 0 or 1 [row, time, channel]."""
        steps, channels, there = self.spikes_of(samples)
        return scatter(steps // self.substeps, channels, there, self.n_steps, self.n_channels, dtype)


def scatter(
    steps: Tensor, channels: Tensor, there: Tensor, n_steps: int, n_channels: int, dtype: torch.dtype
) -> Tensor:
    """Return 1 where one or more spikes are, else 0, [row, time, channel], from places for a spike [row, place]."""
    rows = len(steps)
    nowhere = rows * n_steps * n_channels
    row = torch.arange(rows, device=steps.device)[:, None]
    inside = there & (steps >= 0) & (steps < n_steps) & (channels >= 0) & (channels < n_channels)
    place = torch.where(inside, (row * n_steps + steps) * n_channels + channels, nowhere)
    spikes = torch.zeros(nowhere + 1, dtype=dtype, device=steps.device).scatter_(0, place.flatten(), 1)
    return spikes[:nowhere].view(rows, n_steps, n_channels)
