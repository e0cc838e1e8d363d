"""Paper Figure 9: accuracy over the bits of a weight."""

from itertools import cycle

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from delaysnn.paper.style import COLUMN_INCHES, NETWORK_COLOURS, name_dataset, new_figure


def bits_of(quantity: str) -> int:
    """Return n of the quantity ``accuracy_<n>bit``."""
    return int(quantity.removeprefix("accuracy_").removesuffix("bit"))


def draw_quantisation(table: pd.DataFrame) -> Figure:
    """Draw mean and deviation over seeds from the table ``quantisation``; the float network as a dotted line."""
    figure = new_figure(COLUMN_INCHES, 2.6)
    axis = figure.subplots()
    for colour, (network, rows) in zip(cycle(NETWORK_COLOURS), table.groupby("network", sort=False), strict=False):
        quantised = rows[rows["platform"] == "loihi"]
        bits = [bits_of(quantity) for quantity in quantised["quantity"]]
        order = np.argsort(bits)
        axis.errorbar(
            np.array(bits)[order],
            quantised["ours_mean"].to_numpy()[order],
            quantised["ours_sd"].fillna(0).to_numpy()[order],
            color=colour,
            marker="o",
            markersize=3,
            capsize=2,
            label=f"network {network}",
        )
        for value in rows.loc[rows["platform"] == "pytorch", "ours_mean"]:
            axis.axhline(value, color=colour, linestyle=":", linewidth=0.8)
    axis.set_xlabel("bits a weight, sign included")
    axis.set_ylabel("accuracy (%)")
    axis.xaxis.get_major_locator().set_params(integer=True)
    axis.legend(loc="lower right")
    name_dataset(figure, table["dataset"].iloc[0], f"dotted lines: float; {int(table['seeds'].max())} seeds")
    return figure
