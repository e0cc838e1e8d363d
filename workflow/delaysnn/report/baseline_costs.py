"""Is it cheaper to delay or to recur? Accuracy and energy of every network, by what it remembers with."""

from collections.abc import Iterable, Mapping
from itertools import cycle
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from delaysnn.core.metrics import Metrics
from delaysnn.report.estimates import ESTIMATE_COLUMNS, estimate_table
from delaysnn.report.style import MODEL_ERROR, NETWORK_COLOURS, PAGE_INCHES, PLATFORM_NAMES, name_dataset, new_figure
from delaysnn.report.tables import select

BASELINE_COST_COLUMNS = [*ESTIMATE_COLUMNS, "memory_by"]
PLATFORMS = ["loihi_1core", "seneca_scdq"]
_QUANTITIES = ["operations", "queue_events", "energy", "latency", "delay_ip_energy"]
_COLOURS = {
    "learned delays": NETWORK_COLOURS[0],
    "random delays": NETWORK_COLOURS[5],
    "recurrence": NETWORK_COLOURS[1],
    "decay alone": "#56606b",
}


def memory_of(network: Mapping[str, Any]) -> str:
    """Return what a network remembers with, from its ``delays`` and ``recurrent``: beside delays its neurons' decay."""
    if network["recurrent"]:
        return "recurrence"
    return {True: "learned delays", "random": "random delays", False: "decay alone"}[network["delays"]]


def tabulate_baseline_costs(
    metrics: Iterable[Metrics], networks: Mapping[str, Mapping[str, Any]], errors: Mapping[tuple[str, str], float]
) -> pd.DataFrame:
    """Collect what every float network would take, :data:`BASELINE_COST_COLUMNS`.

    Args:
        metrics: estimates, one file's worth a network and seed.
        networks: ``delays`` and ``recurrent`` of each.
        errors: as :func:`delaysnn.report.estimates.estimate_table` takes it.
    """
    table = estimate_table(metrics, {}, PLATFORMS, _QUANTITIES, errors)
    return table.assign(memory_by=[memory_of(networks[name]) for name in table["network"]])


def draw_baseline_costs(costs: pd.DataFrame, accuracies: pd.DataFrame) -> Figure:
    """Draw accuracy over energy, a panel a chip: filled where calibrated, open where counted by constants alone.

    A wide grey bar is what the calibrated model misses on a network left out of its fit.

    Args:
        costs: the table ``baseline_costs``.
        accuracies: the table ``models``, whose interval by the number of samples is drawn.
    """
    figure = new_figure(PAGE_INCHES, 2.9)
    energies = select(costs, quantity="energy")
    rows = select(accuracies, quantity="accuracy").set_index("network")
    markers = dict(zip(dict.fromkeys(energies["network"]), cycle("osD^vP*X<>"), strict=False))
    for axis, platform in zip(figure.subplots(1, len(PLATFORMS), sharey=True), PLATFORMS, strict=True):
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
        axis.set_title(PLATFORM_NAMES[platform])
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
