"""Paper Table III as a picture: energy, latency and memory of every network on every platform."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from delaysnn.paper.style import PAGE_INCHES, PLATFORM_NAMES, PUBLISHED, name_dataset, new_figure
from delaysnn.paper.tables import select

_COLOURS = {"loihi_1core": "#0072b2", "seneca_scdq": "#d55e00", "seneca_software": "#e69f00"}
_QUANTITIES = {"energy": "energy (µJ)", "latency": "latency (ms)", "memory": "memory (Mbit)"}


def draw_energy(table: pd.DataFrame) -> Figure:
    """Draw Table III: a bar a network and platform with its deviation, the published value as a diamond."""
    figure = new_figure(PAGE_INCHES, 2.4)
    networks = list(dict.fromkeys(table["network"]))
    for axis, (quantity, label) in zip(figure.subplots(1, len(_QUANTITIES)), _QUANTITIES.items(), strict=True):
        for index, (platform, colour) in enumerate(_COLOURS.items()):
            rows = select(table, platform=platform, quantity=quantity).set_index("network").reindex(networks)
            places = np.arange(len(networks)) + 0.27 * (index - 1)
            axis.bar(places, rows["ours_mean"], 0.25, color=colour, label=PLATFORM_NAMES[platform])
            axis.errorbar(places, rows["ours_mean"], rows["ours_sd"].fillna(0), fmt="none", color="black", lw=0.7)
            axis.scatter(places, rows["published"].astype(float), **PUBLISHED)
        axis.set_xticks(range(len(networks)), networks)
        axis.set_xlabel("network")
        axis.set_ylabel(label)
    handles, names = figure.axes[0].get_legend_handles_labels()
    handles.append(figure.axes[0].scatter([], [], **PUBLISHED))
    figure.legend(handles, [*names, "published (SHD)"], loc="outside upper center", ncols=len(handles))
    seeds = int(table["seeds"].max())
    name_dataset(figure, table["dataset"].iloc[0], f"bars: estimates, fitted to Table III; {seeds} seeds")
    return figure
