"""Where the gates of the delay queues go: by part, over depth and over delays."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from delaysnn.report.registry import figure
from delaysnn.report.style import GREY, PAGE_INCHES, QUEUE_COLOURS, Axes, Figure, add_note, label_of, new_figure

# What readers see of a part, and its colour.
_PARTS = {"control": ("control", "#3a8fc7"), "filter": ("filter", "#bb7a00"), "wvu": ("WVU", "#009e73")}


@figure(
    title="Where the gates of a delay queue go",
    caption="""
    Two queues of 2048 events each. Left: gates by part, with the queues in SRAM. Middle: queues in flip-flops take more
    gates than all else in SCDQ from about a hundred events on. Right: the control of a queue with one FIFO a delay
    grows with the number of delays; that of SCDQ hardly grows.
    """,
    section="Delay queues",
    place=120,
    inputs=lambda study: {"area": study.files["area"]},
    when=lambda study: study.has("seneca"),
    of_data=False,
)
def draw_area(area: Mapping[str, Any]) -> Figure:
    """Draw gates by part where SRAM holds the queues, gates over depth in flip-flops, and control over delays."""
    sizes = area["sizes"]
    table = pd.DataFrame(area["rows"]).assign(gates=lambda frame: (frame["combinational"] + frame["flip_flops"]) / 1000)
    figure = new_figure(PAGE_INCHES, 2.6)
    by_part, over_depth, over_delays = figure.subplots(1, 3)
    in_sram = table[table["queues"] == "sram"]
    _draw_parts(by_part, in_sram[(in_sram["delays"] == sizes["delays"]) & (in_sram["depth"] == sizes["depth"])])
    _draw_depth(over_depth, table[(table["queues"] == "flip_flop") & (table["delays"] == sizes["delays"])])
    _draw_delays(over_delays, in_sram[(in_sram["part"] == "control") & (in_sram["depth"] == sizes["depth"])])
    add_note(figure, f"{sizes['axons']} axons, {sizes['delays']} delays, {sizes['depth']} events a queue")
    return figure


def _draw_parts(axis: Axes, table: pd.DataFrame) -> None:
    designs = list(table["design"].unique())
    below = pd.Series(0.0, designs)
    for part, (name, colour) in _PARTS.items():
        gates = table[table["part"] == part].set_index("design")["gates"]
        axis.bar(range(len(designs)), gates[designs], 0.6, below[designs], color=colour, label=name)
        below += gates
    axis.set_xticks(range(len(designs)), [label_of(design).replace(", ", ",\n") for design in designs])
    axis.set_ylabel("thousand gate equivalents")
    axis.set_title("queues in SRAM")
    axis.legend(loc="upper left")


def _draw_depth(axis: Axes, table: pd.DataFrame) -> None:
    queues = table[table["part"] == "queues"].groupby("depth")["gates"].sum()
    others = table[table["part"] != "queues"].groupby("depth")["gates"].sum()
    axis.plot(queues.index, queues, "o-", color=QUEUE_COLOURS["scdq"], markersize=3, label="queues")
    axis.plot(others.index, others, "s-", color=GREY, markersize=3, label="all else")
    axis.set_xscale("log", base=2)
    _count_in_decades(axis)
    axis.set_xlabel("events a queue")
    axis.set_title("SCDQ, queues in flip-flops")
    axis.legend(loc="upper left")


def _draw_delays(axis: Axes, table: pd.DataFrame) -> None:
    for design, rows in table.groupby("design", sort=False):
        rows = rows.sort_values("delays")
        look = {"color": QUEUE_COLOURS[design], "markersize": 3, "label": label_of(design)}
        axis.plot(rows["delays"], rows["gates"], "o-", **look)
    axis.set_xlabel("delays (time steps)")
    axis.set_title("control alone")
    _count_in_decades(axis)
    axis.legend(loc="center right", fontsize=6)


def _count_in_decades(axis: Axes) -> None:
    from matplotlib.ticker import LogLocator, NullFormatter, ScalarFormatter

    axis.set_yscale("log")
    axis.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axis.yaxis.set_major_formatter(ScalarFormatter())
    axis.yaxis.set_minor_formatter(NullFormatter())
