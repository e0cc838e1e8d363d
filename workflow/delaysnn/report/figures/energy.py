"""Paper Table III as a picture: energy, latency and memory of every network on every platform."""

from typing import Any

import numpy as np
import pandas as pd

from delaysnn.report.estimates import preferred
from delaysnn.report.registry import figure
from delaysnn.report.style import (
    MODEL_ERROR,
    PAGE_INCHES,
    PUBLISHED,
    Figure,
    colour_of,
    label_of,
    name_dataset,
    new_figure,
)
from delaysnn.report.tidy import select

_COUNTED: dict[str, Any] = {"marker": "_", "color": "black", "s": 40, "linewidths": 1.2}
_QUANTITIES = {"energy": "energy (µJ)", "latency": "latency (ms)", "memory": "memory (Mbit)"}


@figure(
    title="Table III as a picture",
    caption=lambda study: (
        f"""
    Energy, latency and memory of one inference. Bars are ours: calibrated on the paper's Table III or, for a chip of
    your own, counted. The thin black line is the deviation over seeds. The wide grey line is the model's error on a
    network left out of its fit. The dash is counted from constants alone. Diamonds are the paper's values, on SHD.
    {
            study.said(
                fpga="The engine's energy and memory are counted with constants of a chip in 45 nm. Its latency is "
                "simulated with one seed, at the clock of the placed FPGA."
            )
        }
    {study.said(seneca="The difference between purple and orange is what the delay queue in hardware saves.")}
    {study.said(seneca="Energy, and latency on Seneca, grow") or "Energy grows"} with spikes: where bars are lower than
    the diamonds, our networks fire less.
    """
    ),
    section="Energy, latency, memory",
    place=20,
    inputs=lambda study: {"table": study.table("energy")},
    when=lambda study: study.setups("energy"),
)
def draw_energy(table: pd.DataFrame) -> Figure:
    """Draw the table ``energy``; where nothing is calibrated, what is counted is the bar."""
    figure = new_figure(PAGE_INCHES, 2.4)
    networks, platforms = (list(dict.fromkeys(table[key])) for key in ("network", "platform"))
    apart = 0.81 / len(platforms)
    for axis, (quantity, label) in zip(figure.subplots(1, len(_QUANTITIES)), _QUANTITIES.items(), strict=True):
        for index, platform in enumerate(platforms):
            cells = select(table, platform=platform, quantity=quantity)
            rows = preferred(cells).set_index("network").reindex(networks)
            counted = select(cells, how="counted").set_index("network").reindex(networks)
            places = np.arange(len(networks)) + apart * (index - (len(platforms) - 1) / 2)
            means, errors = rows["ours_mean"], rows["ours_mean"] * rows["model_error_pct"].astype(float) / 100
            # What predicts nothing is hatched.
            empty = rows["model_error_pct"].isna().all() and (rows["how"] == "calibrated").any()
            look = {"hatch": "////", "edgecolor": "white", "linewidth": 0} if empty else {}
            axis.bar(places, means, apart * 25 / 27, color=colour_of(platform), label=label_of(platform), **look)
            axis.errorbar(places, means, errors.fillna(0), **MODEL_ERROR)
            axis.errorbar(places, means, rows["ours_sd"].fillna(0), fmt="none", color="black", lw=0.7)
            axis.scatter(places, counted["ours_mean"], **_COUNTED)
            axis.scatter(places, rows["published"].astype(float), **PUBLISHED)
        axis.set_xticks(range(len(networks)), networks)
        axis.set_xlabel("network")
        axis.set_ylabel(label)
    handles, names = figure.axes[0].get_legend_handles_labels()
    handles.append(figure.axes[0].scatter([], [], **PUBLISHED))
    handles.append(figure.axes[0].scatter([], [], **_COUNTED))
    names += ["published (SHD)", "counted, nothing fitted"]
    figure.legend(handles, names, loc="outside upper center", ncols=len(handles), fontsize=6)
    note = (
        f"bars: estimates; black: deviation over {int(table['seeds'].max())} seeds; grey: what the model misses on a "
        "network left out"
    )
    if any(patch.get_hatch() for axis in figure.axes for patch in axis.patches):
        note += "\nHatched: this line predicts nothing on networks left out."
    name_dataset(figure, table["dataset"].iloc[0], note)
    return figure
