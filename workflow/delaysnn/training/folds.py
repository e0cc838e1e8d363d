"""All phases of training in one job: dense, pruned, quantised, each scored on samples of unseen speakers."""

from collections.abc import Sequence
from typing import Any

from delaysnn.core.dataset import Dataset
from delaysnn.core.metrics import Cell
from delaysnn.core.readout import SPIKES
from delaysnn.core.widths import Widths, show
from delaysnn.settings.networks import KeptLevels, Network
from delaysnn.settings.training import Phases
from delaysnn.training.devices import find_device
from delaysnn.training.evaluate import accuracy_as_trained, trace
from delaysnn.training.fine_tuning import fit_pruned_together
from delaysnn.training.model import DelayNetwork
from delaysnn.training.optimise import Run, fit_quantised_together, fit_together
from delaysnn.training.shapes import draw_network


def train_and_score(
    runs: Sequence[Run], test: Dataset, network: Network, delays: KeptLevels, bits: Widths, course: Phases
) -> list[tuple[Cell, ...]]:
    """Return each network's accuracy in percent after each phase, on validation and on test samples.

    The network's readout decides. If that is spikes, but the loss reads membranes, a second accuracy is by these
    (``accuracy_membranes``). A recurrent network is a baseline that is not deployed, so it is not quantised.

    Args:
        runs: as of :func:`fit_together`, one a network; they differ in seed and checkpoint alone.
        test: test samples, scored once after each phase.
        network: the shape of all, and how they are pruned.
        delays: of their synapses, and how many of them pruning keeps.
        bits: width of the quantised weights, of all layers or of each.
        course: all three phases.
    """
    train, validation, training = runs[0].train, runs[0].validation, runs[0].training
    cells: list[list[Cell]] = [[] for _ in runs]

    def score(models: Sequence[DelayNetwork], **phase: Any) -> None:
        for model, found in zip(models, cells, strict=True):
            for split, samples in ((None, test), ("validation", validation)):
                shares = {"accuracy": trace(model, samples, {}).accuracy}
                if training.loss != "spike_count" and model.readout == SPIKES:
                    shares["accuracy_membranes"] = accuracy_as_trained(model, samples, training.loss)
                own = {"samples": len(samples), "split": split, **phase}
                found.extend(Cell("pytorch", name, "%", 100 * value, **own) for name, value in shares.items())

    def export(models: Sequence[DelayNetwork]) -> list[Any]:
        steps, name = train.spikes.n_steps, train.name
        return [model.export(steps, "", run.seed, name, {}) for model, run in zip(models, runs, strict=True)]

    device = find_device(training.device)
    dense = [draw_network(train, network, delays, training, run.seed).to(device) for run in runs]
    fit_together(dense, [run.beside("dense") for run in runs], course.dense)
    score(dense, phase="dense")
    tuned = fit_pruned_together(export(dense), network.pruning, delays.keep, runs, course.pruned)
    pruned = [model for model, _ in tuned]
    score(pruned)
    if not network.recurrent:
        quantised = fit_quantised_together(export(pruned), bits, runs, course.quantised, course.decay_groups)
        score(quantised, bits=show(bits))
    return [tuple(found) for found in cells]
