"""Weights as integers of few bits, seen by training: forward rounded, backward straight through."""

import dataclasses

import torch
from torch import Tensor

from delaysnn.formats.network import Layer, Network


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


def _scales(largest: Tensor, top: int) -> Tensor:
    """Return scales to try: from that which fits the largest weight down to a tenth of it."""
    return largest / top * torch.linspace(0.1, 1.0, 46, device=largest.device)


def quantise(weights: Tensor, scale: float, bits: int) -> Tensor:
    """Return the weights rounded to multiples of ``scale`` within ``bits`` bits.

    The gradient passes as if nothing were rounded, but not for weights that are clipped further out.
    """
    top = largest_integer(bits)
    inside = weights.clamp(-top * scale, top * scale)
    return inside + ((inside / scale).round() * scale - inside).detach()


def requantise(network: Network, bits: int) -> Network:
    """Return a network that came quantised with weights of ``bits`` bits: as they are, or rounded anew."""
    return dataclasses.replace(network, layers=tuple(_requantise(layer, bits) for layer in network.layers))


def _requantise(layer: Layer, bits: int) -> Layer:
    if layer.bits <= bits:
        return dataclasses.replace(layer, bits=bits)
    weights = torch.from_numpy(layer.weights)
    scale = best_scale(weights, bits)
    return dataclasses.replace(layer, weights=quantise(weights, scale, bits).numpy(), scale=scale, bits=bits)
