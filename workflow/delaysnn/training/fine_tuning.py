"""What follows a dense training: pruning and fine-tuning, and the controls that they are measured against."""

import dataclasses
from pathlib import Path
from typing import Any

from delaysnn.core.dataset import Dataset
from delaysnn.core.errors import InputError
from delaysnn.core.network import Network
from delaysnn.training.checkpoints import checkpoint_of
from delaysnn.training.devices import find_device
from delaysnn.training.model import DelayNetwork
from delaysnn.training.optimise import fit
from delaysnn.training.pruning import coarse_levels, prune, prune_at_random, refine

# Levels drawn at random for every synapse; the same few levels for all, from the start.
CONTROLS = ("random", "coarse")


def fit_pruned(
    dense: Network,
    criterion: str,
    keep: int,
    train: Dataset,
    validation: Dataset,
    settings: dict,
    seed: int,
    checkpoint: Path,
    code: str = "",
) -> tuple[DelayNetwork, list[dict[str, Any]]]:
    """Return a network pruned and fine-tuned by the phase ``pruned``, and one row an epoch.

    Args:
        dense: the network before pruning.
        criterion: as of :func:`prune`; or ``refined``: pruned by ``synapse``, brought to half the stride and fine-tuned
            for the first half of the epochs, pruned by ``synapse`` once more and fine-tuned for the rest.
        keep: levels to keep.
        train, validation, settings, seed, checkpoint, code: as of :func:`fit`; ``settings`` with ``pruned``.

    Raises:
        InputError: the criterion is unknown, or a single epoch is to be split.
    """
    model = DelayNetwork.restore(dense, settings).to(find_device(settings["device"]))
    phase, rest = settings["pruned"], (train, validation, settings)
    if criterion != "refined":
        prune(model, criterion, keep)
        return model, fit(model, *rest, phase, seed, checkpoint, code)
    first = phase["epochs"] // 2
    if first == 0:
        raise InputError(
            "training.pruned: 1 epoch cannot be split between the two rounds of refining; write 2 or more."
        )
    prune(model, "synapse", keep)
    model = refine(model, settings)
    own = checkpoint_of(checkpoint, "refined")
    history = fit(model, *rest, {**phase, "epochs": first}, seed, own, code)
    prune(model, "synapse", keep)
    history += [
        {**row, "epoch": first + row["epoch"]}
        for row in fit(model, *rest, {**phase, "epochs": phase["epochs"] - first}, seed, checkpoint, code)
    ]
    return model, history


def fit_control(
    dense: Network,
    control: str,
    keep: int,
    train: Dataset,
    validation: Dataset,
    settings: dict,
    seed: int,
    checkpoint: Path,
    code: str = "",
) -> DelayNetwork:
    """Return a network with as many weights as pruning leaves, trained equally long, whose levels no weight chose.

    Args:
        dense: the network before pruning.
        control: ``random`` prunes it to levels drawn at random; ``coarse`` has its shape, but evenly spaced levels from
            the start.
        keep: levels a synapse.
        train, validation, settings, seed, checkpoint, code: as of :func:`fit`; ``settings`` with ``dense`` and
            ``pruned``.

    Raises:
        InputError: the control is unknown.
    """
    if control == "random":
        model = DelayNetwork.restore(dense, settings).to(find_device(settings["device"]))
        prune_at_random(model, keep, seed)
        phases = ["pruned"]
    elif control == "coarse":
        model = draw_coarse(dense, keep, settings, seed).to(find_device(settings["device"]))
        phases = ["dense", "pruned"]
    else:
        raise InputError(f"There is no control {control!r}; choose one of {', '.join(CONTROLS)}.")
    for phase in phases:
        own = checkpoint_of(checkpoint, f"{keep}{control}_{phase}")
        fit(model, train, validation, settings, settings[phase], seed, own, code)
    return model


def draw_coarse(dense: Network, keep: int, settings: dict, seed: int) -> DelayNetwork:
    """Draw a network of the shape of ``dense`` with :func:`coarse_levels` of its levels, not trained."""
    kept = [coarse_levels(layer.delay_levels, min(keep, len(layer.delay_levels))) for layer in dense.layers]
    # Drawn with no other levels, so that weights are as large as of any network with this many.
    drawn = DelayNetwork(dense.topology, [len(levels) for levels in kept], 1, settings, seed)
    network = drawn.export(dense.n_steps, dense.name, seed, dense.dataset, {})
    parts = zip(network.layers, kept, strict=True)
    layers = tuple(dataclasses.replace(layer, delay_levels=levels) for layer, levels in parts)
    return DelayNetwork.restore(dataclasses.replace(network, layers=layers), settings)
