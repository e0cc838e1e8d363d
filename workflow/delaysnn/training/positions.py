"""Synapses at trained positions between delay levels, as Hammouamri et al. train delays (ICLR 2024)."""

import torch
from torch import Tensor


def place(weights: Tensor, positions: Tensor, levels: int, sigma: float | Tensor | None) -> Tensor:
    """Return what synapses at these positions weigh at each delay level, [level, pre, post].

    Args:
        weights: [synapse, pre, post], the synapses of every (pre, post) pair.
        positions: of the same shape, in delay levels, 0 to ``levels - 1``.
        levels: how many there are.
        sigma: width in levels of the Gaussian, of sum 1 over the levels, that spreads a weight around its position;
            None puts it on the nearest level. What lands on one level adds up.
    """
    if sigma is None:
        nearest = positions.detach().round().long()
        return weights.new_zeros(levels, *weights.shape[1:]).scatter_add(0, nearest, weights)
    level = torch.arange(levels, dtype=weights.dtype, device=weights.device)[:, None, None]
    placed = weights.new_zeros(levels, *weights.shape[1:])
    for weight, position in zip(weights, positions, strict=True):
        placed = placed + weight * torch.softmax(-0.5 * ((level - position) / sigma) ** 2, dim=0)
    return placed
