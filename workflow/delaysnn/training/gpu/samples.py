"""A split's spikes in a GPU's memory, from where batches are made dense without the processor."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor

from delaysnn.core.dataset import Dataset
from delaysnn.core.readout import SPIKES
from delaysnn.core.spike_trains import SpikeTrains
from delaysnn.settings.training import Augmentation
from delaysnn.training.gpu import available

if TYPE_CHECKING:
    from delaysnn.training.model import DelayNetwork
    from delaysnn.training.optimise import Run

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

        :func:`refused` names what has more channels or steps than the format counts.
        """
        counts = np.diff(trains.offsets)
        # One spike more, so that a split without any still has one to point at.
        steps, channels = (np.append(each, np.uint16(0)).astype(np.int16) for each in (trains.steps, trains.neurons))
        arrays = {
            "begin": trains.offsets[:-1],
            "count": counts,
            "steps": steps,
            "channels": channels,
            "labels": data.labels.astype(np.int64),
        }
        return cls(
            **{name: torch.from_numpy(array).to(device) for name, array in arrays.items()},
            n_steps=data.spikes.n_steps,
            substeps=trains.n_steps // data.spikes.n_steps,
            n_channels=trains.n_neurons,
            longest=int(counts.max(initial=0)),
        )

    def __len__(self) -> int:
        return len(self.labels)

    def dense(self, chosen: Tensor) -> Tensor:
        """Return samples [row] as they are, 0 or 1, uint8 [row, time, channel]."""
        place = torch.arange(max(self.longest, 1), device=chosen.device)
        there = place < self.count[chosen][:, None]
        index = torch.where(there, self.begin[chosen][:, None] + place, 0)
        row = torch.arange(len(chosen), device=chosen.device)[:, None]
        step = row * self.n_steps + self.steps[index].long() // self.substeps
        # Places without a spike have one of their own, behind all others.
        nowhere = len(chosen) * self.n_steps * self.n_channels
        at = torch.where(there, step * self.n_channels + self.channels[index].long(), nowhere)
        spikes = torch.zeros(nowhere + 1, dtype=torch.uint8, device=chosen.device).scatter_(0, at.flatten(), 1)
        return spikes[:nowhere].view(len(chosen), self.n_steps, self.n_channels)


def refused(model: "DelayNetwork", run: "Run") -> str | None:
    """Return why a network's run cannot train with its samples on the GPU, or None where it can."""
    if not available():
        return "the kernels that read them there are missing"
    if not isinstance(run.training.variation, Augmentation):
        return "samples that are no voices are varied there"
    if run.training.dropout:
        return "training.dropout is drawn there; 0 trains with the samples on the GPU"
    if run.training.step_dropout:
        return "training.step_dropout is drawn there; 0 trains with the samples on the GPU"
    if model.returns:
        return "the spikes of a layer return to it after several delays"
    if model.biases:
        return "neurons have biases"
    if any(reset is not None for reset in model.resets):
        return "neurons are reset by subtraction"
    if model.readout != SPIKES:
        return "membranes decide"
    if model.recurrent and model.bits is not None:
        return "recurrent weights are quantised"
    for what, found in (("channels", run.train.finest.n_neurons), ("steps", run.train.finest.n_steps)):
        if found > _LARGEST:
            return f"samples have {found} {what}, and the GPU numbers {_LARGEST} at the most"
    needed = sum(4 * len(data.finest.steps) for data in (run.train, run.validation))
    free = free_memory()
    if needed > free / 2:
        return f"the samples take {needed / 1e9:.1f} GB, and the GPU has {free / 1e9:.1f} GB free"
    return None


def free_memory() -> int:
    """Return how many bytes of the GPU's memory are free."""
    return torch.cuda.mem_get_info()[0]
