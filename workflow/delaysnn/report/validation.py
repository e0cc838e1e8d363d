"""How far to trust the cost models: each published cell, and what the model says with and without having seen it."""

from collections.abc import Mapping, Sequence
from itertools import cycle
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from delaysnn.costs.lines import MECHANISM, NULL_MODELS
from delaysnn.report.style import NETWORK_COLOURS, PAGE_INCHES, PLATFORM_NAMES, new_figure
from delaysnn.report.tables import COLUMNS

VALIDATION_COLUMNS = [*COLUMNS, "error_pct", "how", "model"]
NULL_MODEL_COLUMNS = ["platform", "quantity", "model", "largest_error_pct", "verdict"]


def validation_table(rows: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """Return the cost models' cells, one a row: ``how`` says whether the network was fitted or left out of the fit.

    ``not_predicted`` is a cell that is left out and yet no prediction, as where all published cells are one number;
    ``counted`` is what the constants alone give, with nothing fitted. ``model`` is the cost model's mechanism, or a
    line that stands beside it. The counts come from the paper's own spikes, so the data set is SHD as published.
    """
    table = pd.DataFrame(rows).rename(columns={"ours": "ours_mean"})
    table = table.assign(ours_sd=float("nan"), seeds=0, dataset="shd (published spikes; inputs measured)")
    return table.assign(difference=table["ours_mean"] - table["published"])[VALIDATION_COLUMNS]


def null_model_table(rows: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """Return the largest error of every model on a network left out, and what that says of the mechanism.

    Only where a mechanism misses less than every null model has it shown anything.
    """
    table = pd.DataFrame(rows)
    # Of three cores one network alone is published: no line can be fitted.
    compared = table.loc[table["model"].isin(NULL_MODELS), "platform"]
    table = table[(table["how"] == "left_out") & table["platform"].isin(compared)]
    largest = table.assign(largest_error_pct=table["error_pct"].abs())
    largest = largest.groupby(["platform", "quantity", "model"], sort=False)["largest_error_pct"].max().reset_index()
    verdicts = []
    for row in largest.itertuples():
        if row.model != MECHANISM:
            verdicts.append("null model" if row.model in NULL_MODELS else "tried")
            continue
        own = largest[(largest["platform"] == row.platform) & (largest["quantity"] == row.quantity)]
        best = own.loc[own["model"].isin(NULL_MODELS), "largest_error_pct"].min()
        verdicts.append("beats the null models" if row.largest_error_pct < best else "no better than a null model")
    return largest.assign(verdict=verdicts)[NULL_MODEL_COLUMNS]


def draw_validation(table: pd.DataFrame) -> Figure:
    """Draw the error of every left-out network, one panel a quantity, those of the null models in grey."""
    rows = table[(table["how"] == "left_out") & (table["model"] == MECHANISM)]
    quantities = list(dict.fromkeys(rows["quantity"]))
    platforms = list(dict.fromkeys(rows["platform"]))
    networks = list(dict.fromkeys(rows["network"]))
    figure = new_figure(PAGE_INCHES, 2.2)
    axes = figure.subplots(1, len(quantities), sharey=True, squeeze=False)[0]
    for axis, quantity in zip(axes, quantities, strict=True):
        axis.axhspan(-10, 10, color="#eef1f3", zorder=0)
        axis.axhline(0, color="black", linewidth=0.6)
        for marker, model in zip("x+", NULL_MODELS, strict=True):
            own = table[(table["how"] == "left_out") & (table["model"] == model) & (table["quantity"] == quantity)]
            places = [platforms.index(platform) for platform in own["platform"]]
            axis.scatter(places, own["error_pct"], s=10, marker=marker, color="#a9b2ba", linewidths=0.7, label=model)
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
    handles, names = axes[0].get_legend_handles_labels()
    names = [f"line in {name}" if name in NULL_MODELS else f"network {name}" for name in names]
    figure.legend(handles, names, loc="outside upper center", ncols=len(names), fontsize=6)
    return figure
