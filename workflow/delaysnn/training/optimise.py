"""The training loop: backpropagation through time, chosen as ``choose`` says, resumed to the same bytes."""

import hashlib
import json
import logging
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import torch

from delaysnn.core.dataset import Dataset
from delaysnn.core.errors import InputError
from delaysnn.core.network import Network
from delaysnn.core.widths import Widths, show
from delaysnn.neurons import PLAIN
from delaysnn.settings.training import Phase, Training
from delaysnn.training.augment import augment
from delaysnn.training.checkpoints import checkpoint_of, resume, save
from delaysnn.training.devices import find_device
from delaysnn.training.dropout import leave_out
from delaysnn.training.evaluate import decide_as_trained, run_network
from delaysnn.training.gpu.memory import enough
from delaysnn.training.gpu.samples import refused
from delaysnn.training.losses import cross_entropy
from delaysnn.training.model import DelayNetwork
from delaysnn.training.pruning import prune
from delaysnn.training.rates import adam, parameter_groups, schedule_of

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
    return fit_together([model], [run], phase, keeps)[0]


def fit_together(
    models: Sequence[DelayNetwork], runs: Sequence[Run], phase: Phase, keeps: Sequence[int] | None = None
) -> list[list[dict[str, Any]]]:
    """Train several networks as :func:`fit` does, and return what it returns of each.

    On a GPU those of one shape, of one training and of as many batches an epoch go side by side, which takes little
    longer than one of them. Each sees what it sees alone, so it ends as it does alone but for the order of sums.

    Args:
        models, runs: networks on one device, each with its run and checkpoint of its own.
        phase, keeps: as of :func:`fit`.
    """
    tries = [_Try.begin(model, run, phase, keeps) for model, run in zip(models, runs, strict=True)]
    for loop, together in _loops([each for each in tries if not each.done], phase):
        _train(loop, together, phase, keeps)
    return [each.history for each in tries]


class Loop(Protocol):
    """How some networks train: on the processor batch by batch, or on a GPU that holds the samples."""

    @property
    def parts(self) -> Sequence[dict[str, Any]]:
        """Of each network what a checkpoint holds beside it, by name."""
        ...

    def epoch(self, epoch: int, sigma: float | None) -> list[float]:
        """Train one epoch and return each network's mean loss; ``sigma`` spreads positions."""
        ...

    def validate(self, split: str) -> list[dict[str, float]]:
        """Return what each network does on the samples of its run's ``split``."""
        ...


@dataclass
class _Try:
    """One network in one phase, and how far it has come.

    Attributes:
        key: of its checkpoint.
        state: what the checkpoint held, if there was one.
        history: a row an epoch.
        kept: the candidate that it would end with.
        total: sum of its parameters over the epochs that a mean is taken of.
    """

    model: DelayNetwork
    run: Run
    key: str
    state: dict[str, Any] | None
    history: list[dict[str, Any]]
    kept: dict[str, Any]
    total: dict[str, torch.Tensor]

    @classmethod
    def begin(cls, model: DelayNetwork, run: Run, phase: Phase, keeps: Sequence[int] | None) -> "_Try":
        """Look for a checkpoint; a phase that is at its end leaves ``model`` as it ended."""
        samples = [[data.provenance, _samples(data)] for data in (run.train, run.validation)]
        same = [run.training.model_dump(), phase.model_dump(), run.seed, samples, run.code, _fingerprint(model)]
        same += [list(keeps)] if keeps else []
        key = json.dumps(same, sort_keys=True, default=str)
        state = resume(run.checkpoint, key)
        found = {"history": [], "kept": {}, "total": {}} | (state or {})
        begun = cls(model, run, key, state, *(found[name] for name in ("history", "kept", "total")))
        if begun.done:
            model.load_state_dict(begun.kept["model"])
            _log.info("all %d epochs are done", len(begun.history))
        return begun

    @property
    def done(self) -> bool:
        return self.state is not None and "optimiser" not in self.state

    def go_on(self, parts: dict[str, Any]) -> None:
        """Load what the checkpoint held."""
        if self.state:
            for name, part in (parts | {"model": self.model}).items():
                part.load_state_dict(self.state[name])
            _log.info("going on after epoch %d", len(self.history))

    def start_over(self) -> None:
        self.state, self.history, self.kept, self.total = None, [], {}, {}

    def save(self, parts: dict[str, Any]) -> None:
        held = {name: part.state_dict() for name, part in ({"model": self.model} | parts).items()}
        save(self.run.checkpoint, self.key, held | {"kept": self.kept, "total": self.total, "history": self.history})


def _loops(tries: list[_Try], phase: Phase) -> Iterator[tuple[Loop, list[_Try]]]:
    """Yield what trains the networks, with those that it trains."""
    together: dict[Any, list[_Try]] = {}
    for each in tries:
        if not on_gpu(each.model):
            yield _General(each.model, each.run, phase), [each]
            continue
        if why_not := refused(each.model, each.run):
            _log.info("the processor makes the batches, sample by sample: %s", why_not)
            yield _General(each.model, each.run, phase), [each]
            continue
        from delaysnn.training.gpu.loop import alike  # needs Triton

        together.setdefault(alike(each.model, each.run), []).append(each)
    for group in together.values():
        from delaysnn.training.gpu.loop import OnCard

        yield OnCard([each.model for each in group], [each.run for each in group], phase), group


def on_gpu(model: DelayNetwork) -> bool:
    """Say whether a network lies in a GPU's memory."""
    return model.weights[0].device.type == "cuda"


