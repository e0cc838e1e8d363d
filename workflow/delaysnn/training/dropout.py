"""Spikes of hidden layers left out at random while training: what the next layer gets, not what fired."""

from functools import reduce

import numpy as np
import torch

from delaysnn.training.layers import Fired, events_of


def leave_out(fired: Fired, share: float, random: np.random.Generator, steps: float = 0) -> Fired:
    """Return what the next layer gets of a layer's spikes.

    Those that stay are not made larger, so spikes stay binary. ``fired`` is as it was: its neurons were reset.

    Args:
        fired: what the layer did.
        share: the probability with which each spike is left out.
        random: source of the draws; a share of 0 draws nothing.
        steps: the probability with which each sample's time step is left out, all spikes of the layer at once.
    """
    shape = fired.spikes.shape
    places = ((share, shape), (steps, (*shape[:2], 1)))
    stays = reduce(np.logical_and, [random.random(place, np.float32) >= part for part, place in places if part])
    spikes = fired.spikes * torch.from_numpy(stays).to(fired.spikes)
    if fired.events is None:
        return Fired(spikes, fired.membrane)
    return Fired(spikes, fired.membrane, events_of(spikes))
