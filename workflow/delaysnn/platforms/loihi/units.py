"""A layer's numbers in the chip's units: the unit of a weight's integer, and how all other numbers are rounded."""

import numpy as np

from delaysnn.core.errors import InputError
from delaysnn.platforms.loihi.integer_network import (
    ACCUMULATOR_LIMIT,
    BIAS_EXPONENT,
    BIAS_MANTISSA,
    SMALLEST_UNIT,
    STATE_SHIFT,
    THRESHOLD_LIMIT,
    WEIGHT_BITS,
)


def rounded_biases(bias: np.ndarray, exact: np.ndarray, where: str) -> np.ndarray:
    """Return biases that are ``exact`` in the chip's units, each rounded to its mantissa, int32 [post]."""
    rounded = np.full(exact.shape, np.inf)
    for exponent in range(BIAS_EXPONENT, -1, -1):
        mantissa = np.rint(exact / 2**exponent)
        rounded = np.where(np.abs(mantissa) <= BIAS_MANTISSA, mantissa * 2**exponent, rounded)
    unfit = np.flatnonzero(np.isinf(rounded))
    if len(unfit):
        raise InputError(
            f"{where}: neuron {unfit[0]} has bias {bias[unfit[0]]:.6g}, which is {exact[unfit[0]]:.0f} in the "
            f"chip's units; 13 bits and an exponent of 3 hold up to {BIAS_MANTISSA << BIAS_EXPONENT} in size."
        )
    return rounded.astype(np.int32)


def common_unit(mantissas: list[np.ndarray], largest: list[np.ndarray], biases: np.ndarray, bits: int) -> int:
    """Return the factor from weights as integers to weights in Loihi's 9 bits.

    Args:
        mantissas: weights as integers, [delay, pre, post] each.
        largest: thresholds, and what must fit the same bits, in units of these integers.
        biases: likewise.
        bits: that weights have at most.
    """
    # By the width that the largest weight needs, since a network of 2 bits may say that it has 8; less where thresholds
    # or biases would not fit, or the worst spikes that could come at once.
    widest = max(int(np.abs(each).max(initial=0)) for each in mantissas)
    unit = 2 ** (WEIGHT_BITS - max(2, widest.bit_length() + 1))
    most = max((each.max() for each in largest), default=0)

    def too_large() -> bool:
        bias = np.rint(np.abs(biases).max() * unit * (1 << STATE_SHIFT) / 2**BIAS_EXPONENT)
        return most * unit >= THRESHOLD_LIMIT or bias > BIAS_MANTISSA

    while unit > 2 ** (WEIGHT_BITS - bits) and too_large():
        unit //= 2
    worst = max(sum((sign * each).clip(min=0).sum(axis=(0, 1)) for each in mantissas).max() for sign in (1, -1))
    while unit > SMALLEST_UNIT and int(worst) * unit << STATE_SHIFT >= ACCUMULATOR_LIMIT:
        unit //= 2
    return unit


def fitting_thresholds(exact: np.ndarray, unit: int, sums: np.ndarray) -> np.ndarray:
    """Return thresholds that are exact in the chip's units as whole numbers of them, int64 [post].

    ``sums`` says of each neuron whether its potential is a sum of weights, since nothing decays.
    """
    whole = np.abs(exact - np.rint(exact)) <= 1e-6 * exact
    nearest = np.rint(exact) - whole
    # Such a potential is a whole number of weights: the first at the threshold or above it must fire.
    first = np.ceil(exact * (1 - 1e-6) / unit) * unit
    return np.where(sums, np.minimum(nearest, first - 1), nearest).astype(np.int64)
