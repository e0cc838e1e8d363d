"""Integers in training: weights are rounded forward and straight through backward; neurons share a few decays."""

import dataclasses
from typing import Any

import numpy as np
import torch
from torch import Tensor

from delaysnn.core.network import Layer, Network
from delaysnn.core.widths import Widths, each_layer


def largest_integer(bits: int) -> int:
    """Return the largest magnitude of a symmetric signed integer of ``bits`` bits."""
    return 2 ** (bits - 1) - 1


def best_scale(weights: Tensor, bits: int) -> float:
    """Return the value of one unit that gives the smallest squared error over the weights that are not zero.

    With few bits it pays to clip the rare large weights.
    """
    kept = weights[weights != 0]
    top = largest_integer(bits)
    if not len(kept):
        return 1.0 / top
    candidates = _scales(kept.abs().max(), top)
    errors = [(kept - (kept / scale).round().clamp(-top, top) * scale).square().sum() for scale in candidates]
    return float(candidates[int(torch.stack(errors).argmin())])


def stored(weights: Tensor, recurrent: Tensor | None) -> Tensor:
    """Return all weights of a layer that share a scale: [delay, pre, post], or a list of them with recurrent ones."""
    return weights if recurrent is None else torch.cat([weights.flatten(), recurrent.flatten()])


def _scales(largest: Tensor, top: int) -> Tensor:
    """Return scales to try: from that which fits the largest weight down to a tenth of it."""
    return largest / top * torch.linspace(0.1, 1.0, 46, device=largest.device)


def quantise(weights: Tensor, scale: float | Tensor, bits: int) -> Tensor:
    """Return the weights rounded to multiples of ``scale`` within ``bits`` bits.

    The gradient passes as if nothing were rounded; that of clipped weights is zero. ``scale`` may be a tensor, for
    several networks.
    """
    most: Any = largest_integer(bits) * scale  # torch's types know no bound that is one or the other
    inside = weights.clamp(-most, most)
    return inside + ((inside / scale).round() * scale - inside).detach()


def share(values: np.ndarray, most: int) -> tuple[np.ndarray, np.ndarray]:
    """Return at most ``most`` shared values, increasing, and for each value the index of the nearest shared one.

    Values are sorted. The two neighbours whose merging adds least to the squared error are replaced by their mean,
    until few enough are left.

    Args:
        values: [neuron].
        most: 1 or more.
    """
    means, sizes = (part.astype(np.float64) for part in np.unique(values, return_counts=True))
    while len(means) > most:
        added = sizes[:-1] * sizes[1:] / (sizes[:-1] + sizes[1:]) * np.diff(means) ** 2
        first = int(added.argmin())
        pair = slice(first, first + 2)
        means[first], sizes[first] = np.average(means[pair], weights=sizes[pair]), sizes[pair].sum()
        means, sizes = np.delete(means, first + 1), np.delete(sizes, first + 1)
    return means, np.abs(np.subtract.outer(values, means)).argmin(axis=1)


def share_together(values: np.ndarray, most: int) -> tuple[np.ndarray, np.ndarray]:
    """Return at most ``most`` shared rows, and for each row the index of the nearest shared one.

    As :func:`share`, but any two groups may merge, not only neighbours (Ward's method).

    Args:
        values: [neuron, value], all values in the same unit.
        most: 1 or more.
    """
    means, sizes = np.unique(values.astype(np.float64), axis=0, return_counts=True)
    while len(means) > most:
        added = sizes[:, None] * sizes / np.add.outer(sizes, sizes) * _squares(means, means)
        np.fill_diagonal(added, np.inf)
        first, second = sorted(np.unravel_index(added.argmin(), added.shape))
        pair = [first, second]
        means[first], sizes[first] = np.average(means[pair], axis=0, weights=sizes[pair]), sizes[pair].sum()
        means, sizes = np.delete(means, second, axis=0), np.delete(sizes, second)
    return means, _squares(values, means).argmin(axis=1)


def _squares(rows: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Return the squared distance of every row to every other, [row, other]."""
    return ((rows[:, None] - others) ** 2).sum(axis=2)


def requantise(network: Network, bits: Widths) -> Network:
    """Return a network that came quantised with weights of ``bits`` bits: as they are, or rounded anew."""
    layers = zip(network.layers, each_layer(bits, len(network.layers)), strict=True)
    return dataclasses.replace(network, layers=tuple(_requantise(layer, own) for layer, own in layers))


def _requantise(layer: Layer, bits: int) -> Layer:
    if layer.bits is not None and layer.bits <= bits:
        return dataclasses.replace(layer, bits=bits)
    names = [name for name in ("weights", "recurrent") if name in layer.arrays]
    found = {name: torch.from_numpy(layer.arrays[name]) for name in names}
    scale = best_scale(stored(found["weights"], found.get("recurrent")), bits)
    rounded: dict[str, Any] = {name: quantise(each, scale, bits).numpy() for name, each in found.items()}
    return dataclasses.replace(layer, **rounded, scale=scale, bits=bits)
