"""The training loop: backpropagation through time, which can be interrupted and continued to the same bytes."""

import logging
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

import torch

from delaysnn.core.dataset import Dataset
from delaysnn.core.network import Network
from delaysnn.core.widths import Widths, show
from delaysnn.settings.training import Phase, Training
from delaysnn.training.checkpoints import checkpoint_of
from delaysnn.training.choosing import add, as_candidate, check_epoch, last_quarter, refuse_silence
from delaysnn.training.devices import find_device
from delaysnn.training.general import General
from delaysnn.training.gpu.samples import refused
from delaysnn.training.model import DelayNetwork
from delaysnn.training.pruning import prune
from delaysnn.training.tries import Try

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Run:
    """What all phases of training one network have in common.

    Attributes:
        train, validation: samples to train on, and samples to choose the best epoch by.
        training: settings of the configuration's section ``training``.
        seed: of the order and variation of the samples.
        checkpoint: file that a phase writes after every epoch. If the same phase finds it, it continues there, and ends
            with the same bytes; any other phase starts anew. ``checkpoints`` removes it.
        code: version of the code; a checkpoint of another version belongs to another phase.
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

    - ``best``: those of the best epoch on validation samples, the start included. So no phase makes a network worse on
      these samples.
    - ``final``: those of the last epoch.
    - ``mean``: the average over the ends of the last quarter of the epochs, rounded up. All parameters are averaged:
      decays as logits, and quantised weights as the floats behind them. Masks, groups and thresholds do not change in
      these epochs.

    With ``final`` and ``mean`` a phase may make a network worse on validation samples.

    Args:
        model: a network.
        run, phase: how it is trained.
        keeps: delay levels that each synapse is pruned to before each epoch; None: no pruning. The best epoch is then
            one of those with the last of these numbers.

    Returns:
        One row an epoch: loss, validation accuracy in percent by the loss's readout, spikes a sample and layer.

    Raises:
        InputError: the loss is not a number, a layer of the network to keep is silent, or delays are learned and
            ``training.positions`` is missing.
    """
    return fit_together([model], [run], phase, keeps)[0]


def fit_together(
    models: Sequence[DelayNetwork], runs: Sequence[Run], phase: Phase, keeps: Sequence[int] | None = None
) -> list[list[dict[str, Any]]]:
    """Train several networks as :func:`fit` does, and return what it returns, for each.

    On a GPU, networks of one shape, one training and as many batches an epoch are trained side by side, in little more
    time than one. Each gets the same samples as alone, so it ends as it does alone, except for the order of sums.

    Args:
        models, runs: networks on one device, each with a run and a checkpoint of its own.
        phase, keeps: as of :func:`fit`.
    """
    tries = [Try.begin(model, run, phase, keeps) for model, run in zip(models, runs, strict=True)]
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


def _loops(tries: list[Try], phase: Phase) -> Iterator[tuple[Loop, list[Try]]]:
    """Yield what trains the networks, with those that it trains."""
    together: dict[Any, list[Try]] = {}
    for each in tries:
        if not on_gpu(each.model):
            yield General(each.model, each.run, phase), [each]
            continue
        if why_not := refused(each.model, each.run):
            _log.info("the processor makes the batches, sample by sample: %s", why_not)
            yield General(each.model, each.run, phase), [each]
            continue
        from delaysnn.training.gpu.loop import alike  # needs Triton

        together.setdefault(alike(each.model, each.run), []).append(each)
    for group in together.values():
        from delaysnn.training.gpu.loop import OnCard

        yield OnCard([each.model for each in group], [each.run for each in group], phase), group


def on_gpu(model: DelayNetwork) -> bool:
    """Return whether a network lies in a GPU's memory."""
    return model.weights[0].device.type == "cuda"


def _train(loop: Loop, tries: list[Try], phase: Phase, keeps: Sequence[int] | None) -> None:
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
            each.kept = as_candidate(each.model, row)
    positions = training.positions
    averaged = last_quarter(epochs) if training.choose == "mean" else 0
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
            check_epoch(row, each.history)
            each.history.append(row)
            candidate = as_candidate(each.model, row)
            if fewer or training.choose != "best" or candidate["score"] > each.kept["score"]:
                each.kept = candidate
            if epoch >= epochs - averaged:
                each.total = add(each.total, each.model)
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
        refuse_silence(tries, loop.validate("train"), training, epochs)
    for each in tries:
        each.finish()


def _mean(tries: list[Try], count: int, loop: Loop) -> None:
    """Give each network the mean of ``count`` epochs' parameters, and keep it."""
    with torch.no_grad():
        for each in tries:
            for name, parameter in each.model.named_parameters():
                parameter.copy_(each.total[name] / count)
    for each, row in zip(tries, loop.validate("validation"), strict=True):
        _log.info("mean of the last %d epochs: validation %.1f %%", count, row["validation_accuracy"])
        each.kept = as_candidate(each.model, row)


def fit_quantised(network: Network, bits: Widths, run: Run, phase: Phase, decay_groups: int) -> DelayNetwork:
    """Return ``network`` fine-tuned with integer weights and shared decays.

    Args:
        network: float network.
        bits: width of the weights in bits, sign included: one for all layers, or one for each.
        run, phase: as of :func:`fit`.
        decay_groups: the most distinct decays of a layer.

    Raises:
        InputError: as of :func:`fit`, or there are widths for another number of layers.
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
