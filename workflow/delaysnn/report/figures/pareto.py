"""Accuracy over energy and memory of every network on every chip."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import cycle, pairwise
from typing import Any

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

_SWEPT = {"s": 5, "alpha": 0.6}
# Pixels between a name and its panel's left side.
_MARGIN = 8
# Where a name may stand beside its point, in points, and how it is aligned.
_SIDES = (((5, 0), "left"), ((-5, 0), "right"), ((0, 8), "center"), ((0, -8), "center"), ((14, -10), "left"))
_COSTS = {"energy": "energy (µJ)", "memory": "memory (Mbit)"}


def _plain(value: float, _: object = None) -> str:
    return f"{value:g}"


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
    title="Accuracy over energy and memory of every network",
    caption=lambda study: (
        f"""
    Every deployed network{
            study.said(" and", loihi=" on Loihi (one core)", seneca=" on Seneca with either queue")
        }: accuracy on the test samples over energy and memory of an inference. Up and left is better. The line joins
    those networks that none of ours beats in both. They were chosen among many on the samples that are shown, so the
    line is too optimistic.
    {"Small points are other numbers of delay levels and widths of a weight on Loihi." if study.swept_on_core else ""}
    Wide grey bars are the cost model's error on a network left out of its fit. Diamonds are the paper's.
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
    # Takes half a second, which every reading of the rules would.
    from matplotlib.ticker import LogLocator, NullFormatter

    points, swept = collect(fidelity, preferred(energy)), [collect_sweep(each) for each in sweep]
    figure = new_figure(PAGE_INCHES, 2.8)
    ours = pd.concat([points, *swept], ignore_index=True)
    markers = dict(zip(dict.fromkeys(points["network"]), cycle("os^vP"), strict=False))
    costs = [cost for cost in _COSTS if ours[cost].notna().any()]
    fronts = {}
    for axis, cost in zip(figure.subplots(1, len(costs), sharey=True, squeeze=False)[0], costs, strict=True):
        known = ours.dropna(subset=cost)
        best = known.iloc[front(known[cost].to_numpy(), known["accuracy"].to_numpy())]
        fronts[cost] = best.index
        axis.plot(best[cost], best["accuracy"], color=LIGHT_GREY, linewidth=1, zorder=0)
        for settings in swept:
            for network, own in settings.groupby("network", sort=False):
                look = {"c": own["platform"].map(colour_of), "label": f"_{network}, other levels and bits"}
                axis.scatter(own[cost], own["accuracy"], **look, **_SWEPT)
        errors = points[f"error_{cost}"].fillna(0)
        axis.errorbar(points[cost], points["accuracy"], xerr=errors, zorder=0.5, **MODEL_ERROR)
        for row in points.itertuples():
            colour = colour_of(row.platform)
            look = {"color": colour, "marker": markers[row.network]}
            label = f"_network {row.network}, {label_of(row.platform)}"
            axis.scatter(getattr(row, cost), row.accuracy, s=20, label=label, **look)
            published = [getattr(row, f"published_{cost}")], [row.published_accuracy]
            axis.scatter(*published, label=f"{label}, published", **PUBLISHED)
        axis.set_xscale("log")
        # Room for names on the side where nothing is.
        axis.set_xlim(left=known[cost].min() / 8)
        axis.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        axis.xaxis.set_major_formatter(_plain)
        axis.xaxis.set_minor_formatter(NullFormatter())
        axis.set_xlabel(_COSTS[cost])
    panels = dict(zip(costs, figure.axes, strict=True))
    figure.axes[0].set_ylabel("accuracy (%)")
    setups = dict.fromkeys(platform for settings in swept for platform in settings["platform"])
    _add_legend(figure, points["platform"].unique(), markers, setups)
    name_dataset(
        figure,
        dataset,
        "line: none of ours is better and cheaper; costs: estimates; grey: what the model misses on a network left out",
    )
    # Only now are the panels as large as they stay.
    figure.draw_without_rendering()
    for cost, axis in panels.items():
        taken = _boxes(axis)
        for settings in swept:
            own = settings.index.intersection(fronts[cost] - len(points))
            _name_apart(axis, settings.loc[own], cost, taken)
    return figure


def _name_apart(axis: Axes, settings: pd.DataFrame, cost: str, taken: list[Any]) -> None:
    """Name the settings that have room for it beside them, clear of all that is drawn and of other names."""
    for row in settings.sort_values("accuracy", ascending=False).itertuples():
        name = f"{row.network}, {row.levels} {'level' if row.levels == 1 else 'levels'}, {row.bits} bits"
        place = (getattr(row, cost), row.accuracy)
        for offset, side in _SIDES:
            look = {"textcoords": "offset points", "fontsize": 5.5, "ha": side, "va": "center", "color": GREY}
            text = axis.annotate(name, place, xytext=offset, **look)
            # Else the panel would shrink to hold what leaves it.
            text.set_in_layout(False)
            box = text.get_window_extent()
            inside = axis.bbox.x0 + _MARGIN < box.x0 and box.x1 < axis.bbox.x1
            inside = inside and axis.bbox.y0 < box.y0 and box.y1 < axis.bbox.y1
            if inside and not any(box.overlaps(other) for other in taken):
                taken.append(box)
                break
            text.remove()


def _boxes(axis: Axes) -> list[Any]:
    """Return where a panel has marks, lines and bars of errors, in pixels, cut into small boxes."""
    from matplotlib.transforms import Bbox

    paths = [axis.transData.transform(np.ma.getdata(each.get_offsets())) for each in axis.collections]
    segments = [
        [line.get_transform().transform(segment) for segment in line.get_segments()]
        for line in axis.collections
        if hasattr(line, "get_segments")
    ]
    lines = [axis.transData.transform(line.get_xydata()) for line in axis.lines]
    places = [places for places in paths if len(places)]
    for corners in [*(each for own in segments for each in own), *(each for each in lines if len(each) > 1)]:
        shares = np.linspace(0, 1, 60)[:, None]
        places += [start + shares * (end - start) for start, end in pairwise(corners)]
    found = np.concatenate(places)
    return [Bbox.from_extents(x - 2, y - 2, x + 2, y + 2) for x, y in found[np.isfinite(found).all(axis=1)]]


def _add_legend(figure: Figure, platforms: Iterable[str], markers: Mapping[str, str], swept: Iterable[str]) -> None:
    """Say what colours (platforms) and shapes (networks) mean."""
    axis = figure.axes[-1]
    for platform in platforms:
        axis.scatter([], [], s=16, color=colour_of(platform), label=label_of(platform))
    for setup in swept:
        label = f"{label_of(_chips()[setup])}, other levels and bits"
        axis.scatter([], [], color=colour_of(setup), label=label, **_SWEPT)
    for network, marker in markers.items():
        axis.scatter([], [], s=16, color=GREY, marker=marker, label=f"network {network}")
    axis.scatter([], [], label="published (SHD)", **PUBLISHED)
    figure.legend(loc="outside right upper", fontsize=6)
