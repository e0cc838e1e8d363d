"""Quantities of a network's output that the loss reads, and the loss."""

from collections.abc import Callable

import torch
from torch import Tensor

from delaysnn.core.readout import SPIKES
from delaysnn.settings.losses import check_loss
from delaysnn.settings.training import Training

# Spikes and membrane potentials of every layer, both [batch, time, neuron].
Layers = list[tuple[Tensor, Tensor]]


def spike_counts(layers: Layers) -> Tensor:
    """Return the number of spikes of the output neurons, [batch, class]: the quantity that decides on a chip."""
    return layers[-1][0].sum(dim=1)


def mean_membranes(layers: Layers) -> Tensor:
    """Return the output neurons' mean membrane potential, [batch, class]."""
    return layers[-1][1].mean(dim=1)


def summed_softmax(layers: Layers) -> Tensor:
    """Return the output membranes' softmax summed over time, [batch, class], as in the authors' public code."""
    return torch.softmax(layers[-1][1], dim=2).sum(dim=1)


def largest_membranes(layers: Layers) -> Tensor:
    """Return the output neurons' largest membrane potential, [batch, class]."""
    return layers[-1][1].amax(dim=1)


def summed_membranes(layers: Layers) -> Tensor:
    """Return the output neurons' membrane potential summed over time, [batch, class]."""
    return layers[-1][1].sum(dim=1)


# What ``training.loss`` names.
READOUTS: dict[str, Callable[[Layers], Tensor]] = {
    "spike_count": spike_counts,
    "mean_membrane": mean_membranes,
    "summed_softmax": summed_softmax,
}


# The same as scores of delaysnn.core.readout, differentiable.
_BY_MEMBRANES: dict[str, Callable[[Layers], Tensor]] = {
    "largest_membrane": largest_membranes,
    "summed_membrane": summed_membranes,
    "summed_softmax": summed_softmax,
}


def read_by(loss: str, readout: str) -> Callable[[Layers], Tensor]:
    """Return the quantity that the loss reads, as a function of a network's layers.

    It belongs to the readout, or ``training.loss`` names it.

    Raises:
        InputError: ``training.loss`` contradicts the network's readout.
    """
    check_loss(loss, readout, "the network's readout", "training.loss")
    return _BY_MEMBRANES[readout] if loss == "spike_count" and readout != SPIKES else READOUTS[loss]


def cross_entropy(layers: Layers, labels: Tensor, training: Training, readout: str = SPIKES) -> Tensor:
    """Return the loss: cross-entropy of the quantity of :func:`read_by` times ``logit_gain``.

    ``readout`` is the network's.

    Raises:
        InputError: as of :func:`read_by`.
    """
    return _cross_entropy(layers, labels, training, readout, "mean")


def cross_entropy_each(layers: Layers, labels: Tensor, training: Training, readout: str = SPIKES) -> Tensor:
    """Return the loss of each sample, [batch]."""
    return _cross_entropy(layers, labels, training, readout, "none")


def _cross_entropy(layers: Layers, labels: Tensor, training: Training, readout: str, reduction: str) -> Tensor:
    logits = training.logit_gain * read_by(training.loss, readout)(layers)
    smoothing = training.label_smoothing
    return torch.nn.functional.cross_entropy(logits, labels, label_smoothing=smoothing, reduction=reduction)
