"""The whole course of training at once: dense, pruned, quantised, each scored on samples of unseen speakers."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from delaysnn.core.dataset import Dataset
from delaysnn.core.metrics import Cell
from delaysnn.training.checkpoints import checkpoint_of
from delaysnn.training.devices import find_device
from delaysnn.training.evaluate import accuracy_as_trained, trace
from delaysnn.training.fine_tuning import fit_pruned
from delaysnn.training.model import DelayNetwork
from delaysnn.training.optimise import fit, fit_quantised
from delaysnn.training.shapes import draw_network


def train_and_score(
    data: Mapping[str, Dataset],
    network: Mapping[str, Any],
    delays: Mapping[str, int],
    bits: int,
    settings: dict,
    seed: int,
    checkpoint: Path,
    code: str = "",
) -> tuple[Cell, ...]:
    """Return a network's accuracy in percent after each phase, on validation and on test samples.

    Output spikes decide; where the loss reads membranes, a second accuracy is by those (``accuracy_membranes``).
    A recurrent network is a baseline that no chip runs, and is not quantised.

    Args:
        data: ``train``, ``validation`` and ``test``; the test samples are run once a phase, after it.
        network: ``hidden``, ``delays``, ``recurrent`` and ``pruning`` of the configuration.
        delays: ``max``, ``stride`` and ``keep`` of the delay levels.
        bits: width of the quantised weights.
        settings, seed, checkpoint, code: as of :func:`fit`; ``settings`` with all three phases.
    """
    train, validation = data["train"], data["validation"]
    cells: list[Cell] = []

    def score(model: DelayNetwork, **phase: Any) -> None:
        for split, samples in ((None, data["test"]), ("validation", validation)):
            shares = {"accuracy": trace(model, samples, {}).accuracy}
            if settings["loss"] != "spike_count":
                shares["accuracy_membranes"] = accuracy_as_trained(model, samples, settings["loss"])
            own = {"samples": len(samples), "split": split, **phase}
            cells.extend(Cell("pytorch", name, "%", 100 * value, **own) for name, value in shares.items())

    def export(model: DelayNetwork) -> Any:
        return model.export(train.spikes.n_steps, "", seed, train.name, {})

    rest = (train, validation, settings)
    dense = draw_network(train, network, delays, settings, seed).to(find_device(settings["device"]))
    fit(dense, *rest, settings["dense"], seed, checkpoint_of(checkpoint, "dense"), code)
    score(dense, phase="dense")
    pruned, _ = fit_pruned(export(dense), network["pruning"], delays["keep"], *rest, seed, checkpoint, code)
    score(pruned)
    if not network["recurrent"]:
        quantised = fit_quantised(export(pruned), bits, *rest, seed, checkpoint, code)
        score(quantised, bits=bits)
    return tuple(cells)
