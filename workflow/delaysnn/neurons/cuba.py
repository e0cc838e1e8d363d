"""Current-based leaky integrate-and-fire: a spike's current lasts, and decays by a factor of its own.

    i[t] = g * i[t-1] + I[t]
    u[t] = a * u[t-1] * (1 - s[t-1]) + i[t]
    s[t] = u[t] >= threshold

A spike resets the potential, not the current. With g = 0 it is LIF. Trained is the logit of g. A compartment of Loihi
computes this, and stores both decays in one profile (:mod:`delaysnn.platforms.loihi.integer_network`).
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from delaysnn.neurons import Array, Neuron, to_zero

if TYPE_CHECKING:
    from torch import Generator, Tensor


class CurrentBasedLeakyIntegrateAndFire(Neuron):
    name = "cuba"
    arrays = (Array("current_decay", most=1),)
    states = 2
    in_nir = True
    operations = 2  # a product decays the current, a sum adds it to the potential
    settings = "current_decay"
    kernel = 2
    shared = ("logit_g",)

    def step(self, current, state, decay, own, fire, reset=to_zero):
        (kept, i), (g,) = state, own
        i = g * i + current
        u = kept + i
        s = fire(u)
        return u, s, (reset(decay * u, s), i)

    def draw(self, post: int, settings: Any, generator: "Generator") -> "dict[str, Tensor]":
        """Return the logit of g, drawn so that g is uniform in the range ``training.current_decay``."""
        import torch

        low, high = settings.current_decay
        return {"logit_g": torch.logit(low + (high - low) * torch.rand(post, generator=generator))}

    def own(self, trained: "Mapping[str, Tensor]", threshold: "Tensor") -> "list[Tensor]":
        return [trained["logit_g"].sigmoid()]

    def trained(self, own: "Sequence[Tensor]", threshold: "Tensor") -> "dict[str, Tensor]":
        import torch

        return {"logit_g": torch.logit(own[0])}


NEURON = CurrentBasedLeakyIntegrateAndFire()
