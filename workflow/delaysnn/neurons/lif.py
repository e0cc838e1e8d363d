"""Leaky integrate-and-fire, the paper's neuron (section II).

``u[t] = a * u[t-1] * (1 - s[t-1]) + I[t]``, ``s[t] = u[t] >= threshold``.
"""

from delaysnn.neurons import Neuron, to_zero


class LeakyIntegrateAndFire(Neuron):
    name = "lif"
    operations = 0
    in_nir = True
    kernel = 0

    def step(self, current, state, decay, own, fire, reset=to_zero):
        u = state[0] + current
        s = fire(u)
        return u, s, (reset(decay * u, s),)


NEURON = LeakyIntegrateAndFire()
