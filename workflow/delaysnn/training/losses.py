"""What a network's output says of each class, and what that costs in training."""

from collections.abc import Callable

import torch
from torch import Tensor

from delaysnn.settings.training import Training

# Spikes and membrane potentials of every layer, both [batch, time, neuron].
Layers = list[tuple[Tensor, Tensor]]


def spike_counts(layers: Layers) -> Tensor:
    """Return the output neurons' spikes, [batch, class]: what decides on the chip is what is trained."""
    return layers[-1][0].sum(dim=1)


def mean_membranes(layers: Layers) -> Tensor:
    """Return the output neurons' mean membrane potential, [batch, class]."""
    return layers[-1][1].mean(dim=1)


def summed_softmax(layers: Layers) -> Tensor:
    """Return the output membranes' softmax summed over time, [batch, class], as in the authors' public code."""
    return torch.softmax(layers[-1][1], dim=2).sum(dim=1)


READOUTS: dict[str, Callable[[Layers], Tensor]] = {
    "spike_count": spike_counts,
    "mean_membrane": mean_membranes,
    "summed_softmax": summed_softmax,
}


def cross_entropy(layers: Layers, labels: Tensor, training: Training) -> Tensor:
    """Return the loss: cross-entropy of the readout that ``training.loss`` names times ``logit_gain``."""
    return _cross_entropy(layers, labels, training, "mean")


def cross_entropy_each(layers: Layers, labels: Tensor, training: Training) -> Tensor:
    """Return the loss of each sample, [batch]."""
    return _cross_entropy(layers, labels, training, "none")


def _cross_entropy(layers: Layers, labels: Tensor, training: Training, reduction: str) -> Tensor:
    logits = training.logit_gain * READOUTS[training.loss](layers)
    smoothing = training.label_smoothing
    return torch.nn.functional.cross_entropy(logits, labels, label_smoothing=smoothing, reduction=reduction)
