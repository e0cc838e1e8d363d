"""Where each way to delay spikes needs least: over the share of neurons that fire, and the number of delay levels."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from delaysnn.core.network import Layer
from delaysnn.queues import registered

# What is compared, by name, as readers see it.
QUANTITIES = {
    "bits": "memory (bit)",
    "accesses": "reads and writes",
    "moved_bits": "bits read and written",
}


@dataclass(frozen=True)
class Regions:
    """What every structure needs in a time step, on average.

    Attributes:
        structures: names of those that say it (:class:`delaysnn.queues.protocol.Steady`), simplest first.
        levels: delay levels, ascending.
        activities: shares of neurons that fire in a step.
        needs: float [structure, level, activity] of each of :data:`QUANTITIES`.
    """

    structures: tuple[str, ...]
    levels: tuple[int, ...]
    activities: np.ndarray
    needs: Mapping[str, np.ndarray]

    def least(self, quantity: str) -> np.ndarray:
        """Return, int [level, activity], the number of the structure that needs least: of equal ones that with least
        memory, and the first of these."""
        own = self.needs[quantity]
        least = own <= own.min(axis=0) * (1 + 1e-9)
        return np.where(least, self.needs["bits"], np.inf).argmin(axis=0)


def make_layer(n_pre: int, n_post: int, levels: int, stride: int, kept: float, axonal: bool) -> Layer:
    """Return a layer of which pruning left a share of the delay levels, drawn at random but always alike.

    Args:
        n_pre, n_post: neurons.
        levels: delay levels, the first of which is 0.
        stride: time steps between levels.
        kept: share of the levels that a synapse keeps, or an axon with all its synapses; at least one is.
        axonal: whether whole axons were pruned.
    """
    pairs = (n_pre, 1) if axonal else (n_pre, n_post)
    places = np.random.default_rng(1).random((levels, *pairs)).argsort(axis=0)
    weights = np.broadcast_to(places < max(1, round(kept * levels)), (levels, n_pre, n_post)).astype(np.float32)
    ones = np.ones(n_post, np.float32)
    return Layer(weights, tuple(range(0, stride * levels, stride)), ones, ones)


def compare_regions(
    layers: Mapping[int, Layer], activities: Sequence[float] | np.ndarray, constants: Mapping[str, float]
) -> Regions:
    """Return what every structure needs for each layer.

    Args:
        layers: by their number of levels, ascending.
        activities: shares of pre-neurons that fire in each step.
        constants: ``event_bits`` and ``weight_bits`` of :class:`delaysnn.queues.protocol.Structure`.
    """
    priced = {name: each.steady for name, each in registered().items() if each.steady}
    found = [[steady(layer, constants) for layer in layers.values()] for steady in priced.values()]
    active = np.asarray(activities, float)

    def lines(name: str) -> np.ndarray:
        pairs = np.array([[getattr(each, name) for each in row] for row in found], float)
        return np.asarray(pairs[..., :1] + pairs[..., 1:] * active)

    accesses = lines("accesses")
    words = np.array([[each.word_bits for each in row] for row in found], float)
    needs = {"bits": lines("bits"), "accesses": accesses, "moved_bits": accesses * words[..., None]}
    return Regions(tuple(priced), tuple(layers), active, needs)
