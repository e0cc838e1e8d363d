"""Adaptive leaky integrate-and-fire: a second state, driven by the potential and by spikes, inhibits the neuron.

    u[t] = a * u[t-1] * (1 - s[t-1]) + I[t] - w[t-1]
    s[t] = u[t] >= threshold
    w[t] = b * w[t-1] + c * u[t] + d * s[t]          with u[t] before its reset

The adaptation uses the new potential, not the old one (symplectic Euler: Baronig, Ferrand, Sabathiel and Legenstein,
"Advancing spatio-temporal processing through adaptation in spiking neural networks", Nature Communications 16, 2025;
arXiv 2408.07517). Without spikes, (u, w) is multiplied by [[a, -1], [c a, b - c]] in each step. The determinant a b of
this matrix is below 1 for decays a and b below 1. So the neuron is stable where the magnitude of the trace, a + b - c,
is below 1 + a b. For c of 0 or more this is c < (1 + a)(1 + b).

Trained are the logit of b, and A and B of c = 2 A (1 - b) and d = 4 B threshold (1 - b). If A is at most M, every b of
(2 M - 1) / (2 M + 1) or more has c <= 1 + b. So if b is kept there, every neuron with a > 0 is stable.
"""

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from delaysnn.core.errors import InputError
from delaysnn.neurons import Array, Neuron, to_zero

if TYPE_CHECKING:
    from torch import Generator, Tensor

# What rounding to float32 may add to c.
_ROUNDED = 1e-5


class AdaptiveLeakyIntegrateAndFire(Neuron):
    name = "adlif"
    arrays = (Array("adaptation_decay", most=1), Array("adaptation_membrane"), Array("adaptation_spike"))
    states = 2
    operations = 6  # w is subtracted; three products and two sums make the next one
    settings = "adaptation"
    kernel = 1

    def step(self, current, state, decay, own, fire, reset=to_zero):
        (kept, w), (b, c, d) = state, own
        u = kept + current - w
        s = fire(u)
        return u, s, (reset(decay * u, s), b * w + c * u + d * s)

    def draw(self, post: int, settings: Any, generator: "Generator") -> "dict[str, Tensor]":
        """Return the logit of b, A and B, each drawn uniformly from its range in ``training.adaptation``."""
        import torch

        ranges, drawn = settings.adaptation, torch.rand(3, post, generator=generator)
        starts = (ranges.decay, ranges.membrane, ranges.spike)
        b, A, B = (low + (high - low) * row for (low, high), row in zip(starts, drawn, strict=True))
        return {"logit_b": torch.logit(b), "A": A, "B": B}

    def own(self, trained: "Mapping[str, Tensor]", threshold: "Tensor") -> "list[Tensor]":
        b = trained["logit_b"].sigmoid()
        return [b, 2 * trained["A"] * (1 - b), 4 * trained["B"] * threshold * (1 - b)]

    def trained(self, own: "Sequence[Tensor]", threshold: "Tensor") -> "dict[str, Tensor]":
        import torch

        logit_b = torch.logit(own[0])
        # As it comes back, or what is divided by it would be another number.
        lost = 1 - logit_b.sigmoid()
        # An adaptation that is never lost is one that nothing drives (see check).
        A, B = (torch.where(lost > 0, each / lost, 0.0) for each in own[1:])
        return {"logit_b": logit_b, "A": A / 2, "B": B / (4 * threshold)}

    def limits(self, settings: Any) -> dict[str, tuple[float, float]]:
        ranges = settings.adaptation
        if ranges is None:
            raise InputError(
                "training.adaptation is null, but adlif neurons need these bounds of their training; copy its keys "
                "from config/config.yaml."
            )
        least = math.log(ranges.least_decay / (1 - ranges.least_decay)) if ranges.least_decay else -math.inf
        return {"logit_b": (least, math.inf), "A": (0, ranges.membrane_most), "B": (0, ranges.spike_most)}

    def check(self, own: Sequence[np.ndarray], decay: np.ndarray) -> str | None:
        a, b, c, d = (np.asarray(each, np.float64) for each in (decay, *own))
        if len(wrong := np.flatnonzero((b == 1) & ((c > 0) | (d > 0)))):
            return (
                f"neuron {wrong[0]} has adaptation_decay 1, so what drives its adaptation adds up without end; write "
                "less than 1, or 0 for its adaptation_membrane and adaptation_spike"
            )
        most = (1 + a) * (1 + b)
        if len(wrong := np.flatnonzero(c > most * (1 + _ROUNDED))):
            return (
                f"neuron {wrong[0]} has adaptation_membrane {c[wrong[0]]:.6g}, by which it oscillates without end; at "
                f"most (1 + decay) * (1 + adaptation_decay) is needed, {most[wrong[0]]:.6g}"
            )
        return None


NEURON = AdaptiveLeakyIntegrateAndFire()
