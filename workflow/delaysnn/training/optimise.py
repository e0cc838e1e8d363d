"""The training loop: backpropagation through time, chosen as ``choose`` says, resumed to the same bytes."""

import hashlib
import json
import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch

from delaysnn.core.dataset import Dataset
from delaysnn.core.errors import InputError
from delaysnn.core.network import Network
from delaysnn.neurons import PLAIN
from delaysnn.settings.training import Phase, Training
from delaysnn.training.augment import augment
from delaysnn.training.checkpoints import checkpoint_of, resume, save
from delaysnn.training.devices import find_device
from delaysnn.training.dropout import leave_out
from delaysnn.training.evaluate import decide_as_trained, run_network
from delaysnn.training.losses import cross_entropy
from delaysnn.training.model import DelayNetwork
from delaysnn.training.pruning import prune

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Run:
    """What all phases of training one network share.

    Attributes:
        train, validation: samples to learn from, and to choose by where the best epoch is kept.
        training: how every phase goes.
        seed: of order and variation of the samples.
        checkpoint: file that a phase writes after every epoch; the same phase that finds it goes on from there, or is
            at its end, with the same bytes; any other starts over. ``checkpoints`` removes it.
        code: version of the code; a checkpoint of another one is not of the same phase.
    """

    train: Dataset
    validation: Dataset
    training: Training
    seed: int
    checkpoint: Path
    code: str = ""

    def beside(self, name: str) -> "Run":
        """Return the run with a checkpoint of its own, for one phase of several."""
        return replace(self, checkpoint=checkpoint_of(self.checkpoint, name))


