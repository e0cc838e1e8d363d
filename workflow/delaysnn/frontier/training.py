"""A candidate's whole course of training, and how well it does with integer weights."""

from delaysnn.core.dataset import Dataset
from delaysnn.core.metrics import Cell
from delaysnn.core.network import Network
from delaysnn.core.widths import show
from delaysnn.frontier.space import Candidate
from delaysnn.settings.training import Phases
from delaysnn.training.devices import find_device
from delaysnn.training.evaluate import trace
from delaysnn.training.fine_tuning import fit_pruned
from delaysnn.training.model import DelayNetwork
from delaysnn.training.optimise import Run, fit, fit_quantised
from delaysnn.training.shapes import draw_network


def train(run: Run, candidate: Candidate, course: Phases, provenance: dict) -> Network:
    """Return a candidate trained, pruned and with integer weights.

    Args:
        run: as of :func:`fit`.
        course: all three phases.
        provenance: of the network.
    """

    def export(model: DelayNetwork) -> Network:
        return model.export(run.train.spikes.n_steps, candidate.name, run.seed, run.train.name, provenance)

    shape, delays = candidate.network, candidate.delays
    dense = draw_network(run.train, shape, delays, course, run.seed).to(find_device(course.device))
    fit(dense, run.beside("dense"), course.dense)
    pruned, _ = fit_pruned(export(dense), shape.pruning, delays.keep, run, course.pruned)
    return export(fit_quantised(export(pruned), candidate.bits, run, course.quantised, course.decay_groups))


def score(network: Network, data: Dataset, course: Phases, split: str | None = None) -> Cell:
    """Return a quantised network's accuracy in percent, as its readout decides.

    Args:
        split: what the data are, where they are not the test samples.
    """
    accuracy = trace(DelayNetwork.restore(network, course), data, {}).accuracy
    return Cell("pytorch", "accuracy", "%", 100 * accuracy, samples=len(data), bits=show(network.bits), split=split)
