"""Paper Figure 11: what delay queues must hold, over delay levels and over neurons."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from delaysnn.report.registry import figure
from delaysnn.report.style import PAGE_INCHES, PUBLISHED, QUEUE_COLOURS, Figure, label_of, new_figure

# Neurons, or delay levels, of which the paper draws the other.
_FIXED = 8


@figure(
    title="Figure 11: capacity of delay queues",
    caption="""
    Events that a shared delay queue (one FIFO a level) and SCDQ must hold if every neuron fires. The first grows with
    the square of the delay levels, SCDQ linearly. Diamonds: the paper's largest values.
    """,
    section="Delay queues",
    place=100,
    inputs=lambda study: {key: study.files[key] for key in ("capacity", "published")},
    when=lambda study: study.has("seneca"),
    of_data=False,
)
def draw_capacity(capacity: Mapping[str, Any], published: Mapping[str, Any]) -> Figure:
    """Draw events over delay levels at a fixed number of neurons, and the other way round, with the published tops."""
    table = pd.DataFrame(capacity["curves"])
    tops = published["capacity_references"]["figure_11_tops"]
    figure = new_figure(PAGE_INCHES, 2.5)
    panels = (
        ("delay_levels", "neurons", "delay levels", "delay_levels_16_neurons_8"),
        ("neurons", "delay_levels", "neurons", "neurons_16_delay_levels_8"),
    )
    for axis, (varied, held, label, top) in zip(figure.subplots(1, 2), panels, strict=True):
        for structure in ("shared_queue", "scdq"):
            rows = table[(table["structure"] == structure) & (table[held] == _FIXED)].sort_values(varied)
            axis.plot(rows[varied], rows["events"], color=QUEUE_COLOURS[structure], label=label_of(structure))
        axis.scatter([16], [tops[top]], label="published", **PUBLISHED)
        axis.set_xlabel(label)
        axis.set_ylabel("events to hold, every neuron firing")
        axis.set_title(f"{_FIXED} {held.replace('_', ' ')}")
        axis.set_ylim(0)
    axis.legend(loc="upper left")
    return figure
