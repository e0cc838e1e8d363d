"""Spikes of hidden layers left out at random in training: the next layer does not get them."""

from functools import reduce

import numpy as np
import torch

from delaysnn.training.layers import Fired, events_of


def leave_out(fired: Fired, share: float, random: np.random.Generator, steps: float = 0) -> Fired:
    """Return the spikes of a layer that the next layer gets.

    The remaining spikes are not made larger, so spikes stay binary. ``fired`` is not changed: its neurons were reset.

    Args:
        fired: spikes and potentials of the layer.
        share: the probability with which each spike is left out; 0 draws nothing.
        random: source of the draws.
        steps: the probability with which all spikes of a sample's time step are left out.
    """
    shape = fired.spikes.shape
    places = ((share, shape), (steps, (*shape[:2], 1)))
    stays = reduce(np.logical_and, [random.random(place, np.float32) >= part for part, place in places if part])
    spikes = fired.spikes * torch.from_numpy(stays).to(fired.spikes)
    if fired.events is None:
        return Fired(spikes, fired.membrane)
    return Fired(spikes, fired.membrane, events_of(spikes))
