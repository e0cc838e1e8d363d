"""Accuracy over energy of every network: with learned delays, random delays, recurrence, or none of these."""

from itertools import cycle

import numpy as np
import pandas as pd

from delaysnn.report.registry import figure
from delaysnn.report.style import (
    GREY,
    MODEL_ERROR,
    NETWORK_COLOURS,
    PAGE_INCHES,
    Figure,
    label_of,
    name_dataset,
    new_figure,
)
from delaysnn.report.tidy import select

_COLOURS = {
    "learned delays": NETWORK_COLOURS[0],
    "random delays": NETWORK_COLOURS[5],
    "recurrence": NETWORK_COLOURS[1],
    "delayed recurrence": NETWORK_COLOURS[3],
    "decay alone": GREY,
}


@figure(
    title="Accuracy over energy: delays, recurrence or neither",
    caption="""
    Accuracy over estimated energy of an inference, for networks with learned delays, with random delays, with
    recurrence, or with the decay of their neurons alone. Filled marks are calibrated on the paper's networks; open
    marks are counted from constants alone. Thin horizontal lines are deviations over seeds; thin vertical lines are
    intervals by the number of test samples. Wide grey lines are the calibrated model's error on a network left out of
    its fit. Up and left is better. Table comparisons says which accuracies differ, and table baseline_costs has the
    assumptions.
    """,
    section="Energy, latency, memory",
    place=90,
    inputs=lambda study: {"costs": study.table("baseline_costs"), "models": study.table("models")},
    when=lambda study: study.prices_floats,
)
def draw_baseline_costs(costs: pd.DataFrame, models: pd.DataFrame) -> Figure:
    """Draw accuracy over energy from the tables of these names, a panel a chip."""
    figure = new_figure(PAGE_INCHES, 2.9)
    energies = select(costs, quantity="energy")
    setups = list(dict.fromkeys(energies["platform"]))
    rows = select(models, quantity="accuracy").set_index("network")
    markers = dict(zip(dict.fromkeys(energies["network"]), cycle("osD^vP*X<>"), strict=False))
    for axis, platform in zip(figure.subplots(1, len(setups), sharey=True, squeeze=False)[0], setups, strict=True):
        for cell in select(energies, platform=platform).itertuples():
            accuracy, colour = rows.loc[cell.network], _COLOURS[cell.memory_by]
            interval = np.array(
                [[accuracy["ours_mean"] - accuracy["ours_low"]], [accuracy["ours_high"] - accuracy["ours_mean"]]]
            )
            error = 0 if pd.isna(cell.model_error_pct) else cell.ours_mean * cell.model_error_pct / 100
            axis.errorbar(cell.ours_mean, accuracy["ours_mean"], xerr=error, zorder=0.5, **MODEL_ERROR)
            filled = colour if cell.how == "calibrated" else "white"
            axis.errorbar(
                cell.ours_mean,
                accuracy["ours_mean"],
                xerr=0 if pd.isna(cell.ours_sd) else cell.ours_sd,
                yerr=interval,
                color=colour,
                marker=markers[cell.network],
                markerfacecolor=filled,
                markersize=4,
                linewidth=0.6,
            )
        axis.set_title(label_of(platform))
        axis.set_xlabel("energy of an inference (µJ)")
        axis.set_xlim(0)
    figure.axes[0].set_ylabel("accuracy (%)")
    legend = figure.axes[-1]
    for network, marker in markers.items():
        own = energies.loc[energies["network"] == network, "memory_by"].iloc[0]
        legend.plot([], [], linestyle="", marker=marker, color=_COLOURS[own], markersize=4, label=f"{network}: {own}")
    for label, face in (("calibrated", "black"), ("counted", "white")):
        legend.plot([], [], linestyle="", marker="o", color="black", markerfacecolor=face, markersize=4, label=label)
    figure.legend(loc="outside right upper", fontsize=6)
    name_dataset(
        figure,
        costs["dataset"].iloc[0],
        "bars: 95 % interval by the number of test samples; energies: estimates; grey: what the model "
        "misses on a network left out",
    )
    return figure
