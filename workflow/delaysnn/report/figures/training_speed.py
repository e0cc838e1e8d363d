"""A training epoch, ours beside other libraries', each by its fastest formulation."""

import pandas as pd

from delaysnn.report.registry import figure
from delaysnn.report.style import NETWORK_COLOURS, PAGE_INCHES, Axes, Figure, name_dataset, new_figure


@figure(
    title="Training beside other libraries",
    caption="""
    Time of a whole epoch with data read from disk, ours beside other libraries. Each library has its fastest
    formulation. Hidden layers have leaky (lif) or adaptive (adlif) neurons.
    """,
    section=None,
    place=10,
    inputs=lambda study: {"table": study.files["training_speed"]},
    params=lambda study: {"dataset": study.dataset},
    of_data=False,
)
def draw_training_speed(table: pd.DataFrame, dataset: str) -> Figure:
    """Draw wall time a sample of each library's fastest formulation, a row of panels a neuron, a panel a setting."""
    neurons = table["neuron"].unique()
    figure = new_figure(PAGE_INCHES, 1 + 1.6 * len(neurons))
    cells = list(
        table[["steps", "threads"]].drop_duplicates().sort_values(["steps", "threads"]).itertuples(index=False)
    )
    grid = figure.subplots(len(neurons), len(cells), sharey="row", squeeze=False)
    for neuron, axes in zip(neurons, grid, strict=True):
        for (steps, threads), axis in zip(cells, axes, strict=True):
            rows = table[(table["neuron"] == neuron) & (table["steps"] == steps) & (table["threads"] == threads)]
            _draw_panel(axis, rows)
            axis.set_title(f"{neuron}, {steps} steps, {threads} thread{'s' * (threads > 1)}")
        axes[0].invert_yaxis()
    name_dataset(figure, dataset, "a whole epoch from disk, median; numbers: times our wall time")
    return figure


def _draw_panel(axis: Axes, rows: pd.DataFrame) -> None:
    best = rows.loc[rows.groupby("library")["wall_ms_a_sample"].idxmin()].sort_values("wall_ms_a_sample")
    colours = [NETWORK_COLOURS[1] if library == "ours" else NETWORK_COLOURS[0] for library in best["library"]]
    bars = axis.barh(best["library"], best["wall_ms_a_sample"], color=colours)
    axis.bar_label(bars, [f"{ratio:.1f}x" for ratio in best["ratio"]], padding=2, fontsize=6)
    axis.set_xlabel("ms a sample")
    axis.margins(x=0.2)
