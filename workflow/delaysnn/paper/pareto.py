"""Accuracy against energy and memory: which network on which chip is worth its cost."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from delaysnn.paper.style import PAGE_INCHES, PLATFORM_NAMES, PUBLISHED, name_dataset, new_figure
from delaysnn.paper.tables import select

# The platform whose accuracy each way of running a network has, and its colour.
_PLATFORMS = {
    "loihi_1core": ("loihi", "#0072b2"),
    "seneca_scdq": ("seneca", "#d55e00"),
    "seneca_software": ("seneca", "#e69f00"),
}
_COSTS = {"energy": "energy (µJ)", "memory": "memory (Mbit)"}


def collect(fidelity: pd.DataFrame, energy: pd.DataFrame) -> pd.DataFrame:
    """Join accuracies and costs.

    Args:
        fidelity, energy: the tables of these names.

    Returns:
        One row a network and platform: network, platform, accuracy, energy, memory, and the published value of each.
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
        rows.append(row)
    return pd.DataFrame(rows)


def collect_sweep(sweep: pd.DataFrame) -> pd.DataFrame:
    """Turn the table ``sweep`` into one row a network, levels and bits: accuracy, energy, memory."""
    parts = sweep["quantity"].str.extract(r"^(?P<kind>[a-z]+)_(?P<levels>\d+)levels_(?P<bits>\d+)bit$")
    rows = pd.concat([sweep[["network", "ours_mean"]], parts.astype({"levels": int, "bits": int})], axis=1)
    wide = rows.pivot(index=["network", "levels", "bits"], columns="kind", values="ours_mean")
    return wide.reset_index().rename_axis(columns=None)


def front(cost: np.ndarray, accuracy: np.ndarray) -> np.ndarray:
    """Return the indices of the points that no other beats in both, cheapest first."""
    order = np.lexsort((-accuracy, cost))
    best = np.maximum.accumulate(accuracy[order])
    return order[np.concatenate([[True], best[1:] > best[:-1]])]


def draw_pareto(points: pd.DataFrame, sweep: pd.DataFrame, dataset: str) -> Figure:
    """Draw accuracy over each cost, our front as a line, the published points as diamonds.

    Args:
        points: the deployed networks, from :func:`collect`.
        sweep: every number of levels and bits on Loihi, from :func:`collect_sweep`.
        dataset: the data set's name.
    """
    figure = new_figure(PAGE_INCHES, 2.8)
    ours = pd.concat([points, sweep], ignore_index=True)
    for axis, (cost, label) in zip(figure.subplots(1, len(_COSTS), sharey=True), _COSTS.items(), strict=True):
        best = ours.iloc[front(ours[cost].to_numpy(), ours["accuracy"].to_numpy())]
        axis.plot(best[cost], best["accuracy"], color="#c7cdd3", linewidth=1, zorder=0)
        colour = _PLATFORMS["loihi_1core"][1]
        axis.scatter(sweep[cost], sweep["accuracy"], s=3, color=colour, alpha=0.5, label="Loihi, other levels and bits")
        for row in sweep.loc[sweep.index.intersection(best.index - len(points))].itertuples():
            _name(axis, f"{row.network}, {row.levels} levels, {row.bits} bit", getattr(row, cost), row.accuracy)
        for platform, (_, colour) in _PLATFORMS.items():
            _points(axis, select(points, platform=platform), cost, colour, PLATFORM_NAMES[platform])
        axis.scatter(points[f"published_{cost}"], points["published_accuracy"], label="published (SHD)", **PUBLISHED)
        axis.set_xlabel(label)
        axis.set_xlim(0)
    figure.axes[0].set_ylabel("accuracy (%)")
    figure.axes[1].legend(loc="lower right", fontsize=6)
    name_dataset(figure, dataset, "numbers: networks; line: none of ours is better and cheaper; costs are estimates")
    return figure


def _points(axis: Axes, rows: pd.DataFrame, cost: str, colour: str, label: str) -> None:
    axis.scatter(rows[cost], rows["accuracy"], s=14, color=colour, label=label)
    for row in rows.itertuples():
        _name(axis, row.network, getattr(row, cost), row.accuracy)


def _name(axis: Axes, text: str, x: float, y: float) -> None:
    axis.annotate(text, (x, y), xytext=(3, 2), textcoords="offset points", fontsize=5)
