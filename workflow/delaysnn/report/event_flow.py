"""Paper Figures 3 and 5: the delay queue's events over three steps, and the table that filters them."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from delaysnn.report.style import COLUMN_INCHES, NETWORK_COLOURS, PAGE_INCHES, add_box, new_figure

_GREY = "#c7cdd3"


def draw_event_flow(trace: Mapping[str, Any]) -> Figure:
    """Draw each step's events: in the PRQ with their counters, delivered with their delays, and kept in the POQ."""
    figure = new_figure(PAGE_INCHES, 1.9)
    axes = figure.subplots(1, len(trace["steps"]))
    for number, (axis, step) in enumerate(zip(axes, trace["steps"], strict=True)):
        arriving = ", ".join(trace["arrivals"][number]) or "none"
        axis.set_title(f"time step {number}: spikes arriving: {arriving}")
        rows = (
            ("PRQ", step["waiting"], "counter"),
            ("out", step["delivered"], "delay"),
            ("POQ", step["kept"], "counter"),
        )
        for row, (name, events, label) in enumerate(rows):
            axis.text(-0.1, -row, name, ha="right", va="center", fontsize=7)
            for place, (axon, value) in enumerate(events):
                _event(axis, place, -row, f"{trace['axons'][axon]}, {label} {value}", NETWORK_COLOURS[axon])
            if name == "PRQ":
                _event(axis, len(events), -row, "EOT", _GREY)
        axis.set_xlim(-0.5, 3.1)
        axis.set_ylim(-2.5, 0.5)
        axis.axis("off")
    return figure


def draw_filter(trace: Mapping[str, Any]) -> Figure:
    """Draw WVU, one row an axon, and until which counter each axon's events circulate."""
    useful = np.array(trace["useful"])
    figure = new_figure(COLUMN_INCHES, 1.5)
    axis = figure.subplots()
    for row, name in enumerate(trace["axons"]):
        for delay in range(useful.shape[1]):
            colour = NETWORK_COLOURS[row] if useful[row, delay] else "white"
            add_box(axis, delay - 0.4, -row - 0.3, 0.8, 0.6, facecolor=colour, edgecolor=_GREY)
            axis.text(delay, -row, str(int(useful[row, delay])), ha="center", va="center", fontsize=8)
        zeros = trace["leading_zeros"][row]
        text = f"leading zeros {zeros}: leaves after counter {zeros}"
        axis.text(useful.shape[1] - 0.3, -row, text, va="center", fontsize=7)
        axis.text(-0.7, -row, name, ha="right", va="center", fontsize=8)
    for delay in range(useful.shape[1]):
        axis.text(delay, 0.55, f"delay {delay}", ha="center", fontsize=7)
    axis.set_xlim(-1, useful.shape[1] + 3.2)
    axis.set_ylim(-len(useful) + 0.4, 0.9)
    axis.axis("off")
    return figure


def _event(axis: Axes, place: float, height: float, text: str, colour: str) -> None:
    add_box(axis, place, height - 0.3, 0.9, 0.6, facecolor=colour, edgecolor="none", alpha=0.35)
    axis.text(place + 0.45, height, text, ha="center", va="center", fontsize=6)
