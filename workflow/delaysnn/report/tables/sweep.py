"""Accuracy, energy and memory on Loihi over delay levels kept and bits a weight."""

from collections.abc import Sequence

import pandas as pd

from delaysnn.core.metrics import Metrics
from delaysnn.report.estimates import preferred, summarise_ways
from delaysnn.report.registry import table
from delaysnn.report.tidy import add_intervals
from delaysnn.report.wide import measured

_QUANTITIES = ["accuracy", "energy", "memory"]
_SETTINGS = ["levels", "bits"]
_WAYS = ["measured", "calibrated", "counted"]


@table(
    title="Levels and bits on Loihi",
    caption="""
    Each network as integers on one core of Loihi, with other numbers of delay levels kept and other widths of a weight:
    accuracy on the test samples, and estimated energy and memory of an inference. The estimates are calibrated, with
    the model's errors in Table III; the CSV has the counted ones, too. A network that does not fit one core, or
    overflows its accumulators on the test samples, is left out. In parentheses: the 95 % interval by the number of test
    samples alone (Wilson; all seeds share the samples).
    """,
    section="Energy, latency, memory",
    place=40,
    inputs=lambda study: {"metrics": study.metrics("loihi_sweep", networks=study.swept_on_core)},
    when=lambda study: study.swept_on_core,
    show=lambda rows: measured(preferred(rows).drop(columns="how"), ["levels", "bits"]),
)
def tabulate_sweep(metrics: Sequence[Metrics]) -> pd.DataFrame:
    """Return every number of levels and width of a weight, each with its accuracy and both estimates."""
    setups = list(dict.fromkeys(cell.platform for each in metrics for cell in each.cells))
    cells = summarise_ways(metrics, {}, setups, _QUANTITIES, _WAYS, _SETTINGS)
    return add_intervals(cells, metrics)
