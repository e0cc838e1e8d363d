"""Accuracy over memory: every network of the search's last round, and the best within each budget."""

from collections.abc import Mapping
from statistics import mean
from typing import Any

from delaysnn.report.registry import figure
from delaysnn.report.style import (
    COLUMN_INCHES,
    GREY,
    NETWORK_COLOURS,
    Figure,
    name_dataset,
    new_figure,
)


@figure(
    title="Accuracy over memory",
    caption="""
    Every network of the search's last round: mean accuracy of its seeds on validation samples over its memory. The
    line joins the best of each budget, which the choice among many flatters; circles are the same networks on the
    test samples.
    """,
    section=None,
    place=30,
    inputs=lambda study: {"frontier": study.files["frontier"]},
)
def draw_frontier(frontier: Mapping[str, Any]) -> Figure:
    """Draw what :func:`delaysnn.frontier.results.summarise` returns."""
    figure = new_figure(COLUMN_INCHES, 2.6)
    axis = figure.subplots()
    tried = frontier["candidates"]
    memory, accuracy = zip(*((each["memory_kb"], mean(each["validation"])) for each in tried.values()), strict=True)
    axis.scatter(memory, accuracy, s=8, color=GREY, label="tried")
    budgets = sorted(map(float, frontier["budgets_kb"]))
    best = [tried[frontier["budgets_kb"][f"{budget:g}"]] for budget in budgets]
    memory, accuracy, tested = zip(
        *((each["memory_kb"], mean(each["validation"]), mean(each["test"])) for each in best), strict=True
    )
    # The last winner is still the best at the last budget.
    ends = [*memory, budgets[-1]], [*accuracy, accuracy[-1]]
    axis.step(*ends, where="post", color=NETWORK_COLOURS[0], zorder=0, label="best in validation")
    looks: dict[str, Any] = {"facecolors": "none", "edgecolors": NETWORK_COLOURS[1]}
    axis.scatter(memory, tested, s=18, label="the same, test", **looks)
    axis.set_xscale("log")
    axis.set_xticks(budgets, [f"{budget:g}" for budget in budgets])
    axis.minorticks_off()
    axis.set_xlabel("memory (kB)")
    axis.set_ylabel("accuracy (%)")
    figure.legend(loc="outside upper left", ncols=3, fontsize=6)
    name_dataset(figure, frontier["dataset"], "chosen by validation samples")
    return figure
