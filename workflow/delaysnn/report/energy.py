"""Paper Table III as a picture: energy, latency and memory of every network on every platform."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from delaysnn.report.estimates import preferred
from delaysnn.report.style import MODEL_ERROR, PAGE_INCHES, PLATFORM_NAMES, PUBLISHED, name_dataset, new_figure
from delaysnn.report.tables import select

_COLOURS = {"loihi_1core": "#0072b2", "seneca_scdq": "#d55e00", "seneca_software": "#e69f00"}
_QUANTITIES = {"energy": "energy (µJ)", "latency": "latency (ms)", "memory": "memory (Mbit)"}


def draw_energy(table: pd.DataFrame) -> Figure:
    """Draw Table III from the table ``energy``, the published value as a diamond.

    A bar is the calibrated estimate, with a thin line for the deviation over seeds and a wide grey one for what the
    model misses on a network left out of its fit. A dash across it is what is counted with constants alone; where
    nothing is calibrated, that is the bar.
    """
    figure = new_figure(PAGE_INCHES, 2.4)
    networks = list(dict.fromkeys(table["network"]))
    for axis, (quantity, label) in zip(figure.subplots(1, len(_QUANTITIES)), _QUANTITIES.items(), strict=True):
        for index, (platform, colour) in enumerate(_COLOURS.items()):
            cells = select(table, platform=platform, quantity=quantity)
            rows = preferred(cells).set_index("network").reindex(networks)
            counted = select(cells, how="counted").set_index("network").reindex(networks)
            places = np.arange(len(networks)) + 0.27 * (index - 1)
            means, errors = rows["ours_mean"], rows["ours_mean"] * rows["model_error_pct"].astype(float) / 100
            # What predicts nothing is hatched.
            empty = rows["model_error_pct"].isna().all() and (rows["how"] == "calibrated").any()
            look = {"hatch": "////", "edgecolor": "white", "linewidth": 0} if empty else {}
            axis.bar(places, means, 0.25, color=colour, label=PLATFORM_NAMES[platform], **look)
            axis.errorbar(places, means, errors.fillna(0), **MODEL_ERROR)
            axis.errorbar(places, means, rows["ours_sd"].fillna(0), fmt="none", color="black", lw=0.7)
            axis.scatter(places, counted["ours_mean"], marker="_", color="black", s=40, linewidths=1.2)
            axis.scatter(places, rows["published"].astype(float), **PUBLISHED)
        axis.set_xticks(range(len(networks)), networks)
        axis.set_xlabel("network")
        axis.set_ylabel(label)
    handles, names = figure.axes[0].get_legend_handles_labels()
    handles.append(figure.axes[0].scatter([], [], **PUBLISHED))
    handles.append(figure.axes[0].scatter([], [], marker="_", color="black", s=40, linewidths=1.2))
    names += ["published (SHD)", "counted, nothing fitted"]
    figure.legend(handles, names, loc="outside upper center", ncols=len(handles), fontsize=6)
    seeds = int(table["seeds"].max())
    note = "bars: estimates; black: deviation over "
    name_dataset(
        figure, table["dataset"].iloc[0], f"{note}{seeds} seeds; grey: what the model misses on a network left out"
    )
    return figure
