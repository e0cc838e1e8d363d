"""Paper Figure 9: accuracy over the bits of a weight."""

from itertools import cycle

import pandas as pd
from matplotlib.figure import Figure

from delaysnn.report.style import COLUMN_INCHES, NETWORK_COLOURS, name_dataset, new_figure


def draw_quantisation(table: pd.DataFrame) -> Figure:
    """Draw mean and deviation over seeds from the table ``quantisation``: a line over Loihi's bits, Seneca's format as
    a point beside it, the float network as a dotted line.
    """
    figure = new_figure(COLUMN_INCHES, 2.6)
    axis = figure.subplots()
    table = table.assign(ours_sd=table["ours_sd"].fillna(0))
    widths = sorted(table.loc[table["platform"] == "loihi", "bits"].unique())
    beside = widths[-1] + 2
    for colour, (network, rows) in zip(cycle(NETWORK_COLOURS), table.groupby("network", sort=False), strict=False):
        looks = {"color": colour, "marker": "o", "markersize": 3, "capsize": 2}
        quantised = rows[rows["platform"] == "loihi"].sort_values("bits")
        axis.errorbar(
            quantised["bits"], quantised["ours_mean"], quantised["ours_sd"], label=f"network {network}", **looks
        )
        for row in rows[rows["platform"] == "seneca"].itertuples():
            axis.errorbar([beside], [row.ours_mean], [row.ours_sd], **looks)
        for value in rows.loc[rows["platform"] == "pytorch", "ours_mean"]:
            axis.axhline(value, color=colour, linestyle=":", linewidth=0.8)
    axis.set_xticks([*widths, beside], [*map(str, widths), "bfloat16"])
    axis.set_xlabel("bits a weight, sign included")
    axis.set_ylabel("accuracy (%)")
    axis.legend(loc="lower right")
    name_dataset(figure, table["dataset"].iloc[0], f"dotted lines: float; {int(table['seeds'].max())} seeds")
    return figure
