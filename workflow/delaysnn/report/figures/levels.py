"""Accuracy over the delay levels that pruning keeps, and over as many that it did not choose."""

from itertools import cycle

import pandas as pd

from delaysnn.report.registry import figure
from delaysnn.report.style import COLUMN_INCHES, LIGHT_GREY, NETWORK_COLOURS, Figure, name_dataset, new_figure

# How a control chose its levels, and how its line is drawn.
_CONTROLS = {"random": ("levels drawn at random", "--"), "coarse": ("even levels from the start", ":")}


@figure(
    title="How many delays a synapse needs",
    caption="""
    Accuracy over the number of delay levels that pruning keeps; the grey line marks the deployed number. Two controls
    of the first network have as many levels, but no weight chose them: drawn at random (dashed), or evenly spaced and
    trained with these alone from the start (dotted). Table comparisons says where they differ from pruning.
    """,
    section="Accuracy",
    place=80,
    inputs=lambda study: {"table": study.table("levels")},
    params=lambda study: {"kept": study.config["delays"]["keep"], "all_levels": study.all_levels},
    when=lambda study: study.swept,
)
def draw_levels(table: pd.DataFrame, kept: int, all_levels: int) -> Figure:
    """Draw the table ``levels``; the deployed networks have ``kept`` of them, and ``all_levels`` before pruning."""
    figure = new_figure(COLUMN_INCHES, 3.2)
    axis = figure.subplots()
    rows = table.assign(control=table["control"].fillna("")).sort_values("levels", kind="stable")
    for colour, network in zip(cycle(NETWORK_COLOURS), table["network"].unique(), strict=False):
        for control, own in rows[rows["network"] == network].groupby("control"):
            wording, line = _CONTROLS.get(control, ("", "-"))
            axis.errorbar(
                own["levels"],
                own["ours_mean"],
                own["ours_sd"].fillna(0),
                color=colour,
                linestyle=line,
                marker="o",
                markersize=3,
                markerfacecolor="white" if control else colour,
                capsize=2,
                label=f"{network}, {wording}" if control else f"network {network}",
            )
    axis.axvline(kept, color=LIGHT_GREY, linewidth=0.8, zorder=0)
    axis.set_xlabel(f"delay levels kept, of {all_levels}")
    axis.set_ylabel("accuracy (%)")
    axis.xaxis.get_major_locator().set_params(integer=True)
    figure.legend(loc="outside upper left", ncols=2, fontsize=6.5)
    name_dataset(figure, table["dataset"].iloc[0], f"line: deployed; {int(table['seeds'].max())} seeds")
    return figure
