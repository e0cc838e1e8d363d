"""The cost models' errors on networks left out of the fit."""

from itertools import cycle

import numpy as np
import pandas as pd

from delaysnn.costs.lines import MECHANISM, NULL_MODELS
from delaysnn.report.registry import figure
from delaysnn.report.style import NETWORK_COLOURS, PAGE_INCHES, Figure, label_of, new_figure


@figure(
    title="Errors of the cost models",
    caption=lambda study: (
        f"""
    Error for each network of the paper predicted from the other two; the grey band is 10 %. Grey marks are null
    models: straight lines in the width of the hidden layers, or in the parameters kept, which know nothing of a
    chip. A cost model shows something only where it misses less than they do. {
            study.said(
                loihi="On three cores one network is published, so that nothing can be fitted there. Loihi's latency "
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
    figure = new_figure(PAGE_INCHES, 2.2)
    axes = figure.subplots(1, len(quantities), sharey=True, squeeze=False)[0]
    for axis, quantity in zip(axes, quantities, strict=True):
        axis.axhspan(-10, 10, color="#eef1f3", zorder=0)
        axis.axhline(0, color="black", linewidth=0.6)
        for marker, model in zip("x+", NULL_MODELS, strict=True):
            own = table[(table["how"] == "left_out") & (table["model"] == model) & (table["quantity"] == quantity)]
            places = [platforms.index(platform) for platform in own["platform"]]
            axis.scatter(places, own["error_pct"], s=10, marker=marker, color="#a9b2ba", linewidths=0.7, label=model)
        for colour, network in zip(cycle(NETWORK_COLOURS), networks, strict=False):
            own = rows[(rows["quantity"] == quantity) & (rows["network"] == network)]
            places = [platforms.index(platform) for platform in own["platform"]]
            axis.scatter(
                np.array(places) + 0.15 * (networks.index(network) - 1),
                own["error_pct"],
                s=16,
                color=colour,
                label=network,
            )
        axis.set_title(quantity.replace("_", " "))
        names = [label_of(platform).replace(", ", "\n").replace(" with ", "\n") for platform in platforms]
        names = [name.replace(" queue", "\nqueue") for name in names]
        axis.set_xticks(range(len(platforms)), names, fontsize=5)
        axis.set_xlim(-0.5, len(platforms) - 0.5)
    axes[0].set_ylabel("error of the network left out (%)")
    handles, names = axes[0].get_legend_handles_labels()
    names = [f"line in {name}" if name in NULL_MODELS else f"network {name}" for name in names]
    figure.legend(handles, names, loc="outside upper center", ncols=len(names), fontsize=6)
    return figure
