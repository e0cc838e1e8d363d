"""Spikes of hidden layers left out at random while training: what the next layer gets, not what fired."""

import numpy as np
import torch

from delaysnn.core.spike_trains import SpikeTrains
from delaysnn.training.layers import Fired, InputBatch


def leave_out(fired: Fired, share: float, random: np.random.Generator) -> Fired:
    """Return what the next layer gets of a layer's spikes: each is left out with probability ``share``.

    Those that stay are not made larger, so spikes stay binary. ``fired`` is as it was: its neurons were reset.
    """
    stays = random.random(fired.spikes.shape, np.float32) >= share
    spikes = fired.spikes * torch.from_numpy(stays).to(fired.spikes)
    if fired.events is None:
        return Fired(spikes, fired.membrane)
    trains = SpikeTrains.from_dense(spikes.detach().numpy().transpose(1, 0, 2))
    return Fired(spikes, fired.membrane, InputBatch.of(trains).events)
