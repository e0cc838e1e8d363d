"""Paper Figure 5: the table that filters the delay queue's events."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from delaysnn.report.registry import figure
from delaysnn.report.style import COLUMN_INCHES, LIGHT_GREY, NETWORK_COLOURS, Figure, add_box, new_figure


@figure(
    title="Figure 5: which events are worth delivering",
    caption="""
    WVU for the same example. An event is delivered where its delay has a one. It leaves the queue when its counter
    equals the number of leading zeros of the row, read with the largest delay first.
    """,
    section="Delay queues",
    place=20,
    inputs=lambda study: {"events": study.files["events"]},
    when=lambda study: study.has("seneca"),
    of_data=False,
)
def draw_filter(events: Mapping[str, Any]) -> Figure:
    """Draw WVU, one row an axon, and until which counter each axon's events circulate."""
    useful = np.array(events["useful"])
    figure = new_figure(COLUMN_INCHES, 1.5)
    axis = figure.subplots()
    for row, name in enumerate(events["axons"]):
        for delay in range(useful.shape[1]):
            colour = NETWORK_COLOURS[row] if useful[row, delay] else "white"
            add_box(axis, delay - 0.4, -row - 0.3, 0.8, 0.6, facecolor=colour, edgecolor=LIGHT_GREY)
            axis.text(delay, -row, str(int(useful[row, delay])), ha="center", va="center", fontsize=8)
        zeros = events["leading_zeros"][row]
        text = f"leading zeros {zeros}: leaves after counter {zeros}"
        axis.text(useful.shape[1] - 0.3, -row, text, va="center", fontsize=7)
        axis.text(-0.7, -row, name, ha="right", va="center", fontsize=8)
    for delay in range(useful.shape[1]):
        axis.text(delay, 0.55, f"delay {delay}", ha="center", fontsize=7)
    axis.set_xlim(-1, useful.shape[1] + 3.2)
    axis.set_ylim(-len(useful) + 0.4, 0.9)
    axis.axis("off")
    return figure
