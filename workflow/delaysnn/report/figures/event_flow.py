"""Paper Figure 3: the delay queue's events over three steps."""

from collections.abc import Mapping
from typing import Any

from delaysnn.report.registry import figure
from delaysnn.report.style import LIGHT_GREY, NETWORK_COLOURS, PAGE_INCHES, Axes, Figure, add_box, new_figure


@figure(
    title="Figure 3: events in the delay queue",
    caption="""
    The paper's example, from the simulator: axon A has weights at delays 0 and 1, axon B at delay 2. Both fire at step
    0. An event enters once, with its counter at the highest value. It circulates until its last useful delay, with the
    counter one lower at each step. EOT swaps the queues.
    """,
    section="Delay queues",
    place=10,
    inputs=lambda study: {"events": study.files["events"]},
    when=lambda study: study.has("seneca"),
    of_data=False,
)
def draw_event_flow(events: Mapping[str, Any]) -> Figure:
    """Draw each step's events: in the PRQ with their counters, delivered with their delays, and kept in the POQ."""
    figure = new_figure(PAGE_INCHES, 1.9)
    axes = figure.subplots(1, len(events["steps"]))
    for number, (axis, step) in enumerate(zip(axes, events["steps"], strict=True)):
        arriving = ", ".join(events["arrivals"][number]) or "none"
        axis.set_title(f"time step {number}: spikes arriving: {arriving}")
        rows = (
            ("PRQ", step["waiting"], "counter"),
            ("out", step["delivered"], "delay"),
            ("POQ", step["kept"], "counter"),
        )
        for row, (name, those, label) in enumerate(rows):
            axis.text(-0.1, -row, name, ha="right", va="center", fontsize=7)
            for place, (axon, value) in enumerate(those):
                _event(axis, place, -row, f"{events['axons'][axon]}, {label} {value}", NETWORK_COLOURS[axon])
            if name == "PRQ":
                _event(axis, len(those), -row, "EOT", LIGHT_GREY)
        axis.set_xlim(-0.5, 3.1)
        axis.set_ylim(-2.5, 0.5)
        axis.axis("off")
    return figure


def _event(axis: Axes, place: float, height: float, text: str, colour: str) -> None:
    add_box(axis, place, height - 0.3, 0.9, 0.6, facecolor=colour, edgecolor="none", alpha=0.35)
    axis.text(place + 0.45, height, text, ha="center", va="center", fontsize=6)
