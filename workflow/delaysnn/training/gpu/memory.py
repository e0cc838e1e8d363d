"""Batches that a GPU's memory does not hold: they are taken in parts."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import torch

from delaysnn.core.errors import InputError

_log = logging.getLogger(__name__)
_Result = TypeVar("_Result")


class Portion:
    """How many samples of each network go through the GPU at once: those asked for, or half of them, a quarter, ...

    Attributes:
        size: samples of a network; it falls only.
    """

    def __init__(self, size: int, networks: int, then: str):
        """Begin with all that are asked for.

        Args:
            size: samples of a network.
            networks: side by side.
            then: what the log says is done with parts of a batch.
        """
        self.size, self._networks, self._then = size, networks, then

    def fit(self, work: Callable[[int], _Result]) -> _Result:
        """Return what ``work`` does with so many samples at once, and half of them for as long as memory is too small.

        Args:
            work: changes nothing where memory does not suffice.

        Raises:
            InputError: it is too small for one sample of each network.
        """
        while True:
            try:
                return work(self.size)
            except torch.OutOfMemoryError as error:
                said = str(error)
            # Only here: the error held what had its place already.
            self._halve(said)

    def _halve(self, said: str) -> None:
        alike = "of the network" if self._networks == 1 else f"of each of {self._networks} networks"
        if self.size == 1:
            what = "write training.together: 1" if self._networks > 1 else "write training.device: cpu"
            raise InputError(f"The GPU's memory is too small for one sample {alike} ({said}); {what}.")
        if torch.cuda.is_available():
            torch.cuda.empty_cache()
        before, self.size = self.size, -(-self.size // 2)
        _log.info(
            "the GPU's memory is too small for %d samples %s at once: it takes %d at once, %s",
            *(before, alike, self.size, self._then),
        )


@contextmanager
def enough(samples: int) -> Iterator[None]:
    """Explain what to set if memory does not suffice for a batch that cannot be taken in parts.

    Raises:
        InputError: memory does not suffice.
    """
    try:
        yield
    except torch.OutOfMemoryError as error:
        raise InputError(
            f"The GPU's memory is too small for batches of {samples} samples ({error}); lower training.batch."
        ) from None
