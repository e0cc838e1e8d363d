"""Whether two recordings are the same sound, apart from loudness and offset, which the cochlea ignores."""

import functools
from collections.abc import Sequence

import numpy as np
from scipy.spatial import cKDTree

_PROJECTIONS = 8
# Rounding to 16 bits moves the sketch of a quiet recording by less; other sounds lie about 1.4 apart in each entry.
_NEAR = 0.2
# Share of the energy that one sound must explain of the other.
_EXPLAINED = 0.999


def sketch(audio: np.ndarray) -> np.ndarray:
    """Return a few numbers, float64 [projection], that are alike for the same sound, and of the other sign inverted.

    Args:
        audio: [time], not constant.
    """
    return _vectors(1 << len(audio).bit_length())[:, : len(audio)] @ _normalised(audio)


@functools.cache
def _vectors(length: int) -> np.ndarray:
    return np.random.default_rng(0).standard_normal((_PROJECTIONS, length))


def candidates(sketches: Sequence[np.ndarray]) -> list[tuple[int, int]]:
    """Return index and earlier index of recordings of one length and rate that may be the same sound, increasing."""
    tree, inverted = cKDTree(np.stack(sketches)), cKDTree(-np.stack(sketches))
    alike = tree.query_pairs(_NEAR, p=np.inf)
    opposite = enumerate(tree.query_ball_tree(inverted, _NEAR, p=np.inf))
    alike |= {(earlier, index) for earlier, found in opposite for index in found if earlier < index}
    return sorted((index, earlier) for earlier, index in alike)


def is_same_sound(one: np.ndarray, other: np.ndarray) -> bool:
    """Return whether two recordings [time] of one length and rate differ in loudness, sign and offset alone."""
    return float(_normalised(one) @ _normalised(other)) ** 2 > _EXPLAINED


def _normalised(audio: np.ndarray) -> np.ndarray:
    """Return audio without its offset, of length 1 as a vector."""
    moving = audio - audio.mean()
    moving = moving / np.abs(moving).max()
    return moving / np.linalg.norm(moving)
