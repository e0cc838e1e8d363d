"""Recurrent spikes, which return to their own layer one step later or after delays, in plain PyTorch."""

from collections.abc import Sequence

import torch
from torch import Tensor


class NextStep:
    """Recurrent currents of a layer, one step later."""

    def __init__(self, weights: Tensor):
        """Keep the weights, [..., pre, post]; what is in front are networks side by side."""
        self._weights = weights

    @classmethod
    def of(cls, weights: Tensor | None) -> "NextStep | None":
        """Return an object for these weights, or None if there are none."""
        return None if weights is None else cls(weights)

    def current(self, spikes: Sequence[Tensor]) -> Tensor | None:
        """Return the recurrent current of the next step, [..., batch, post], or None."""
        return spikes[-1] @ self._weights if spikes else None


class Feedback:
    """Recurrent currents of a layer after delays, step by step.

    At each delay only axons with a weight are computed. So one delay a neuron takes as many products as none.
    """

    def __init__(self, weights: Tensor, delays: Sequence[int], axons: Tensor | None = None):
        """Look up which axons return when.

        Args:
            weights: [delay, pre, post]; what is zero counts as pruned.
            delays: in time steps, increasing from 1 or more, one for each entry of the first axis.
            axons: bool [delay, pre], those that return, whether rounding left them a weight or not; if None, those that
                have one.
        """
        used = (weights.detach() != 0).any(dim=2) if axons is None else axons
        self._axons = [
            (delay, None if row.all() else row.nonzero().flatten())
            for delay, row in zip(delays, used, strict=True)
            if row.any()
        ]
        self._weights = weights[used]

    def current(self, spikes: Sequence[Tensor]) -> Tensor | None:
        """Return the recurrent current of the next step, [batch, post], or None.

        Args:
            spikes: of all steps so far, each [batch, pre].
        """
        due = [
            spikes[-delay] if axons is None else spikes[-delay].index_select(1, axons)
            for delay, axons in self._axons
            if delay <= len(spikes)
        ]
        if not due:
            return None
        arrived = torch.cat(due, dim=1)
        return arrived @ self._weights[: arrived.shape[1]]
