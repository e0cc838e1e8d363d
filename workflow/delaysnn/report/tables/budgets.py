"""Which network to take for a memory of weights: chosen by validation samples, of all that run with integers."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from delaysnn.core.metrics import Metrics
from delaysnn.report.registry import table
from delaysnn.report.study import Study
from delaysnn.report.style import label_of
from delaysnn.report.tidy import SHARE_COLUMNS, select
from delaysnn.report.wide import ReportCell, WideTable, number

# kB of 1000 bytes.
BUDGETS_KB = (16, 32, 64, 128)
BUDGET_COLUMNS = [*SHARE_COLUMNS, "bits", "budget_kb", "memory_kb", "validation_mean", "validation_sd"]


def _as_integers(study: Study) -> list[str]:
    """Names of the networks of which some platform runs integers, in the order of the configuration."""
    found = {name for platform in study.quantised for name in study.deployed_on[platform]}
    return [name for name in study.networks if name in found]


def show_budgets(rows: pd.DataFrame) -> WideTable:
    """Show one row a budget."""
    found = []
    for row in rows.itertuples():
        interval = f"{number(row.ours_low)} to {number(row.ours_high)}"
        names = [ReportCell(f"{row.budget_kb} kB"), ReportCell(row.network)]
        validation = ReportCell(number(row.validation_mean))
        test = ReportCell(number(row.ours_mean), interval=interval)
        size = [ReportCell(str(row.bits)), ReportCell(number(row.memory_kb))]
        found.append([*names, *size, validation, test, ReportCell(label_of(row.platform))])
    heads = ["budget", "network", "bits a weight", "memory (kB)", "validation (%)", "test (%)", "tested on"]
    return WideTable(heads, found, 2)


@table(
    title="Which network for a memory of weights",
    caption="""
    The network and width of weights with the best mean accuracy in validation, of all whose weights fit the memory; of
    equal ones the smallest. Memory is that of the weights that pruning left, without their indices. Validation is by
    PyTorch with the integer weights, and is too high by chance: it is the best of many, and training chose its epochs
    by the same samples. The test accuracy is by the arithmetic of the chip that is named, and nothing was chosen by it;
    in parentheses: the 95 % interval by the number of test samples alone. Test and validation may have other speakers.
    Rule frontier searches many more networks.
    """,
    section="All networks",
    place=20,
    inputs=lambda study: {
        "metrics": study.metrics("widths", networks=_as_integers(study)),
        "quantisation": study.table("quantisation"),
    },
    when=_as_integers,
    show=show_budgets,
)
def tabulate_budgets(metrics: Sequence[Metrics], quantisation: pd.DataFrame) -> pd.DataFrame:
    """Return the test accuracy of the network that is chosen for each of :data:`BUDGETS_KB`; none fits, no row.

    Args:
        metrics: of :func:`delaysnn.training.validate_widths.validate_widths`, for each network and seed.
        quantisation: the table of that name; it has the test accuracies on chips with integers.

    Returns:
        A frame with the columns of :data:`BUDGET_COLUMNS`: memory in kB of 1000 bytes, accuracies in percent.
    """
    candidates = _candidates(metrics)
    found = []
    for budget in BUDGETS_KB:
        fitting = candidates[candidates["memory_kb"] <= budget]
        if fitting.empty:
            continue
        best = fitting.sort_values(["validation_mean", "memory_kb"], ascending=[False, True], kind="stable").iloc[0]
        scored = quantisation[quantisation["bits"].astype(object) == best["bits"]]
        row = select(scored, network=best["network"], quantity="accuracy").iloc[0]
        found.append({**row, **best, "budget_kb": budget})
    return pd.DataFrame(found, columns=BUDGET_COLUMNS)


def _candidates(metrics: Sequence[Metrics]) -> pd.DataFrame:
    """Return network, bits, memory_kb, validation_mean and validation_sd, means over seeds."""
    cells: dict[tuple[str, Any], dict[str, list[float]]] = {}
    for m in metrics:
        for cell in m.cells:
            cells.setdefault((m.network, cell.bits), {}).setdefault(cell.quantity, []).append(cell.value)
    rows = [
        {
            "network": network,
            "bits": bits,
            # Seeds keep as many weights but for chance ties.
            "memory_kb": np.mean(own["weights_memory"]),
            "validation_mean": np.mean(own["accuracy"]),
            "validation_sd": np.std(own["accuracy"], ddof=1) if len(own["accuracy"]) > 1 else np.nan,
        }
        for (network, bits), own in cells.items()
    ]
    return pd.DataFrame(rows).astype({"bits": object})
