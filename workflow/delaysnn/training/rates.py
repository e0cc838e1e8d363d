"""The learning rates of a network's parameters, and how they change in the course of a phase."""

from typing import Any

import torch

from delaysnn.core.errors import InputError
from delaysnn.settings.training import Phase, Training
from delaysnn.training.model import DelayNetwork


def parameter_groups(model: DelayNetwork, phase: Phase, training: Training) -> list[dict[str, Any]]:
    """Return a network's parameters in groups for torch's optimisers: synapses, neurons' own, biases, and positions.

    Raises:
        InputError: delays are learned, but ``training.positions`` is missing.
    """
    rate, positions = phase.learning_rate, training.positions
    synapses = [*model.weights, *model.recurrent.values()]
    neurons = [*model.decay_logits, *model.own.parameters()]
    groups: list[dict[str, Any]] = [
        {"params": synapses, "lr": rate, "weight_decay": training.weight_decay},
        {"params": neurons, "lr": rate * training.decay_rate_factor},
    ]
    if model.biases:
        groups.append({"params": [*model.biases.values()], "lr": rate})
    if model.positions:
        if positions is None:
            raise InputError(
                "Delays are learned, but training.positions is null; copy its keys from config/config.yaml."
            )
        groups.append({"params": [*model.positions.values()], "lr": rate * positions.rate_factor})
    return groups


def adam(groups: list[dict[str, Any]], **options: Any) -> torch.optim.Adam:
    """Return torch's AdamW, which equals Adam to the last bit without weight decay."""
    return torch.optim.Adam(groups, decoupled_weight_decay=True, **options)


def schedule_of(
    optimiser: torch.optim.Optimizer, steps: int, training: Training
) -> torch.optim.lr_scheduler.LRScheduler:
    """Return the schedule of an optimiser's rates: constant, or up to these rates and down to almost nothing."""
    if training.schedule == "constant":
        return torch.optim.lr_scheduler.ConstantLR(optimiser, factor=1)
    rates = [group["lr"] for group in optimiser.param_groups]
    warm_up = training.warm_up
    if warm_up * steps == 1:
        warm_up *= 1 + 1e-9  # a rise of exactly one step has no length, by which torch divides
    return torch.optim.lr_scheduler.OneCycleLR(optimiser, rates, total_steps=steps, pct_start=warm_up)
