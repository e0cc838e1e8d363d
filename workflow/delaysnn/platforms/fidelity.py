"""How closely a deployed network follows the float network (paper Table II)."""

from delaysnn.core.errors import InputError
from delaysnn.core.metrics import Cell, share
from delaysnn.core.traces import Traces


def measure(traces: Traces) -> list[Cell]:
    """Return accuracy in percent, and mean spikes a sample of every layer; not of an output whose membranes decide."""
    names = [*(f"h{index}" for index in range(1, len(traces.layers))), "output"]
    cells = [share(traces.platform, "accuracy", traces.right)]
    for name, layer in zip(names, traces.layers, strict=True):
        if name == "output" and traces.scores is not None:
            continue
        cells.append(Cell(traces.platform, f"spikes_{name}", "spikes", len(layer.steps) / len(layer)))
    return cells


def compare(deployed: Traces, reference: Traces) -> list[Cell]:
    """Return :func:`measure`'s cells and the share of samples on which both decide alike, in percent.

    Raises:
        InputError: the two ran different samples.
    """
    if len(deployed.labels) != len(reference.labels) or (deployed.labels != reference.labels).any():
        raise InputError("The traces to compare are of different samples; delete them and run again.")
    agreement = 100 * float((deployed.predictions == reference.predictions).mean())
    return [*measure(deployed), Cell(deployed.platform, "agreement", "%", agreement, samples=len(deployed.labels))]
