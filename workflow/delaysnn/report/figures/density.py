"""Memory of every way to delay spikes over the share of neurons that fire, with our networks where they are."""

from collections.abc import Mapping, Sequence
from itertools import cycle
from typing import Any

from delaysnn.core.metrics import Metrics
from delaysnn.report.registry import figure
from delaysnn.report.style import COLUMN_INCHES, QUEUE_COLOURS, Figure, label_of, name_dataset, new_figure


def _percent(share: float, _: object = None) -> str:
    return f"{100 * share:g} %"


@figure(
    title="Memory of each delay structure over activity",
    caption="""
    Memory that each delay structure needs if this share of the neurons fires at every step. Queues grow with activity,
    ring buffers do not. A spike history of one bit for each axon and step, which the papers leave out, is smaller than
    every queue except at the lowest activities. Lines are for one network's first queue, whose shape is named below;
    lines of smaller networks would be lower. Points are our networks: their mean activity, and the memory that SCDQ
    needed at the busiest step of the busiest sample. The busiest step is one reason why points are above the line.
    """,
    section="Delay queues",
    place=80,
    inputs=lambda study: {"metrics": study.metrics("queues", networks=study.deployed_on["seneca"])},
    when=lambda study: study.has("seneca"),
)
def draw_density(metrics: Sequence[Metrics]) -> Figure:
    """Draw bits over activity density for the first network's shape, and what each network's spikes needed in SCDQ."""
    details: Mapping[str, Any] = metrics[0].details
    figure = new_figure(COLUMN_INCHES * 1.6, 2.8)
    axis = figure.subplots()
    for structure, colour in QUEUE_COLOURS.items():
        if bits := details["curves"].get(structure):
            axis.plot(details["densities"], bits, color=colour, label=label_of(structure))
    markers = dict(zip(dict.fromkeys(entry.network for entry in metrics), cycle("os^vDP"), strict=False))
    for entry in metrics:
        place = entry.details["measured"]["density"], entry.details["measured"]["needed_bits"]
        look = {"color": QUEUE_COLOURS["scdq"], "markersize": 5.5, "markeredgecolor": "white", "linestyle": "none"}
        name = f"network {entry.network} in SCDQ" if entry.seed == metrics[0].seed else None
        axis.plot(*place, markers[entry.network], label=name, **look)
    axis.set_xscale("log")
    axis.set_yscale("log")
    axis.xaxis.set_major_formatter(_percent)
    axis.set_xlabel("share of neurons that fire in a time step")
    axis.set_ylabel("memory (bit)")
    figure.legend(loc="outside right upper", fontsize=6)
    shape = details["shape"]
    note = f"lines: {shape['n_pre']} to {shape['n_post']} neurons, {shape['delays']} delays; points: busiest step"
    name_dataset(figure, metrics[0].dataset, note)
    return figure