def _train(loop: Loop, tries: list[_Try], phase: Phase, keeps: Sequence[int] | None) -> None:
    """Train networks side by side to the end of a phase."""
    training, epochs = tries[0].run.training, phase.epochs
    if len({len(each.history) for each in tries}) > 1:  # stopped between two checkpoints of one epoch
        for each in tries:
            each.start_over()
    for each, parts in zip(tries, loop.parts, strict=True):
        each.go_on(parts)
    if tries[0].state is None:
        # What comes in is the first candidate: no phase that keeps the best makes a network worse on these samples.
        for each, row in zip(tries, loop.validate("validation"), strict=True):
            each.kept = _candidate(each.model, row)
    positions = training.positions
    averaged = _last_quarter(epochs) if training.choose == "mean" else 0
    start, first = time.monotonic(), len(tries[0].history)
    for epoch in range(first, epochs):
        if keeps:
            for each in tries:
                prune(each.model, "synapse", keeps[epoch])
        losses = loop.epoch(epoch, positions.sigma(epoch, epochs) if positions else None)
        fewer = keeps and (epoch == 0 or keeps[epoch] < keeps[epoch - 1])
        rows = zip(tries, losses, loop.validate("validation"), loop.parts, strict=True)
        for each, loss, found, parts in rows:
            row = {"epoch": epoch + 1, "loss": loss, **found}
            _check_epoch(row, each.history)
            each.history.append(row)
            candidate = _candidate(each.model, row)
            if fewer or training.choose != "best" or candidate["score"] > each.kept["score"]:
                each.kept = candidate
            if epoch >= epochs - averaged:
                each.total = _add(each.total, each.model)
            left = (time.monotonic() - start) / (epoch + 1 - first) * (epochs - epoch - 1)
            _log.info(
                "epoch %d of %d: loss %.3f, validation %.1f %%, %.0f s left (seed %d)",
                *(epoch + 1, epochs, loss, row["validation_accuracy"], left, each.run.seed),
            )
            each.save(parts)
    for each in tries:
        each.model.load_state_dict(each.kept["model"])
    if averaged:
        _mean(tries, averaged, loop)
    if not all(each.kept["score"][0] for each in tries):
        _refuse_silence(tries, loop.validate("train"), training, epochs)
    for each in tries:
        # A later phase of the same job may yet be stopped; all that it needs of this one is how it ended.
        save(each.run.checkpoint, each.key, {"kept": each.kept, "history": each.history})


def fit_quantised(network: Network, bits: Widths, run: Run, phase: Phase, decay_groups: int) -> DelayNetwork:
    """Return ``network`` fine-tuned with weights of ``bits`` bits and at most ``decay_groups`` decays a layer.

    Weights have one width in all layers, or one in each.
    """
    return fit_quantised_together([network], bits, [run], phase, decay_groups)[0]


def fit_quantised_together(
    networks: Sequence[Network], bits: Widths, runs: Sequence[Run], phase: Phase, decay_groups: int
) -> list[DelayNetwork]:
    """Do for several networks what :func:`fit_quantised` does for one, trained by :func:`fit_together`."""
    device, models = find_device(runs[0].training.device), []
    for network, run in zip(networks, runs, strict=True):
        model = DelayNetwork.restore(network, run.training).to(device)
        model.quantise(bits)
        model.share_decays(decay_groups)
        models.append(model)
    fit_together(models, [run.beside(f"{show(bits, '-')}bit") for run in runs], phase)
    return models


class _General:
    """Trains one network with batches that the processor makes: anywhere, and whatever the settings."""

    def __init__(self, model: DelayNetwork, run: Run, phase: Phase):
        self.model, self.run = model, run
        self.optimiser = adam(parameter_groups(model, phase, run.training), fused=True)
        steps = phase.epochs * -(-len(run.train) // run.training.batch)
        self.schedule = schedule_of(self.optimiser, steps, run.training)
        self.parts = [{"optimiser": self.optimiser, "schedule": self.schedule}]

    def epoch(self, epoch: int, sigma: float | None) -> list[float]:
        run, random = self.run, np.random.default_rng([self.run.seed, epoch])
        with self.model.spreading(sigma), enough(run.training.batch):
            loss, outside = _epoch(self.model, run.train, run.training, self.optimiser, self.schedule, random)
        if epoch == 0 and run.training.variation:
            _log.info("varying the samples moves %.2f %% of the spikes beyond the edges", 100 * outside)
        return [loss]

    def validate(self, split: str) -> list[dict[str, float]]:
        return [_validate(self.model, getattr(self.run, split), self.run.training)]


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
    thin = None
    if training.dropout or training.step_dropout:
        thin = partial(leave_out, share=training.dropout, random=random, steps=training.step_dropout)
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


def _mean(tries: list[_Try], count: int, loop: Loop) -> None:
    """Give each network the mean of ``count`` epochs' parameters, and keep it."""
    with torch.no_grad():
        for each in tries:
            for name, parameter in each.model.named_parameters():
                parameter.copy_(each.total[name] / count)
    for each, row in zip(tries, loop.validate("validation"), strict=True):
        _log.info("mean of the last %d epochs: validation %.1f %%", count, row["validation_accuracy"])
        each.kept = _candidate(each.model, row)


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


def _refuse_silence(tries: list[_Try], rows: list[dict[str, float]], training: Training, epochs: int) -> None:
    """Raise InputError where a network that is kept is silent, both on validation and on training samples (rows)."""
    for each, row in zip(tries, rows, strict=True):
        silent = _silent(row)
        if each.kept["score"][0] or not silent:
            continue
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
    delayed = "" if model.input_delays == (0,) else f" {model.input_delays}"
    delayed += f" {model.returns}" if model.returns else ""
    digest = hashlib.sha256(f"{model.stride} {model.bits} {model.scales}{other}{shared}{learned}{delayed}".encode())
    for value in model.state_dict().values():
        digest.update(value.cpu().numpy().tobytes())
    return digest.hexdigest()
