"""The whole course of training at once: dense, pruned, quantised, each scored on samples of unseen speakers."""

from typing import Any

from delaysnn.core.dataset import Dataset
from delaysnn.core.metrics import Cell
from delaysnn.core.widths import Widths, show
from delaysnn.settings.networks import KeptLevels, Network
from delaysnn.settings.training import Phases
from delaysnn.training.devices import find_device
from delaysnn.training.evaluate import accuracy_as_trained, trace
from delaysnn.training.fine_tuning import fit_pruned
from delaysnn.training.model import DelayNetwork
from delaysnn.training.optimise import Run, fit, fit_quantised
from delaysnn.training.shapes import draw_network


def train_and_score(
    run: Run, test: Dataset, network: Network, delays: KeptLevels, bits: Widths, course: Phases
) -> tuple[Cell, ...]:
    """Return a network's accuracy in percent after each phase, on validation and on test samples.

    Output spikes decide; where the loss reads membranes, a second accuracy is by those (``accuracy_membranes``).
    A recurrent network is a baseline that no chip runs, and is not quantised.

    Args:
        run: as of :func:`fit`.
        test: run once a phase, after it.
        network: its shape, and how it is pruned.
        delays: of its synapses, and how many of them pruning keeps.
        bits: width of the quantised weights, of all layers or of each.
        course: all three phases.
    """
    train, validation, loss = run.train, run.validation, run.training.loss
    cells: list[Cell] = []

    def score(model: DelayNetwork, **phase: Any) -> None:
        for split, samples in ((None, test), ("validation", validation)):
            shares = {"accuracy": trace(model, samples, {}).accuracy}
            if loss != "spike_count":
                shares["accuracy_membranes"] = accuracy_as_trained(model, samples, loss)
            own = {"samples": len(samples), "split": split, **phase}
            cells.extend(Cell("pytorch", name, "%", 100 * value, **own) for name, value in shares.items())

    def export(model: DelayNetwork) -> Any:
        return model.export(train.spikes.n_steps, "", run.seed, train.name, {})

    dense = draw_network(train, network, delays, run.training, run.seed).to(find_device(run.training.device))
    fit(dense, run.beside("dense"), course.dense)
    score(dense, phase="dense")
    pruned, _ = fit_pruned(export(dense), network.pruning, delays.keep, run, course.pruned)
    score(pruned)
    if not network.recurrent:
        quantised = fit_quantised(export(pruned), bits, run, course.quantised, course.decay_groups)
        score(quantised, bits=show(bits))
    return tuple(cells)
