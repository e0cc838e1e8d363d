"""The cost models' errors on networks left out of the fit."""

from itertools import cycle

import pandas as pd

from delaysnn.costs.lines import MECHANISM, NULL_MODELS
from delaysnn.report.registry import figure
from delaysnn.report.style import LIGHT_GREY, NETWORK_COLOURS, PAGE_INCHES, Figure, label_of, new_figure
from delaysnn.report.wide import spoken


@figure(
    title="Errors of the cost models",
    caption=lambda study: (
        f"""
    Error of the cost model for each network of the paper, predicted from the other two; the grey band is 10 %. Grey
    marks are null models, which know nothing of a chip: straight lines in the width of the hidden layers, or in the
    parameters kept. A cost model shows a mechanism only where its error is smaller than theirs. {
            study.said(
                loihi="On three cores one network is published, so nothing can be fitted there. Loihi's latency "
                "is left out: the paper prints one number for all three networks."
            )
        }
    """
    ),
    section="Trust",
    place=20,
    inputs=lambda study: {"table": study.table("validation")},
    when=lambda study: study.validated,
    of_data=False,
)
def draw_validation(table: pd.DataFrame) -> Figure:
    """Draw the error of every left-out network, one panel a quantity, those of the null models in grey."""
    rows = table[(table["how"] == "left_out") & (table["model"] == MECHANISM)]
    quantities = list(dict.fromkeys(rows["quantity"]))
    platforms = list(dict.fromkeys(rows["platform"]))
    networks = list(dict.fromkeys(rows["network"]))
    figure = new_figure(PAGE_INCHES, 0.9 + 0.4 * len(platforms))
    axes = figure.subplots(1, len(quantities), sharex=True, sharey=True, squeeze=False)[0]
    for axis, quantity in zip(axes, quantities, strict=True):
        axis.axvspan(-10, 10, color="#eef1f3", zorder=0)
        axis.axvline(0, color="black", linewidth=0.6)
        for marker, model in zip("x+", NULL_MODELS, strict=True):
            own = table[(table["how"] == "left_out") & (table["model"] == model) & (table["quantity"] == quantity)]
            places = [platforms.index(platform) + 0.3 for platform in own["platform"]]
            look = {"marker": marker, "color": LIGHT_GREY, "linewidths": 0.8, "label": f"line in {model}"}
            axis.scatter(own["error_pct"], places, s=14, **look)
        for colour, network in zip(cycle(NETWORK_COLOURS), networks, strict=False):
            own = rows[(rows["quantity"] == quantity) & (rows["network"] == network)]
            shift = 0.15 * (networks.index(network) - 1) - 0.15
            places = [platforms.index(platform) + shift for platform in own["platform"]]
            axis.scatter(own["error_pct"], places, s=18, color=colour, label=f"network {network}")
        axis.set_title(spoken(quantity))
        axis.set_yticks(range(len(platforms)), [label_of(platform) for platform in platforms])
        axis.set_ylim(len(platforms) - 0.5, -0.5)
        axis.tick_params(axis="y", length=0)
    figure.supxlabel("error of the network left out (%)", fontsize=8)
    handles, names = axes[0].get_legend_handles_labels()
    figure.legend(handles, names, loc="outside upper left", ncols=len(names), fontsize=6.5)
    return figure
