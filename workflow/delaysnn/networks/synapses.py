"""Parts of layers for readers: synapses by delay, and thresholds of neurons that fire above, not at, their value."""

from collections.abc import Mapping
from typing import Any

import numpy as np


def by_level(terms: Mapping[int, np.ndarray]) -> tuple[np.ndarray, tuple[int, ...]]:
    """Return weights, float32 [delay, pre, post], and their delays, without those at which no synapse is.

    Args:
        terms: weights [pre, post] of each delay in time steps, one or more.
    """
    levels = sorted(terms)
    used = [level for level in levels if np.any(terms[level])] or levels[:1]
    return np.stack([terms[level] for level in used]).astype(np.float32), tuple(used)


def spread(weights: np.ndarray, delays: np.ndarray) -> dict[int, np.ndarray]:
    """Return the weights [pre, post] of each delay, where every synapse has one; ``delays`` is int, of that shape."""
    delays = np.broadcast_to(delays, weights.shape)
    return {int(delay): np.where(delays == delay, weights, 0) for delay in np.unique(delays)}


def add(terms: Mapping[int, np.ndarray], more: Mapping[int, np.ndarray]) -> dict[int, np.ndarray]:
    """Return the sum of two sets of synapses between the same neurons, by delay."""
    both = {**terms}
    for delay, weights in more.items():
        both[delay] = both[delay] + weights if delay in both else weights
    return both


def above(threshold: Any) -> np.ndarray:
    """Return thresholds at which ours fire where a tool's neurons fire above theirs: the next float32 numbers."""
    threshold = np.asarray(threshold, np.float64)
    same = threshold.astype(np.float32)
    return np.where(same > threshold, same, np.nextafter(same, np.float32(np.inf)))
