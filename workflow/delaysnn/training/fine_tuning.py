"""What follows a dense training: pruning and fine-tuning, and the controls that they are measured against."""

import dataclasses
from collections.abc import Sequence
from typing import Any

import torch

from delaysnn.core.network import Network
from delaysnn.settings.training import Phase, Training
from delaysnn.training.devices import find_device
from delaysnn.training.model import DelayNetwork
from delaysnn.training.optimise import Run, fit, fit_together
from delaysnn.training.pruning import coarse_levels, prune, prune_at_random, refine


def fit_pruned(
    dense: Network, criterion: str, keep: int, run: Run, phase: Phase
) -> tuple[DelayNetwork, list[dict[str, Any]]]:
    """Return a network pruned and fine-tuned, and one row an epoch.

    Args:
        dense: the network before pruning.
        criterion: as of :func:`prune`; or ``refined``: pruned by ``synapse``, brought to half the stride and fine-tuned
            for the first half of the epochs, pruned by ``synapse`` once more and fine-tuned for the rest; or
            ``gradual``: pruned by ``synapse`` before each epoch, to the levels of :func:`falling_levels`.
        keep: levels to keep.
        run, phase: as of :func:`fit`.

    Raises:
        InputError: the criterion is unknown.
    """
    return fit_pruned_together([dense], criterion, keep, [run], phase)[0]


def fit_pruned_together(
    dense: Sequence[Network], criterion: str, keep: int, runs: Sequence[Run], phase: Phase
) -> list[tuple[DelayNetwork, list[dict[str, Any]]]]:
    """Do for several networks of one shape what :func:`fit_pruned` does for one, trained by :func:`fit_together`.

    Args:
        dense, runs: networks before pruning, each with its run and checkpoint of its own.
        criterion, keep, phase: as of :func:`fit_pruned`.

    Raises:
        InputError: the criterion is unknown.
    """
    device = find_device(runs[0].training.device)
    models = [DelayNetwork.restore(network, run.training).to(device) for network, run in zip(dense, runs, strict=True)]
    if criterion == "gradual":
        most = max(len(models[0].input_delays), *models[0].levels[1:])
        histories = fit_together(models, runs, phase, falling_levels(most, keep, phase.epochs))
        return list(zip(models, histories, strict=True))
    first = phase.epochs // 2 if criterion == "refined" else 0
    before: list[list[dict[str, Any]]] = [[] for _ in runs]
    if criterion == "refined":
        criterion = "synapse"
        for model in models:
            prune(model, criterion, keep)
        models = [refine(model, run.training) for model, run in zip(models, runs, strict=True)]
        half = phase.model_copy(update={"epochs": first})
        before = fit_together(models, [run.beside("refined") for run in runs], half)
    for model in models:
        prune(model, criterion, keep)
    after = fit_together(models, runs, phase.model_copy(update={"epochs": phase.epochs - first}))
    return [
        (model, begun + [{**row, "epoch": first + row["epoch"]} for row in ended])
        for model, begun, ended in zip(models, before, after, strict=True)
    ]


def falling_levels(levels: int, keep: int, epochs: int) -> list[int]:
    """Return how many of the levels a pair keeps in each epoch: by the same factor fewer in each of the first half.

    The last epoch of that half (of an odd number the smaller) is the first with ``keep`` of them.
    """
    last = max(epochs // 2, 1)
    return [round(levels * (keep / levels) ** min((epoch + 1) / last, 1)) for epoch in range(epochs)]


def fit_control(dense: Network, control: str, keep: int, run: Run, phases: Sequence[Phase]) -> DelayNetwork:
    """Return a network with as many weights as pruning leaves, trained equally long, whose levels no weight chose.

    Args:
        dense: the network before pruning.
        control: ``random`` prunes it to levels drawn at random; ``coarse`` has its shape, but evenly spaced levels from
            the start.
        keep: levels a synapse.
        run: as of :func:`fit`.
        phases: of training from the start, and of fine-tuning.
    """
    names = ["dense", "pruned"]
    if control == "random":
        model = DelayNetwork.restore(dense, run.training)
        prune_at_random(model, keep, run.seed)
        names, phases = names[1:], phases[1:]
    else:
        model = draw_coarse(dense, keep, run.training, run.seed)
    model = model.to(find_device(run.training.device))
    for name, phase in zip(names, phases, strict=True):
        fit(model, run.beside(f"{keep}{control}_{name}"), phase)
    return model


def draw_coarse(dense: Network, keep: int, training: Training, seed: int) -> DelayNetwork:
    """Draw a network of the shape of ``dense`` with :func:`coarse_levels` of its levels, not trained."""
    kept = [coarse_levels(layer.delay_levels, min(keep, len(layer.delay_levels))) for layer in dense.layers]
    # Drawn with no other levels, so that weights are as large as of any network with this many.
    levels, kinds = [len(each) for each in kept], [layer.neuron for layer in dense.layers]
    sharing = dense.layers[0].input_sharing
    drawn = DelayNetwork(dense.topology, levels, 1, training, seed, input_sharing=sharing, kinds=kinds)
    _equip(drawn, dense)
    network = drawn.export(dense.n_steps, dense.name, seed, dense.dataset, {})
    parts = zip(network.layers, kept, strict=True)
    layers = tuple(dataclasses.replace(layer, delay_levels=levels) for layer, levels in parts)
    return DelayNetwork.restore(dataclasses.replace(network, layers=layers), training)


def _equip(model: DelayNetwork, like: Network) -> None:
    """Let a network have biases, which start at zero, resets and the readout as another of its shape has them."""
    for index, layer in enumerate(like.layers):
        bias = None if layer.bias is None else torch.zeros(len(layer.bias))
        model.equip(index, bias, None if layer.reset is None else torch.from_numpy(layer.reset))
    model.readout = like.readout
