"""How far to trust the cost models: each published cell, and what the model says with and without having seen it."""

from collections.abc import Mapping, Sequence
from itertools import cycle
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from delaysnn.paper.style import NETWORK_COLOURS, PAGE_INCHES, PLATFORM_NAMES, new_figure
from delaysnn.paper.tables import COLUMNS

VALIDATION_COLUMNS = [*COLUMNS, "error_pct", "how"]


def validation_table(rows: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """Return the cost models' cells, one a row: ``how`` says whether the network was fitted or left out of the fit.

    The counts come from the paper's own spikes, so the data set is SHD as published.
    """
    table = pd.DataFrame(rows).rename(columns={"ours": "ours_mean"})
    table = table.assign(ours_sd=float("nan"), seeds=0, dataset="shd (published spike counts)")
    return table.assign(difference=table["ours_mean"] - table["published"])[VALIDATION_COLUMNS]


def draw_validation(table: pd.DataFrame) -> Figure:
    """Draw the error of every left-out network, one panel a quantity."""
    rows = table[table["how"] == "left_out"]
    quantities = list(dict.fromkeys(rows["quantity"]))
    platforms = list(dict.fromkeys(rows["platform"]))
    networks = list(dict.fromkeys(rows["network"]))
    figure = new_figure(PAGE_INCHES, 2.2)
    axes = figure.subplots(1, len(quantities), sharey=True, squeeze=False)[0]
    for axis, quantity in zip(axes, quantities, strict=True):
        axis.axhspan(-10, 10, color="#eef1f3", zorder=0)
        axis.axhline(0, color="black", linewidth=0.6)
        for colour, network in zip(cycle(NETWORK_COLOURS), networks, strict=False):
            own = rows[(rows["quantity"] == quantity) & (rows["network"] == network)]
            places = [platforms.index(platform) for platform in own["platform"]]
            axis.scatter(
                np.array(places) + 0.15 * (networks.index(network) - 1),
                own["error_pct"],
                s=16,
                color=colour,
                label=network,
            )
        axis.set_title(quantity.replace("_", " "))
        names = [PLATFORM_NAMES[platform].replace(", ", "\n").replace(" with ", "\n") for platform in platforms]
        names = [name.replace(" queue", "\nqueue") for name in names]
        axis.set_xticks(range(len(platforms)), names, fontsize=5)
        axis.set_xlim(-0.5, len(platforms) - 0.5)
    axes[0].set_ylabel("error of the network left out (%)")
    axes[0].legend(title="network", fontsize=6, title_fontsize=6)
    return figure