def fit(model: DelayNetwork, run: Run, phase: Phase, keeps: Sequence[int] | None = None) -> list[dict[str, Any]]:
    """Train ``model`` in place and leave it with the weights that ``training.choose`` names.

    ``best``: of its best epoch on validation samples, or as it came; so no phase makes a network worse on these. That
    does not hold for the others: ``final``, of the last epoch, and ``mean``, the average over the ends of the last
    quarter of the epochs, rounded up. Averaged are all parameters, each neuron's decay as its logit and the floats
    behind quantised weights; masks, groups and thresholds are the same at the end of every epoch of that quarter.

    Args:
        model: a network.
        run, phase: how it is trained.
        keeps: delay levels that each synapse is pruned to before each epoch, if at all. The best epoch is then one of
            those with the last number of them.

    Returns:
        One row an epoch: loss, accuracy of the loss's readout in percent on validation, spikes a sample and layer.

    Raises:
        InputError: the loss is no number, a layer of what the phase would end with is silent, or it is not said how
            positions train.
    """
    train, validation, training, epochs = run.train, run.validation, run.training, phase.epochs
    rate = phase.learning_rate
    decay_rate = rate * training.decay_rate_factor
    synapses = [*model.weights, *model.recurrent.values()]
    neurons = [*model.decay_logits, *model.own.parameters()]
    groups: list[dict[str, Any]] = [
        {"params": synapses, "lr": rate, "weight_decay": training.weight_decay},
        {"params": neurons, "lr": decay_rate},
    ]
    positions = training.positions
    if model.positions:
        if positions is None:
            raise InputError("Delays are learned, but training.positions is null; write how they are.")
        groups.append({"params": [*model.positions.values()], "lr": rate * positions.rate_factor})
    rates = [group["lr"] for group in groups]
    # This is torch's AdamW, and Adam to the last bit where no weight decays.
    optimiser = torch.optim.Adam(groups, fused=True, decoupled_weight_decay=True)
    schedule = _schedule(optimiser, rates, epochs * -(-len(train) // training.batch), training)
    samples = [[data.provenance, _samples(data)] for data in (train, validation)]
    same = [training.model_dump(), phase.model_dump(), run.seed, samples, run.code, _fingerprint(model)]
    same += [list(keeps)] if keeps else []
    key = json.dumps(same, sort_keys=True, default=str)
    state = resume(run.checkpoint, key)
    if state and "optimiser" not in state:
        model.load_state_dict(state["kept"]["model"])
        _log.info("all %d epochs are done", len(state["history"]))
        return state["history"]
    parts: dict[str, Any] = {"model": model, "optimiser": optimiser, "schedule": schedule}
    if state:
        for name, part in parts.items():
            part.load_state_dict(state[name])
        _log.info("going on after epoch %d", len(state["history"]))
    history = state["history"] if state else []
    # What comes in is the first candidate: no phase that keeps the best makes a network worse on validation samples.
    kept = state["kept"] if state else _candidate(model, _validate(model, validation, training))
    averaged = _last_quarter(epochs) if training.choose == "mean" else 0
    total = state["total"] if state else {}
    start = time.monotonic()
    first = len(history)
    for epoch in range(first, epochs):
        if keeps:
            prune(model, "synapse", keeps[epoch])
        with model.spreading(positions.sigma(epoch, epochs) if positions else None):
            random = np.random.default_rng([run.seed, epoch])
            loss, outside = _epoch(model, train, training, optimiser, schedule, random)
        if epoch == 0 and training.variation:
            _log.info("varying the samples moves %.2f %% of the spikes beyond the edges", 100 * outside)
        row = {"epoch": epoch + 1, "loss": loss, **_validate(model, validation, training)}
        _check_epoch(row, history)
        history.append(row)
        candidate = _candidate(model, row)
        fewer = keeps and (epoch == 0 or keeps[epoch] < keeps[epoch - 1])
        if fewer or training.choose != "best" or candidate["score"] > kept["score"]:
            kept = candidate
        if epoch >= epochs - averaged:
            total = _add(total, model)
        left = (time.monotonic() - start) / (epoch + 1 - first) * (epochs - epoch - 1)
        _log.info(
            "epoch %d of %d: loss %.3f, validation %.1f %%, %.0f s left",
            *(epoch + 1, epochs, loss, row["validation_accuracy"], left),
        )
        so_far = {"kept": kept, "total": total, "history": history}
        save(run.checkpoint, key, {name: part.state_dict() for name, part in parts.items()} | so_far)
    model.load_state_dict(kept["model"])
    if averaged:
        kept = _mean(model, total, averaged, validation, training)
    _refuse_silence(model, kept, train, training, epochs)
    # A later phase of the same job may yet be stopped; all that it needs of this one is how it ended.
    save(run.checkpoint, key, {"kept": kept, "history": history})
    return history


def fit_quantised(network: Network, bits: int, run: Run, phase: Phase, decay_groups: int) -> DelayNetwork:
    """Return ``network`` fine-tuned with weights of ``bits`` bits and at most ``decay_groups`` decays a layer."""
    model = DelayNetwork.restore(network, run.training).to(find_device(run.training.device))
    model.quantise(bits)
    model.share_decays(decay_groups)
    fit(model, run.beside(f"{bits}bit"), phase)
    return model


def _schedule(
    optimiser: torch.optim.Optimizer, rates: list[float], steps: int, training: Training
) -> torch.optim.lr_scheduler.LRScheduler:
    """Return how the learning rates go on: as they are, or up to ``rates`` and down to almost nothing."""
    if training.schedule == "constant":
        return torch.optim.lr_scheduler.ConstantLR(optimiser, factor=1)
    warm_up = training.warm_up
    if warm_up * steps == 1:
        warm_up *= 1 + 1e-9  # a rise of exactly one step has no length, by which torch divides
    return torch.optim.lr_scheduler.OneCycleLR(optimiser, rates, total_steps=steps, pct_start=warm_up)


def _epoch(
    model: DelayNetwork,
    train: Dataset,
    training: Training,
    optimiser: torch.optim.Optimizer,
    schedule: torch.optim.lr_scheduler.LRScheduler,
    random: np.random.Generator,
) -> tuple[float, float]:
    """Train for one epoch; return the loss, and the share of spikes that were moved beyond the edges."""
    device = model.weights[0].device
    labels = torch.from_numpy(train.labels.astype(np.int64)).to(device)
    order = random.permutation(len(train))
    thin = partial(leave_out, share=training.dropout, random=random) if training.dropout else None
    total, outside = 0.0, 0
    for samples in np.array_split(order, -(-len(order) // training.batch)):
        batch = augment(train.finest, samples, training.variation, random, train.substeps, train.sensor)
        outside += batch.outside
        loss = cross_entropy(model(batch, thin), labels[torch.from_numpy(samples)], training)
        optimiser.zero_grad()
        loss.backward()
        norm = torch.nn.utils.clip_grad_norm_(model.parameters(), training.gradient_norm)
        if not torch.isfinite(norm):  # spikes hide a broken membrane from the loss, but not from its gradient
            return float("nan"), 0.0
        optimiser.step()
        model.limit(training)
        schedule.step()
        total += loss.item() * len(samples)
    return total / len(order), outside / max(1, len(train.finest.steps))


def _validate(model: DelayNetwork, validation: Dataset, training: Training) -> dict[str, float]:
    right, loss, spikes = 0, 0.0, []
    for samples, layers in run_network(model, validation.spikes):
        labels = torch.from_numpy(validation.labels[samples].astype(np.int64)).to(layers[0][0].device)
        loss += cross_entropy(layers, labels, training).item() * len(samples)
        right += int((decide_as_trained(layers, training.loss) == validation.labels[samples]).sum())
        spikes.append([float(fired.sum()) for fired, _ in layers])
    each = np.sum(spikes, axis=0) / len(validation)
    return {
        "validation_loss": loss / len(validation),
        "validation_accuracy": 100 * right / len(validation),
        **{f"spikes_layer{index}": count for index, count in enumerate(each.tolist())},
    }


def _candidate(model: DelayNetwork, row: dict[str, float]) -> dict[str, Any]:
    """Return the weights with their score: a network that fires in every layer wins over one that does not.

    Then the more accurate one wins, and of two that are right equally often the one with the smaller loss.
    """
    weights = {key: value.clone() for key, value in model.state_dict().items()}
    return {"score": [not _silent(row), row["validation_accuracy"], -row["validation_loss"]], "model": weights}


def _last_quarter(epochs: int) -> int:
    """Return how many epochs' ends a mean is taken over: a quarter, rounded up."""
    return -(-epochs // 4)


def _add(total: dict[str, torch.Tensor], model: DelayNetwork) -> dict[str, torch.Tensor]:
    """Return ``total`` and the model's parameters added up by name, in double precision; an empty total is zero."""
    return {name: value.detach().double() + total.get(name, 0) for name, value in model.named_parameters()}


def _mean(
    model: DelayNetwork, total: dict[str, torch.Tensor], count: int, validation: Dataset, training: Training
) -> dict[str, Any]:
    """Give ``model`` the mean of ``count`` epochs' parameters, and return it as a candidate."""
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            parameter.copy_(total[name] / count)
    row = _validate(model, validation, training)
    _log.info("mean of the last %d epochs: validation %.1f %%", count, row["validation_accuracy"])
    return _candidate(model, row)


def _silent(row: dict[str, float]) -> list[str]:
    """Return the layers that fire no spike."""
    return [key.removeprefix("spikes_") for key, count in row.items() if key.startswith("spikes_") and count == 0]


def _check_epoch(row: dict[str, float], history: list[dict[str, float]]) -> None:
    """Raise InputError where no further epoch will help, and warn of layers that fall silent: those may yet wake up.

    An epoch of few samples is a single step, so that a network may be silent while the learning rate still rises.
    """
    if not np.isfinite(row["loss"]):
        raise InputError(f"Epoch {row['epoch']}: the loss or its gradient is no number; lower the learning_rate.")
    silent = _silent(row)
    if silent and silent != (_silent(history[-1]) if history else []):
        verb = "fires" if len(silent) == 1 else "fire"
        _log.warning("epoch %d: %s %s no spike on any validation sample", row["epoch"], ", ".join(silent), verb)


def _refuse_silence(model: DelayNetwork, kept: dict[str, Any], train: Dataset, training: Training, epochs: int) -> None:
    """Raise InputError where the network that is kept is silent, both on validation and on training samples."""
    if kept["score"][0]:
        return
    silent = _silent(_validate(model, train, training))
    if silent:
        found = {
            "best": f"After all {epochs} epochs {silent[0]} still fires no",
            "final": f"The last of {epochs} epochs leaves {silent[0]} without a",
            "mean": f"The mean of the last {_last_quarter(epochs)} of {epochs} epochs leaves {silent[0]} without a",
        }[training.choose]
        # Another epoch may fire, unless the best of all is silent.
        another = "" if training.choose == "best" else "write training.choose: best, "
        raise InputError(
            f"{found} spike on any validation or training sample; {another}lower training.threshold, raise "
            "training.decay, or give this phase more epochs."
        )


def _samples(data: Dataset) -> str:
    """Return a checksum of which samples these are: their labels, speakers and numbers of spikes."""
    digest = hashlib.sha256()
    for values in (data.labels, data.speakers, data.finest.offsets):
        digest.update(values.tobytes())
    return digest.hexdigest()


def _fingerprint(model: DelayNetwork) -> str:
    """Return a checksum of what a run starts from: weights, neurons, masks, thresholds, delays, width, sharing."""
    kinds = [kind.name for kind in model.kinds]
    other = "" if set(kinds) == {PLAIN} else f" {kinds}"
    shared = f" {model.input_sharing} {model.input_channels}" if model.input_sharing > 1 else ""
    learned = f" {model.levels}" if model.positions else ""
    digest = hashlib.sha256(f"{model.stride} {model.bits} {model.scales}{other}{shared}{learned}".encode())
    for value in model.state_dict().values():
        digest.update(value.cpu().numpy().tobytes())
    return digest.hexdigest()
