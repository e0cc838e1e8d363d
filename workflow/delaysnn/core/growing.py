"""A list of numbers to which whole arrays are added, and which is never in memory twice."""

import numpy as np

_FIRST = 1 << 16


class Growing:
    """Numbers of one type. A list of many small arrays would need twice the memory when it is joined."""

    def __init__(self, kind: np.dtype | type):
        self._room = np.empty(_FIRST, kind)
        self._count = 0

    def add(self, values: np.ndarray) -> None:
        """Append an array [count]."""
        end = self._count + len(values)
        if end > len(self._room):
            self._room.resize(max(end, len(self._room) * 9 // 8), refcheck=False)
        self._room[self._count : end] = values
        self._count = end

    def taken(self) -> np.ndarray:
        """Return all added numbers [total]; nothing can be added after that."""
        self._room.resize(self._count, refcheck=False)
        return self._room
