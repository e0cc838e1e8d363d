"""The integer form of layers of neurons that Loihi does not have; all else is as on Loihi."""

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from delaysnn.platforms.loihi.integer_network import (
    CurrentLayer,
    IntegerLayer,
    IntegerNetwork,
    read_integer_network,
)

# A share of the potential, in 1/4096: 13 bits without a sign, below 2. Neurons that stay stable need up to 1.5 where
# they are trained as config/config.yaml says.
SHARE_UNITY = 1 << 12
SHARE_LIMIT = 1 << 13


@dataclass(frozen=True)
class AdaptiveLayer(IntegerLayer):
    """One layer of adaptive neurons.

    Two states of 24 bits with their sign, in the same units; ``trunc`` is towards zero, and each state stops at
    -(2^23 - 1) and 2^23 - 1. ``I`` is the sum over weights and spikes of :class:`IntegerLayer`, below 2^15 in size.

    ``v[k] = trunc(v[k-1] * (4096 - decay) / 4096) + 64 * I[k] - w[k-1]``, a spike ``s[k]`` where
    ``v[k] > 64 * threshold``;
    ``w[k] = trunc(w[k-1] * (4096 - adaptation_decay) / 4096) + trunc(v[k] * adaptation_membrane / 4096)
    + 64 * adaptation_spike * s[k]``; then ``v = 0`` where there is a spike. A ``bias`` is added to ``v``, too. Where
    there is a ``reset``, a spike does not set ``v`` to 0, but ``- 64 * reset * s[k-1]`` is added to ``v[k]``.

    Weights have 9 bits with their sign and are even, decays 12 bits, the share 13, the threshold, the step by a spike
    and the reset 17 bits, each without a sign.

    Attributes:
        adaptation_decay: int32 [post], 0 to 4095; what the adaptation loses a step, in 1/4096.
        adaptation_membrane: int32 [post], 0 to 8191; what it takes of the potential, in 1/4096.
        adaptation_spike: int32 [post], 0 to 2^17 - 1; what a spike adds to it, in units of the threshold's.
        reset: int32 [post], 1 to 2^17 - 1, in these units; None where a spike resets to zero.
    """

    adaptation_decay: np.ndarray
    adaptation_membrane: np.ndarray
    adaptation_spike: np.ndarray
    reset: np.ndarray | None = field(default=None, kw_only=True)


@dataclass(frozen=True)
class ProgrammedLayer(CurrentLayer):
    """One layer of LIF or current-based neurons that needs more than a compartment of Loihi does.

    ``u[k] = trunc(u[k-1] * (4096 - current_decay) / 4096) + 64 * I[k] + bias`` (a compartment adds the bias to ``v``);
    ``v[k] = trunc(v[k-1] * (4096 - decay) / 4096) - 64 * reset * s[k-1] + u[k]``, a spike ``s[k]`` where
    ``v[k] > 64 * threshold``. Where ``reset`` is 0, ``v = 0`` after a spike.

    Attributes:
        reset: int32 [post], 0 to 2^17 - 1, in units of the threshold's.
    """

    reset: np.ndarray


def read_network(path: str | Path) -> IntegerNetwork:
    """Read a network of layers of all these kinds that ``write_integer_network`` wrote.

    Raises:
        InputError: the file is missing or broken.
    """
    return read_integer_network(path, (IntegerLayer, CurrentLayer, AdaptiveLayer, ProgrammedLayer))
