"""A training epoch, ours beside other libraries', each by its fastest formulation."""

import pandas as pd

from delaysnn.report.registry import figure
from delaysnn.report.style import NETWORK_COLOURS, PAGE_INCHES, Figure, name_dataset, new_figure


@figure(
    title="Training beside other libraries",
    caption="""
    A whole epoch from disk, ours beside other libraries', each by its fastest formulation.
    """,
    section=None,
    place=10,
    inputs=lambda study: {"table": study.files["training_speed"]},
    params=lambda study: {"dataset": study.dataset},
    of_data=False,
)
def draw_training_speed(table: pd.DataFrame, dataset: str) -> Figure:
    """Draw wall time a sample of each library's fastest formulation, one panel a number of steps and of threads."""
    figure = new_figure(PAGE_INCHES, 2.6)
    groups = list(table.groupby(["steps", "threads"]))
    axes = figure.subplots(1, len(groups), sharey=True, squeeze=False)[0]
    for axis, ((steps, threads), rows) in zip(axes, groups, strict=True):
        best = rows.loc[rows.groupby("library")["wall_ms_a_sample"].idxmin()].sort_values("wall_ms_a_sample")
        colours = [NETWORK_COLOURS[1] if library == "ours" else NETWORK_COLOURS[0] for library in best["library"]]
        bars = axis.barh(best["library"], best["wall_ms_a_sample"], color=colours)
        axis.bar_label(bars, [f"{ratio:.1f}x" for ratio in best["ratio"]], padding=2, fontsize=6)
        axis.set_title(f"{steps} steps, {threads} thread{'s' * (threads > 1)}")
        axis.set_xlabel("ms a sample")
        axis.margins(x=0.2)
    figure.axes[0].invert_yaxis()
    name_dataset(figure, dataset, "a whole epoch from disk, median; numbers: times our wall time")
    return figure
