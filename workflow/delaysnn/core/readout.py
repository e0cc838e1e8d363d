"""How the output layer decides on the class: by its spikes, or by membranes of neurons that do not fire."""

from collections.abc import Callable

import numpy as np

# Neurons of the output layer fire and are reset; the one with most spikes wins (delaysnn.core.traces.decide).
SPIKES = "spikes"


def _largest(membranes: np.ndarray) -> np.ndarray:
    return membranes.max(axis=1)


def _summed(membranes: np.ndarray) -> np.ndarray:
    return membranes.sum(axis=1)


def _summed_softmax(membranes: np.ndarray) -> np.ndarray:
    shares = np.exp(membranes - membranes.max(axis=2, keepdims=True))
    return (shares / shares.sum(axis=2, keepdims=True)).sum(axis=1)


# By what potentials [sample, time, class] say: their maximum over time, their sum, or the sum of their softmax.
BY_MEMBRANES: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "largest_membrane": _largest,
    "summed_membrane": _summed,
    "summed_softmax": _summed_softmax,
}
READOUTS = (SPIKES, *BY_MEMBRANES)


def score(readout: str, membranes: np.ndarray) -> np.ndarray:
    """Return the score of each class from the output layer's potentials, float64 [sample, class]. The largest decides.

    Args:
        readout: one of :data:`BY_MEMBRANES`.
        membranes: potentials of the output layer, [sample, time, class], in the units of the network's weights.
    """
    return BY_MEMBRANES[readout](np.asarray(membranes, np.float64))
