"""Accuracy over the delay levels that pruning keeps, and over as many that it did not choose."""

from collections.abc import Iterable
from dataclasses import replace
from itertools import cycle

import pandas as pd
from matplotlib.figure import Figure

from delaysnn.core.metrics import Metrics
from delaysnn.report.style import COLUMN_INCHES, NETWORK_COLOURS, name_dataset, new_figure
from delaysnn.report.tables import add_intervals, summarise

# How a control chose its levels, and how its line is drawn.
_CONTROLS = {"random": ("levels drawn at random", "--"), "coarse": ("even levels from the start", ":")}


def tabulate_levels(metrics: Iterable[Metrics], kept: int) -> pd.DataFrame:
    """Return accuracies over levels kept, each pruned network before its controls.

    Args:
        metrics: one or more files' worth a network and seed.
        kept: delay levels that the deployed networks keep, whose cells name none.
    """
    named = [replace(m, cells=tuple(replace(cell, levels=cell.levels or kept) for cell in m.cells)) for m in metrics]
    return add_intervals(summarise(named, {}, ["pytorch"], ["accuracy"], ["levels", "control"]), named)


def draw_levels(table: pd.DataFrame, kept: int, all_levels: int) -> Figure:
    """Draw mean and deviation over seeds from the table ``levels``.

    Args:
        table: of :func:`tabulate_levels`.
        kept: levels that the deployed networks keep.
        all_levels: levels before pruning.
    """
    figure = new_figure(COLUMN_INCHES, 2.6)
    axis = figure.subplots()
    rows = table.assign(control=table["control"].fillna("")).sort_values("levels", kind="stable")
    for colour, network in zip(cycle(NETWORK_COLOURS), table["network"].unique(), strict=False):
        for control, own in rows[rows["network"] == network].groupby("control"):
            wording, line = _CONTROLS.get(control, ("", "-"))
            axis.errorbar(
                own["levels"],
                own["ours_mean"],
                own["ours_sd"].fillna(0),
                color=colour,
                linestyle=line,
                marker="o",
                markersize=3,
                markerfacecolor="white" if control else colour,
                capsize=2,
                label=f"{network}, {wording}" if control else f"network {network}",
            )
    axis.axvline(kept, color="#c7cdd3", linewidth=0.8, zorder=0)
    axis.set_xlabel(f"delay levels kept, of {all_levels}")
    axis.set_ylabel("accuracy (%)")
    axis.xaxis.get_major_locator().set_params(integer=True)
    axis.legend(loc="lower right")
    name_dataset(figure, table["dataset"].iloc[0], f"line: deployed; {int(table['seeds'].max())} seeds")
    return figure
