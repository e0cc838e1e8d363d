"""Accuracy of the networks with learned delays beside that of the spiking baselines."""

from collections.abc import Collection

import pandas as pd

from delaysnn.report.registry import figure
from delaysnn.report.style import COLUMN_INCHES, GREY, NETWORK_COLOURS, Figure, name_dataset, new_figure
from delaysnn.report.tidy import select

_LOOKS = {
    True: {"color": NETWORK_COLOURS[0], "label": "delays learned"},
    False: {"color": GREY, "label": "baseline"},
}


@figure(
    title="Learned delays beside controls",
    caption="""
    Accuracy of every spiking network, the best on top, beside its number of weights: mean ± standard deviation over
    seeds. The controls were trained as long as the networks with learned delays. They have no delays, recurrence
    instead of delays, or delays that were drawn at random and never changed. Table comparisons says which networks
    differ.
    """,
    section="Accuracy",
    place=30,
    inputs=lambda study: {"table": study.table("baselines")},
    params=lambda study: {
        "learned": [
            name
            for name, network in study.networks.items()
            if (network["delays"] or bool(network["input_delays"])) in (True, "learned")
        ]
    },
)
def draw_baselines(table: pd.DataFrame, learned: Collection[str]) -> Figure:
    """Draw the spiking networks of the table ``baselines``, which have parameters; ``learned`` are no baselines."""
    weights = select(table, quantity="parameters").set_index("network")["ours_mean"]
    rows = select(table, quantity="accuracy", phase=None)
    rows = rows[rows["network"].isin(weights.index)].sort_values("ours_mean", kind="stable", ignore_index=True)
    figure = new_figure(COLUMN_INCHES, 0.28 * len(rows) + 1)
    axis = figure.subplots()
    for whether, look in _LOOKS.items():
        own = rows[rows["network"].isin(learned) == whether]
        if len(own):
            axis.errorbar(own["ours_mean"], own.index, xerr=own["ours_sd"].fillna(0), fmt="o", ms=4, capsize=2, **look)
    axis.set_yticks(rows.index, [f"{name} ({weights[name]:,.0f})" for name in rows["network"]])
    axis.set_ylabel("network (weights)")
    axis.set_xlabel("accuracy (%)")
    axis.grid(axis="y", color="#e3e6e9", linewidth=0.6)
    axis.legend(loc="lower right")
    name_dataset(figure, table["dataset"].iloc[0], f"bars: deviation; {int(rows['seeds'].max())} seeds")
    return figure
