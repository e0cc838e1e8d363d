"""LUTs and speed of the engine on an FPGA, with each delay structure."""

import pandas as pd

from delaysnn.report.registry import figure
from delaysnn.report.style import PAGE_INCHES, Figure, colour_of, label_of, new_figure
from delaysnn.report.tables.fpga import simulated_engines

_MARKERS = "os^vDP"
# What is drawn, the first that all engines have.
_SPEEDS = {"samples_per_second": "samples a second", "fmax": "clock (MHz)"}


@figure(
    title="Area and speed of the engine on an FPGA",
    caption="""
    LUTs of the whole engine over its speed: one point for each network and delay structure, one panel for each width of
    weights. The speed is samples a second if all these engines were simulated, else the clock. Right and down is
    better.
    """,
    section="Delay queues",
    place=140,
    inputs=lambda study: {"fpga": study.table("fpga")},
    when=lambda study: study.engines,
    of_data=simulated_engines,
)
def draw_fpga(fpga: pd.DataFrame) -> Figure:
    """Draw LUTs over samples a second, or over the clock unless all have those, from the table of this name."""
    ours = fpga[fpga["bits"].notna()]
    points = ours.pivot_table(
        index=["bits", "network", "platform"], columns="quantity", values="ours_mean", sort=False
    ).reset_index()
    speed, label = next(
        (name, label) for name, label in _SPEEDS.items() if name in points and points[name].notna().all()
    )
    panels = sorted(points["bits"].unique())
    markers = dict(zip(dict.fromkeys(points["network"]), _MARKERS * len(points), strict=False))
    figure = new_figure(PAGE_INCHES, 2.8)
    axes = figure.subplots(1, len(panels), sharex=True, sharey=True, squeeze=False)[0]
    for axis, bits in zip(axes, panels, strict=True):
        for row in points[points["bits"] == bits].to_dict("records"):
            looks = {"color": colour_of(row["platform"]), "marker": markers[row["network"]]}
            axis.plot([row[speed]], [row["luts"] / 1000], linestyle="none", markersize=4, **looks)
        axis.set_title(f"{bits} bits a weight")
        axis.set_xlabel(label)
        axis.set_xlim(0)
        axis.set_ylim(0)
    axes[0].set_ylabel("thousand LUTs")
    for name in dict.fromkeys(points["platform"]):
        axes[-1].plot([], [], "s", color=colour_of(name), markersize=4, label=label_of(name))
    for name, marker in markers.items():
        axes[-1].plot([], [], marker, color="black", markersize=4, label=f"network {name}")
    axes[-1].legend(loc="center left", bbox_to_anchor=(1, 0.5))
    return figure
