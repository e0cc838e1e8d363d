"""Accuracy over the delay levels that pruning keeps."""

from itertools import cycle

import pandas as pd
from matplotlib.figure import Figure

from delaysnn.paper.style import COLUMN_INCHES, NETWORK_COLOURS, name_dataset, new_figure


def levels_of(quantity: str, kept: int) -> int:
    """Return the levels that ``accuracy_<n>levels`` stands for, and ``accuracy`` of the deployed networks."""
    return kept if quantity == "accuracy" else int(quantity.removeprefix("accuracy_").removesuffix("levels"))


def draw_levels(table: pd.DataFrame, kept: int, all_levels: int) -> Figure:
    """Draw mean and deviation over seeds from the table ``levels``.

    Args:
        table: of accuracies, one a network and number of levels.
        kept: levels that the deployed networks keep.
        all_levels: levels before pruning.
    """
    figure = new_figure(COLUMN_INCHES, 2.6)
    axis = figure.subplots()
    rows = table.assign(levels=[levels_of(quantity, kept) for quantity in table["quantity"]])
    for colour, (network, own) in zip(cycle(NETWORK_COLOURS), rows.groupby("network", sort=False), strict=False):
        own = own.sort_values("levels")
        axis.errorbar(
            own["levels"],
            own["ours_mean"],
            own["ours_sd"].fillna(0),
            color=colour,
            marker="o",
            markersize=3,
            capsize=2,
            label=f"network {network}",
        )
    axis.axvline(kept, color="#c7cdd3", linewidth=0.8, zorder=0)
    axis.set_xlabel(f"delay levels kept, of {all_levels}")
    axis.set_ylabel("accuracy (%)")
    axis.xaxis.get_major_locator().set_params(integer=True)
    axis.legend(loc="lower right")
    name_dataset(figure, table["dataset"].iloc[0], f"line: deployed; {int(table['seeds'].max())} seeds")
    return figure
