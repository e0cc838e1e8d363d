"""Accuracy over memory, and over energy: every network of the search's last round, and the best within each budget."""

from collections.abc import Mapping
from statistics import mean
from typing import Any

from delaysnn.frontier.budgets import ENERGY, MEMORY, QUANTITIES, Quantity
from delaysnn.report.registry import figure
from delaysnn.report.style import (
    COLUMN_INCHES,
    GREY,
    NETWORK_COLOURS,
    PAGE_INCHES,
    Axes,
    Figure,
    label_of,
    name_dataset,
    new_figure,
)


@figure(
    title="Accuracy over memory and energy",
    caption=lambda study: (
        f"""
    Every network of the search's last round: validation accuracy, a mean over seeds, over its memory{
            ", and over the energy of an inference (counted from constants alone, for networks that the chip runs)"
            if _energies(study)
            else ""
        }. The line joins the best network of each budget. These were chosen among many, so their validation accuracy is
    too high; circles are the same networks on the test samples.
    """
    ),
    section=None,
    place=30,
    inputs=lambda study: {"frontier": study.files["frontier"]},
)
def draw_frontier(frontier: Mapping[str, Any]) -> Figure:
    """Draw what :func:`delaysnn.frontier.results.summarise` returns, a panel for each quantity that has budgets."""
    shown = [quantity for key, quantity in QUANTITIES.items() if key in frontier]
    figure = new_figure(PAGE_INCHES if len(shown) > 1 else COLUMN_INCHES, 2.6)
    for axis, quantity in zip(figure.subplots(1, len(shown), sharey=True, squeeze=False)[0], shown, strict=True):
        _draw(axis, frontier, quantity)
    figure.axes[0].set_ylabel("accuracy (%)")
    handles, labels = figure.axes[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside upper left", ncols=3, fontsize=6)
    name_dataset(figure, frontier["dataset"], "chosen by validation samples")
    return figure


def _draw(axis: Axes, frontier: Mapping[str, Any], quantity: Quantity) -> None:
    def taken(candidate: Mapping[str, Any]) -> float:
        value = candidate[quantity.taken]
        return mean(value) if isinstance(value, list) else value

    known = {name: each for name, each in frontier["candidates"].items() if quantity.taken in each}
    tried = [(taken(each), mean(each["validation"])) for each in known.values()]
    axis.scatter([place for place, _ in tried], [right for _, right in tried], s=8, color=GREY, label="tried")
    budgets = sorted(map(float, frontier[quantity.key]))
    names = [frontier[quantity.key][f"{budget:g}"] for budget in budgets]
    best = [known[name] for name in names if name]
    if best:
        places, accuracy, tested = zip(
            *((taken(each), mean(each["validation"]), mean(each["test"])) for each in best), strict=True
        )
        # The last winner is still the best at the last budget.
        ends = [*places, budgets[-1]], [*accuracy, accuracy[-1]]
        axis.step(*ends, where="post", color=NETWORK_COLOURS[0], zorder=0, label="best in validation")
        looks: dict[str, Any] = {"facecolors": "none", "edgecolors": NETWORK_COLOURS[1]}
        axis.scatter(places, tested, s=18, label="the same, test", **looks)
    axis.set_xscale("log")
    axis.set_xticks(budgets, [f"{budget:g}" for budget in budgets])
    axis.minorticks_off()
    chips = ", ".join(dict.fromkeys(label_of(each["energy_by"]) for each in known.values() if quantity == ENERGY))
    axis.set_xlabel("memory (kB)" if quantity == MEMORY else f"energy (µJ), counted{chips and f': {chips}'}")


def _energies(study: Any) -> bool:
    return bool(study.config["frontier"].get("budgets_uj"))
