"""Accuracy over the delay levels that pruning keeps, and over as many that it did not choose."""

from collections.abc import Sequence
from itertools import cycle

import pandas as pd
from matplotlib.figure import Figure

from delaysnn.report.style import COLUMN_INCHES, NETWORK_COLOURS, name_dataset, new_figure

# How the levels were chosen that ``accuracy_<n>levels_<control>`` is of, and how its line is drawn.
_CONTROLS = {"random": ("levels drawn at random", "--"), "coarse": ("even levels from the start", ":")}


def quantities_of(levels: Sequence[int], kept: int, controls: Sequence[str]) -> list[str]:
    """Return the quantities of the table ``levels`` in the order of levels, each pruned network before its controls.

    Args:
        levels: numbers of levels beside that of the deployed networks.
        kept: that of the deployed networks, whose quantity is ``accuracy``.
        controls: what was measured at each number, too.
    """
    quantities = []
    for number in sorted({*levels, kept}):
        quantities.append("accuracy" if number == kept else f"accuracy_{number}levels")
        quantities += [f"accuracy_{number}levels_{control}" for control in controls]
    return quantities


def levels_of(quantity: str, kept: int) -> tuple[int, str]:
    """Return the levels that a quantity is of, and its control, empty for what pruning chose."""
    if quantity == "accuracy":
        return kept, ""
    number, _, control = quantity.removeprefix("accuracy_").partition("levels")
    return int(number), control.removeprefix("_")


def draw_levels(table: pd.DataFrame, kept: int, all_levels: int) -> Figure:
    """Draw mean and deviation over seeds from the table ``levels``.

    Args:
        table: of accuracies, one a network, number of levels and control.
        kept: levels that the deployed networks keep.
        all_levels: levels before pruning.
    """
    figure = new_figure(COLUMN_INCHES, 2.6)
    axis = figure.subplots()
    parts = [levels_of(quantity, kept) for quantity in table["quantity"]]
    rows = table.assign(levels=[number for number, _ in parts], control=[control for _, control in parts])
    rows = rows.sort_values("levels", kind="stable")
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
