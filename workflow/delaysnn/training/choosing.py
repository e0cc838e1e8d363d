"""Which weights a phase of training ends with, and when it ends with an error."""

import logging
from typing import Any

import numpy as np
import torch

from delaysnn.core.errors import InputError
from delaysnn.settings.training import Training
from delaysnn.training.model import DelayNetwork
from delaysnn.training.tries import Try

_log = logging.getLogger(__name__)


def as_candidate(model: DelayNetwork, row: dict[str, float]) -> dict[str, Any]:
    """Return the weights with their score.

    A network that fires in every layer wins over one that does not. Then the more accurate one wins, and of two with
    equal accuracy the one with the smaller loss.
    """
    weights = {key: value.clone() for key, value in model.state_dict().items()}
    return {"score": [not _silent(row), row["validation_accuracy"], -row["validation_loss"]], "model": weights}


def last_quarter(epochs: int) -> int:
    """Return the number of epochs in a mean over the last quarter of them, rounded up."""
    return -(-epochs // 4)


def add(total: dict[str, torch.Tensor], model: DelayNetwork) -> dict[str, torch.Tensor]:
    """Return ``total`` and the model's parameters added up by name, in double precision; an empty total is zero."""
    return {name: value.detach().double() + total.get(name, 0) for name, value in model.named_parameters()}


def _silent(row: dict[str, float]) -> list[str]:
    """Return the layers that fire no spike."""
    return [key.removeprefix("spikes_") for key, count in row.items() if key.startswith("spikes_") and count == 0]


def check_epoch(row: dict[str, float], history: list[dict[str, float]]) -> None:
    """Raise InputError if no further epoch will help, and warn of layers that fall silent, since they may fire again.

    With few samples an epoch is a single step, so a network may be silent while the learning rate still rises.
    """
    if not np.isfinite(row["loss"]):
        raise InputError(f"Epoch {row['epoch']}: the loss or its gradient is not a number; lower the learning_rate.")
    silent = _silent(row)
    if silent and silent != (_silent(history[-1]) if history else []):
        verb = "fires" if len(silent) == 1 else "fire"
        _log.warning("epoch %d: %s %s no spike on any validation sample", row["epoch"], ", ".join(silent), verb)


def refuse_silence(tries: list[Try], rows: list[dict[str, float]], training: Training, epochs: int) -> None:
    """Raise InputError if a network to keep has a layer silent on both validation and training samples (rows)."""
    for each, row in zip(tries, rows, strict=True):
        silent = _silent(row)
        if each.kept["score"][0] or not silent:
            continue
        found = {
            "best": f"After all {epochs} epochs {silent[0]} still fires no",
            "final": f"The last of {epochs} epochs leaves {silent[0]} without a",
            "mean": f"The mean of the last {last_quarter(epochs)} of {epochs} epochs leaves {silent[0]} without a",
        }[training.choose]
        # Another epoch may fire, unless the best of all is silent.
        another = "" if training.choose == "best" else "write training.choose: best, "
        raise InputError(
            f"{found} spike on any validation or training sample; {another}lower training.threshold, raise "
            "training.decay, or give this phase more epochs."
        )
