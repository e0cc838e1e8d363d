"""Whether two recordings are the same sound, whatever their loudness and offset: the cochlea takes both away."""

from collections.abc import Iterator, Sequence

import numpy as np

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
    vectors = np.random.default_rng(0).standard_normal((_PROJECTIONS, len(audio)))
    return vectors @ _normalised(audio)


def candidates(sketches: Sequence[np.ndarray]) -> Iterator[tuple[int, int]]:
    """Yield index and earlier index of recordings of one length and rate that may be the same sound."""
    every = np.stack(sketches)
    for index in range(1, len(every)):
        near = [np.abs(every[:index] - sign * every[index]).max(axis=1) < _NEAR for sign in (1, -1)]
        for earlier in np.flatnonzero(near[0] | near[1]).tolist():
            yield index, earlier


def is_same_sound(one: np.ndarray, other: np.ndarray) -> bool:
    """Say whether two recordings [time] of one length and rate differ in loudness, sign and offset alone."""
    return float(_normalised(one) @ _normalised(other)) ** 2 > _EXPLAINED


def _normalised(audio: np.ndarray) -> np.ndarray:
    """Return audio without its offset, of length 1 as a vector."""
    moving = audio - audio.mean()
    moving = moving / np.abs(moving).max()
    return moving / np.linalg.norm(moving)
