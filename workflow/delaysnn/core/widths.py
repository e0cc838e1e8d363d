"""Widths of weights in bits, sign included: one for all layers of a network, or one for each."""

from collections.abc import Sequence

from delaysnn.core.errors import InputError

Widths = int | Sequence[int]


def each_layer(bits: Widths, layers: int) -> tuple[int, ...]:
    """Return the width of every layer.

    Raises:
        InputError: there are widths for another number of layers.
    """
    if isinstance(bits, int):
        return (bits,) * layers
    if len(bits) != layers:
        raise InputError(f"There are {len(bits)} widths of weights, {show(bits)}, for {layers} layers; give one each.")
    return tuple(bits)


def shortest(bits: Sequence[int]) -> Widths:
    """Return the layers' widths, as one number if all are the same."""
    return bits[0] if len(set(bits)) == 1 else tuple(bits)


def show(bits: Widths, between: str = "/") -> int | str:
    """Return widths as tables show them, such as 8 or 8/4/4."""
    return bits if isinstance(bits, int) else between.join(map(str, bits))
