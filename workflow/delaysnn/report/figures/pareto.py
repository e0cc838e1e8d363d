"""Accuracy against energy and memory: which network on which chip is worth its cost."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import cycle

import numpy as np
import pandas as pd

from delaysnn.platforms import registered
from delaysnn.report.estimates import preferred
from delaysnn.report.registry import figure
from delaysnn.report.style import (
    GREY,
    LIGHT_GREY,
    MODEL_ERROR,
    PAGE_INCHES,
    PUBLISHED,
    Axes,
    Figure,
    colour_of,
    label_of,
    name_dataset,
    new_figure,
)
from delaysnn.report.tidy import select

# Points of accuracy between two names that can be told apart.
_CLEAR = 2.5
_SWEPT = {"s": 3, "alpha": 0.5}
_COSTS = {"energy": "energy (µJ)", "memory": "memory (Mbit)"}


def _chips() -> dict[str, str]:
    """Return the platform of each way to run networks."""
    return {setup.name: platform.name for platform in registered().values() for setup in platform.setups}


def collect(fidelity: pd.DataFrame, energy: pd.DataFrame) -> pd.DataFrame:
    """Join accuracies and costs.

    Args:
        fidelity, energy: the tables of these names.

    Returns:
        One row a network and platform: network, platform, accuracy, energy, memory, the published value of each, and
        what the model of either cost misses on a network left out of its fit (``error_energy``, ``error_memory``), in
        the cost's unit, NaN where it is not predicted; a cost that nothing is said of is NaN, too.
    """
    chips, rows = _chips(), []
    for (network, platform), costs in energy.groupby(["network", "platform"], sort=False):
        accuracy = select(fidelity, network=network, platform=chips[platform], quantity="accuracy").iloc[0]
        row = {"network": network, "platform": platform, "accuracy": accuracy["ours_mean"]}
        row["published_accuracy"] = accuracy["published"]
        for quantity, cell in costs.set_index("quantity").reindex(list(_COSTS)).iterrows():
            row |= {quantity: cell["ours_mean"], f"published_{quantity}": cell["published"]}
            row[f"error_{quantity}"] = cell["ours_mean"] * cell["model_error_pct"] / 100
        rows.append(row)
    return pd.DataFrame(rows)


def collect_sweep(sweep: pd.DataFrame) -> pd.DataFrame:
    """Turn the table ``sweep`` into one row a network, platform, levels and bits: accuracy, energy, memory."""
    wide = preferred(sweep).pivot(
        index=["network", "platform", "levels", "bits"], columns="quantity", values="ours_mean"
    )
    return wide.reset_index().rename_axis(columns=None)


def front(cost: np.ndarray, accuracy: np.ndarray) -> np.ndarray:
    """Return the indices of the points that no other beats in both, cheapest first."""
    order = np.lexsort((-accuracy, cost))
    best = np.maximum.accumulate(accuracy[order])
    return order[np.concatenate([[True], best[1:] > best[:-1]])]


@figure(
    title="What accuracy costs",
    caption=lambda study: (
        f"""
    Every deployed network{
            study.said(" and", loihi=" on Loihi (one core)", seneca=" on Seneca with either queue")
        }: accuracy on the test samples against energy and memory of an inference. Up and left is better; the line joins
    those that none of ours beats in both, and so is flattered by choosing among many on the samples that are shown.
    {"Small points are all numbers of delay levels and widths of a weight on Loihi." if study.swept_on_core else ""}
    The wide grey bars are what the model of a cost misses on a network left out of its fit. Diamonds are the paper's.
    """
    ),
    section="Energy, latency, memory",
    place=30,
    inputs=lambda study: {
        "fidelity": study.table("fidelity"),
        "energy": study.table("energy"),
        "sweep": [study.table("sweep")] if study.swept_on_core else [],
    },
    params=lambda study: {"dataset": study.dataset},
    when=lambda study: study.setups("energy"),
)
def draw_pareto(fidelity: pd.DataFrame, energy: pd.DataFrame, sweep: Sequence[pd.DataFrame], dataset: str) -> Figure:
    """Draw accuracy over each cost from the tables of these names, our front as a line; ``sweep`` has one or none."""
    points, swept = collect(fidelity, preferred(energy)), [collect_sweep(each) for each in sweep]
    figure = new_figure(PAGE_INCHES, 2.8)
    ours = pd.concat([points, *swept], ignore_index=True)
    markers = dict(zip(dict.fromkeys(points["network"]), cycle("os^vP"), strict=False))
    for axis, (cost, label) in zip(figure.subplots(1, len(_COSTS), sharey=True), _COSTS.items(), strict=True):
        known = ours.dropna(subset=cost)
        best = known.iloc[front(known[cost].to_numpy(), known["accuracy"].to_numpy())]
        axis.plot(best[cost], best["accuracy"], color=LIGHT_GREY, linewidth=1, zorder=0)
        for settings in swept:
            axis.scatter(settings[cost], settings["accuracy"], c=settings["platform"].map(colour_of), **_SWEPT)
            own = settings.index.intersection(best.index - len(points))
            _name_apart(axis, settings.loc[own], cost, points["accuracy"])
        errors = points[f"error_{cost}"].fillna(0)
        axis.errorbar(points[cost], points["accuracy"], xerr=errors, zorder=0.5, **MODEL_ERROR)
        for row in points.itertuples():
            colour = colour_of(row.platform)
            axis.scatter(getattr(row, cost), row.accuracy, s=16, color=colour, marker=markers[row.network])
        axis.scatter(points[f"published_{cost}"], points["published_accuracy"], **PUBLISHED)
        axis.set_xlabel(label)
        axis.set_xlim(0)
    figure.axes[0].set_ylabel("accuracy (%)")
    setups = dict.fromkeys(platform for settings in swept for platform in settings["platform"])
    _add_legend(figure, points["platform"].unique(), markers, setups)
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


def _add_legend(figure: Figure, platforms: Iterable[str], markers: Mapping[str, str], swept: Iterable[str]) -> None:
    """Say what colours (platforms) and shapes (networks) mean."""
    axis = figure.axes[1]
    for platform in platforms:
        axis.scatter([], [], s=16, color=colour_of(platform), label=label_of(platform))
    for setup in swept:
        label = f"{label_of(_chips()[setup])}, other levels and bits"
        axis.scatter([], [], color=colour_of(setup), label=label, **_SWEPT)
    for network, marker in markers.items():
        axis.scatter([], [], s=16, color=GREY, marker=marker, label=f"network {network}")
    axis.scatter([], [], label="published (SHD)", **PUBLISHED)
    figure.legend(loc="outside right upper", fontsize=6)
