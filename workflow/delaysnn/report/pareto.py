"""Accuracy against energy and memory: which network on which chip is worth its cost."""

from collections.abc import Iterable, Mapping
from itertools import cycle

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from delaysnn.report.estimates import preferred
from delaysnn.report.style import MODEL_ERROR, PAGE_INCHES, PLATFORM_NAMES, PUBLISHED, name_dataset, new_figure
from delaysnn.report.tables import select

# The platform whose accuracy each way of running a network has, and its colour.
_PLATFORMS = {
    "loihi_1core": ("loihi", "#0072b2"),
    "seneca_scdq": ("seneca", "#d55e00"),
    "seneca_software": ("seneca", "#e69f00"),
}
# Points of accuracy between two names that can be told apart.
_CLEAR = 2.5
_COSTS = {"energy": "energy (µJ)", "memory": "memory (Mbit)"}


def collect(fidelity: pd.DataFrame, energy: pd.DataFrame) -> pd.DataFrame:
    """Join accuracies and costs.

    Args:
        fidelity, energy: the tables of these names.

    Returns:
        One row a network and platform: network, platform, accuracy, energy, memory, the published value of each, and
        what the model of either cost misses on a network left out of its fit (``error_energy``, ``error_memory``), in
        the cost's unit, NaN where it is not predicted.
    """
    rows = []
    for (network, platform), costs in energy.groupby(["network", "platform"], sort=False):
        if platform not in _PLATFORMS:
            continue
        accuracy = select(fidelity, network=network, platform=_PLATFORMS[platform][0], quantity="accuracy").iloc[0]
        row = {"network": network, "platform": platform, "accuracy": accuracy["ours_mean"]}
        row["published_accuracy"] = accuracy["published"]
        for quantity in _COSTS:
            cell = select(costs, quantity=quantity).iloc[0]
            row |= {quantity: cell["ours_mean"], f"published_{quantity}": cell["published"]}
            row[f"error_{quantity}"] = cell["ours_mean"] * cell["model_error_pct"] / 100
        rows.append(row)
    return pd.DataFrame(rows)


def collect_sweep(sweep: pd.DataFrame) -> pd.DataFrame:
    """Turn the table ``sweep`` into one row a network, levels and bits: accuracy, energy, memory."""
    wide = preferred(sweep).pivot(index=["network", "levels", "bits"], columns="quantity", values="ours_mean")
    return wide.reset_index().rename_axis(columns=None)


def front(cost: np.ndarray, accuracy: np.ndarray) -> np.ndarray:
    """Return the indices of the points that no other beats in both, cheapest first."""
    order = np.lexsort((-accuracy, cost))
    best = np.maximum.accumulate(accuracy[order])
    return order[np.concatenate([[True], best[1:] > best[:-1]])]


def draw_pareto(points: pd.DataFrame, sweep: pd.DataFrame, dataset: str) -> Figure:
    """Draw accuracy over each cost, our front as a line, the published points as diamonds.

    A wide grey bar is what the model of a cost misses on a network left out of its fit.

    Args:
        points: the deployed networks, from :func:`collect`.
        sweep: every number of levels and bits on Loihi, from :func:`collect_sweep`.
        dataset: the data set's name.
    """
    figure = new_figure(PAGE_INCHES, 2.8)
    ours = pd.concat([points, sweep], ignore_index=True)
    markers = dict(zip(dict.fromkeys(points["network"]), cycle("os^vP"), strict=False))
    for axis, (cost, label) in zip(figure.subplots(1, len(_COSTS), sharey=True), _COSTS.items(), strict=True):
        best = ours.iloc[front(ours[cost].to_numpy(), ours["accuracy"].to_numpy())]
        axis.plot(best[cost], best["accuracy"], color="#c7cdd3", linewidth=1, zorder=0)
        axis.scatter(sweep[cost], sweep["accuracy"], s=3, color=_PLATFORMS["loihi_1core"][1], alpha=0.5)
        _name_apart(axis, sweep.loc[sweep.index.intersection(best.index - len(points))], cost, points["accuracy"])
        errors = points[f"error_{cost}"].fillna(0)
        axis.errorbar(points[cost], points["accuracy"], xerr=errors, zorder=0.5, **MODEL_ERROR)
        for row in points.itertuples():
            colour = _PLATFORMS[row.platform][1]
            axis.scatter(getattr(row, cost), row.accuracy, s=16, color=colour, marker=markers[row.network])
        axis.scatter(points[f"published_{cost}"], points["published_accuracy"], **PUBLISHED)
        axis.set_xlabel(label)
        axis.set_xlim(0)
    figure.axes[0].set_ylabel("accuracy (%)")
    _add_legend(figure, markers)
    name_dataset(
        figure,
        dataset,
        "line: none of ours is better and cheaper; costs: estimates; grey: what the model misses on a network left out",
    )
    return figure


def _name_apart(axis: Axes, settings: pd.DataFrame, cost: str, taken: Iterable[float]) -> None:
    """Name the settings that lie clear, in accuracy, of what is drawn and of each other."""
    taken = list(taken)
    for row in settings.itertuples():
        if all(abs(row.accuracy - other) > _CLEAR for other in taken):
            text = f"{row.network}, {row.levels} levels, {row.bits} bit"
            place = (getattr(row, cost), row.accuracy)
            axis.annotate(text, place, xytext=(3, 2), textcoords="offset points", fontsize=5)
            taken.append(row.accuracy)


def _add_legend(figure: Figure, markers: Mapping[str, str]) -> None:
    """Say what colours (platforms) and shapes (networks) mean."""
    axis = figure.axes[1]
    for platform, (_, colour) in _PLATFORMS.items():
        axis.scatter([], [], s=16, color=colour, label=PLATFORM_NAMES[platform])
    axis.scatter([], [], s=3, color=_PLATFORMS["loihi_1core"][1], alpha=0.5, label="Loihi, other levels and bits")
    for network, marker in markers.items():
        axis.scatter([], [], s=16, color="#56606b", marker=marker, label=f"network {network}")
    axis.scatter([], [], label="published (SHD)", **PUBLISHED)
    figure.legend(loc="outside right upper", fontsize=6)
