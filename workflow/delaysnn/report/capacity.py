"""Paper Figure 11: what delay queues must hold, over delay levels and over neurons."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from delaysnn.report.style import PAGE_INCHES, PLATFORM_NAMES, PUBLISHED, QUEUE_COLOURS, new_figure
from delaysnn.report.tables import COLUMNS


def capacity_table(references: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """Return the published sizes beside ours, one a row; they are exact and depend on no data set."""
    rows = pd.DataFrame(references)
    rows = rows.rename(columns={"ours": "ours_mean"}).assign(network="", ours_sd=float("nan"), seeds=0, dataset="none")
    return rows.assign(difference=rows["ours_mean"] - rows["published"])[COLUMNS]


def draw_capacity(curves: Sequence[Mapping[str, Any]], tops: Mapping[str, float], fixed: int = 8) -> Figure:
    """Draw events over delay levels at ``fixed`` neurons, and the other way round, with the published tops."""
    table = pd.DataFrame(curves)
    figure = new_figure(PAGE_INCHES, 2.5)
    panels = (
        ("delay_levels", "neurons", "delay levels", "delay_levels_16_neurons_8"),
        ("neurons", "delay_levels", "neurons", "neurons_16_delay_levels_8"),
    )
    for axis, (varied, held, label, top) in zip(figure.subplots(1, 2), panels, strict=True):
        for structure in ("shared_queue", "scdq"):
            rows = table[(table["structure"] == structure) & (table[held] == fixed)].sort_values(varied)
            axis.plot(rows[varied], rows["events"], color=QUEUE_COLOURS[structure], label=PLATFORM_NAMES[structure])
        axis.scatter([16], [tops[top]], label="published", **PUBLISHED)
        axis.set_xlabel(label)
        axis.set_ylabel("events to hold, every neuron firing")
        axis.set_title(f"{fixed} {held.replace('_', ' ')}")
        axis.set_ylim(0)
    axis.legend(loc="upper left")
    return figure
