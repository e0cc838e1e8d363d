"""Which delay levels a synapse or an axon keeps (paper section III: train dense, keep the largest, fine-tune)."""

from collections.abc import Sequence

import torch
from torch import Tensor

from delaysnn.core.errors import InputError
from delaysnn.training.model import DelayNetwork, Neurons


def keep_largest_per_synapse(weights: Tensor, keep: int) -> Tensor:
    """Return 1 for the ``keep`` levels of largest magnitude of every (pre, post) pair, else 0.

    Args:
        weights: [delay, pre, post].
        keep: levels to keep a pair.

    Returns:
        A mask of the same shape.
    """
    largest = weights.abs().topk(min(keep, len(weights)), dim=0).indices
    return torch.zeros_like(weights).scatter_(0, largest, 1.0)


def keep_largest_per_axon(weights: Tensor, keep: int) -> Tensor:
    """Return 1 for the ``keep`` levels of every pre-neuron whose weights are largest in sum of magnitudes, else 0.

    Whole delayed axons (pre-neuron, level) vanish, so that a shared delay queue need not deliver them.
    """
    sums = weights.abs().sum(dim=2, keepdim=True)
    return keep_largest_per_synapse(sums, keep).expand_as(weights).clone()


def keep_all(weights: Tensor, keep: int) -> Tensor:
    """Return 1 everywhere: what is not pruned is fine-tuned all the same, to be compared with what is."""
    return torch.ones_like(weights)


CRITERIA = {"synapse": keep_largest_per_synapse, "axon": keep_largest_per_axon, "none": keep_all}


def prune(model: DelayNetwork, criterion: str, keep: int) -> None:
    """Prune, in place, the delay levels of every layer that has more than one, recurrent delays included.

    Args:
        model: a network.
        criterion: one of :data:`CRITERIA`, such as ``synapse`` or ``axon``.
        keep: delay levels that each synapse (or axon) keeps.

    Raises:
        InputError: the criterion is unknown, or the network's delays are learned.
    """
    if model.positions:
        raise InputError(
            "A network with learned delays cannot be pruned; export it, which rounds delays to levels, and restore it."
        )
    if criterion not in CRITERIA:
        raise InputError(f"Configuration: pruning is {criterion!r}; choose one of {', '.join(CRITERIA)}.")
    for weights, mask in zip(model.effective_weights(), model.masks, strict=True):
        if len(weights) > 1:
            mask.copy_(CRITERIA[criterion](weights.detach(), keep) * mask)
    for key, mask in model.recurrent_masks.items():
        mask.copy_(CRITERIA[criterion](model.recurrent[key].detach() * mask, keep) * mask)


def refine(model: DelayNetwork, neurons: Neurons) -> DelayNetwork:
    """Return a pruned network on a grid of half the stride, where neighbours of kept delays replace pruned levels.

    Of every (pre, post) pair as many places as it has lost go to the delays half a stride beside those that it keeps,
    first to those whose two neighbours weigh most. Their own weights start at zero, but are trained. The longest delay
    stays the longest.

    Args:
        model: a network pruned as :func:`prune` does, not quantised, of an even stride.
        neurons: as of :class:`DelayNetwork`.
    """
    topology = [model.input_channels, *(weights.shape[2] for weights in model.weights)]
    levels = [2 * len(weights) - 1 for weights in model.weights]
    sharing = model.input_sharing
    fine = DelayNetwork(topology, levels, model.stride // 2, neurons, seed=0, input_sharing=sharing)
    fine.to(model.weights[0].device)
    with torch.no_grad():
        for index, weights in enumerate(model.effective_weights()):
            fine.weights[index].zero_()
            fine.weights[index][::2] = weights
            fine.masks[index].zero_()
            fine.masks[index][::2] = model.masks[index]
            fine.masks[index][1::2] = _neighbours(weights.abs(), model.masks[index])
            fine.decay_logits[index].copy_(model.decay_logits[index])
            fine.thresholds[index].copy_(model.thresholds[index])
            fine.give(index, model.kinds[index], model.trained(index))
            fine.equip(index, model.biases.get(str(index)), model.resets[index])
    fine.readout = model.readout
    return fine


def _neighbours(magnitudes: Tensor, mask: Tensor) -> Tensor:
    """Return 1 for the places between two levels that take the place of pruned ones, [levels - 1, pre, post]."""
    beside = torch.maximum(mask[:-1], mask[1:])
    # A place with no kept delay beside it comes after all others.
    worth = torch.where(beside == 1, magnitudes[:-1] + magnitudes[1:], -1.0)
    rank = worth.argsort(dim=0, descending=True, stable=True).argsort(dim=0)
    return (rank < (1 - mask).sum(dim=0)) * beside


def keep_random(mask: Tensor, keep: int, generator: torch.Generator) -> Tensor:
    """Return 1 for ``keep`` levels of every (pre, post) pair drawn at random of those that it has, else 0.

    That is what a criterion has to beat. ``mask``, [delay, pre, post], is 0 where a pair has no such level.
    """
    drawn = torch.rand(mask.shape, generator=generator).to(mask)
    return keep_largest_per_synapse(drawn * mask, keep) * mask


def prune_at_random(model: DelayNetwork, keep: int, seed: int) -> None:
    """Prune as :func:`prune` does, whatever the weights are."""
    generator = torch.Generator().manual_seed(seed)
    for mask in model.masks:
        if len(mask) > 1:
            mask.copy_(keep_random(mask, keep, generator))


def coarse_levels(levels: Sequence[int], keep: int) -> tuple[int, ...]:
    """Return ``keep`` of the delay levels, the first, the last and as evenly between them as they allow."""
    gaps, last = max(keep - 1, 1), len(levels) - 1
    return tuple(levels[(2 * place * last + gaps) // (2 * gaps)] for place in range(keep))
