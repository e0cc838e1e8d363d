"""Paper Figure 8: membrane potentials of one sample in every layer, the platforms over one another."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from delaysnn.core.membranes import Membranes
from delaysnn.report.classes import name_class
from delaysnn.report.registry import figure
from delaysnn.report.style import PAGE_INCHES, Figure, colour_of, label_of, name_dataset, new_figure

_NEURONS = 2
# The reference lies widest and below, so that what covers it agrees with it.
_REFERENCE = 2.6
_OTHERS = (1.4, 0.8)


def liveliest(potentials: np.ndarray, count: int, fires: bool = True) -> np.ndarray:
    """Return the neurons that fire most often in potentials [time, neuron] (threshold 1), most first.

    Of a layer that does not fire, those whose potentials are highest.
    """
    by = (potentials >= 1).sum(axis=0) if fires else potentials.max(axis=0)
    return np.argsort(-by, kind="stable")[:count]


def deviation(one: np.ndarray, other: np.ndarray, whole: float = 1.0) -> float:
    """Return the median distance of two potentials [time, neuron], in percent of the threshold, or of ``whole``."""
    return 100 * float(np.median(np.abs(one - other))) / whole


@figure(
    title="Figure 8: membrane potentials",
    caption=lambda study: (
        f"""
    Potentials of the sample of Figure 7, before the reset, in units of each neuron's threshold. Shown are the two
    neurons of each layer that fire most in floating point. {
            study.said(
                "; ",
                loihi="Loihi's weights are fine-tuned as integers, so its potentials depart from the float ones and a "
                "spike may come a step early or late",
                seneca="Seneca's weights are the float ones rounded, and its potentials are rounded to bfloat16 at "
                "every addition",
                end=".",
            )
        } At the right of each layer is the median distance to floating point, over all its neurons and steps, in
    percent of the threshold. {
            "Output neurons do not fire, since their membranes decide. Those with the highest potentials are shown, in "
            "units of the network's weights; distances are in percent of the potential of largest magnitude."
            if "readout" in study.features(study.shown)
            else ""
        }
    """
    ),
    section="On the chips",
    place=30,
    inputs=lambda study: {
        "card": study.files["card"],
        "membranes": study.traces(
            *(f"{name}_membranes" for name in study.running(study.shown) if name in study.recorded),
            networks=[study.shown],
            seeds=study.seeds[:1],
        ),
    },
    params=lambda study: (
        {"network": study.shown} | ({"silent_output": True} if "readout" in study.features(study.shown) else {})
    ),
)
def draw_membranes(
    membranes: Sequence[Membranes], card: Mapping[str, Any], network: str, silent_output: bool = False
) -> Figure:
    """Draw a row a layer: the neurons that fire most on the first platform, a line a platform, the threshold dotted.

    An output layer that does not fire has no threshold.
    """
    reference, *others = membranes
    widths = [_REFERENCE, *np.geomspace(*_OTHERS, len(others))]
    rows = len(reference.layers)
    names = [*(f"hidden {index}" for index in range(1, rows)), "output"]
    figure = new_figure(PAGE_INCHES, 1.5 * rows)
    axes = figure.subplots(rows, _NEURONS, sharex=True, sharey="row", squeeze=False)
    for row, potentials in enumerate(reference.layers):
        fires = not (silent_output and row == rows - 1)
        whole = 1.0 if fires else float(np.abs(potentials).max()) or 1.0
        for axis, neuron in zip(axes[row], liveliest(potentials, _NEURONS, fires), strict=False):
            if fires:
                axis.axhline(1, color="black", linewidth=0.5, linestyle=":")
            for own, width in zip(membranes, widths, strict=True):
                steps = np.arange(len(potentials))
                look = {"color": colour_of(own.platform), "linewidth": width, "label": label_of(own.platform)}
                axis.plot(steps, own.layers[row][:, neuron], **look)
            axis.set_title(f"{names[row]}, neuron {neuron}")
        apart = (
            f"{label_of(other.platform)} {deviation(potentials, other.layers[row], whole):.1f} %" for other in others
        )
        axes[row, -1].set_title("median distance: " + ", ".join(apart), loc="right", fontsize=6)
    # Two rows are too low for the text in one line.
    between = " " if rows > 2 else "\n"
    axes[(rows - 1) // 2, 0].set_ylabel(f"membrane potential{between}(thresholds)")
    for axis in axes[-1]:
        axis.set_xlabel("time step")
    figure.legend(*axes[0, 0].get_legend_handles_labels(), loc="outside upper center", ncols=len(membranes))
    note = f"network {network}, test sample {reference.sample}: {name_class(card, reference.label)}"
    name_dataset(figure, reference.dataset, note)
    return figure
