"""Memory of every way to delay spikes over the share of neurons that fire, with our networks where they are."""

from collections.abc import Mapping, Sequence
from itertools import cycle
from typing import Any

from matplotlib.figure import Figure

from delaysnn.core.metrics import Metrics
from delaysnn.report.style import COLUMN_INCHES, PLATFORM_NAMES, QUEUE_COLOURS, name_dataset, new_figure


def draw_density(metrics: Sequence[Metrics]) -> Figure:
    """Draw bits over activity density for the first network's shape, and what each network's spikes needed in SCDQ."""
    details: Mapping[str, Any] = metrics[0].details
    figure = new_figure(COLUMN_INCHES * 1.6, 2.8)
    axis = figure.subplots()
    for structure, colour in QUEUE_COLOURS.items():
        if bits := details["curves"].get(structure):
            axis.plot(details["densities"], bits, color=colour, label=PLATFORM_NAMES[structure])
    markers = dict(zip(dict.fromkeys(entry.network for entry in metrics), cycle("os^vDP"), strict=False))
    for entry in metrics:
        place = entry.details["measured"]["density"], entry.details["measured"]["needed_bits"]
        look = {"color": QUEUE_COLOURS["scdq"], "markersize": 4, "markeredgecolor": "white", "linestyle": "none"}
        label = f"network {entry.network} in SCDQ" if entry.seed == metrics[0].seed else None
        axis.plot(*place, markers[entry.network], label=label, **look)
    axis.set_xscale("log")
    axis.set_yscale("log")
    axis.set_xlabel("share of neurons that fire in a time step")
    axis.set_ylabel("memory (bit)")
    figure.legend(loc="outside right upper", fontsize=6)
    shape = details["shape"]
    note = f"lines: {shape['n_pre']} to {shape['n_post']} neurons, {shape['delays']} delays; points: busiest step"
    name_dataset(figure, metrics[0].dataset, note)
    return figure
