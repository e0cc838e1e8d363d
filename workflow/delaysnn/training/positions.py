"""Synapses at trained positions between delay levels, as Hammouamri et al. train delays (ICLR 2024)."""

import torch
from torch import Tensor


def place(weights: Tensor, positions: Tensor, levels: int, sigma: float | Tensor | None) -> Tensor:
    """Return the weights of synapses at these positions for each delay level, [level, pre, post].

    Args:
        weights: [synapse, pre, post], the synapses of every (pre, post) pair.
        positions: of the same shape, in delay levels, 0 to ``levels - 1``.
        levels: number of levels.
        sigma: width in levels of the Gaussian, of sum 1 over the levels, that spreads a weight around its position;
            None puts the weight on the nearest level. Weights on one level are added.
    """
    if sigma is None:
        nearest = positions.detach().round().long()
        return weights.new_zeros(levels, *weights.shape[1:]).scatter_add(0, nearest, weights)
    level = torch.arange(levels, dtype=weights.dtype, device=weights.device)[:, None, None]
    placed = weights.new_zeros(levels, *weights.shape[1:])
    for weight, position in zip(weights, positions, strict=True):
        placed = placed + weight * torch.softmax(-0.5 * ((level - position) / sigma) ** 2, dim=0)
    return placed
