"""Paper Figure 8: membrane potentials of one sample in every layer, the platforms over one another."""

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure

from delaysnn.core.membranes import Membranes
from delaysnn.report.style import PAGE_INCHES, PLATFORM_COLOURS, PLATFORM_NAMES, name_dataset, new_figure

_NEURONS = 2
# The reference lies widest and below, so that what covers it agrees with it.
_WIDTHS = (2.6, 1.4, 0.8)


def liveliest(potentials: np.ndarray, count: int) -> np.ndarray:
    """Return the neurons that fire most often in potentials [time, neuron] (threshold 1), most first."""
    return np.argsort(-(potentials >= 1).sum(axis=0), kind="stable")[:count]


def deviation(one: np.ndarray, other: np.ndarray) -> float:
    """Return the median distance of two potentials [time, neuron], in percent of the threshold."""
    return 100 * float(np.median(np.abs(one - other)))


def draw_membranes(platforms: Sequence[Membranes], network: str) -> Figure:
    """Draw a row a layer: the neurons that fire most on the first platform, a line a platform, the threshold dotted."""
    reference, *others = platforms
    rows = len(reference.layers)
    names = [*(f"hidden {index}" for index in range(1, rows)), "output"]
    figure = new_figure(PAGE_INCHES, 1.5 * rows)
    axes = figure.subplots(rows, _NEURONS, sharex=True, sharey="row", squeeze=False)
    for row, potentials in enumerate(reference.layers):
        for axis, neuron in zip(axes[row], liveliest(potentials, _NEURONS), strict=False):
            axis.axhline(1, color="black", linewidth=0.5, linestyle=":")
            for membranes, width in zip(platforms, _WIDTHS, strict=False):
                steps = np.arange(len(potentials))
                colour, label = PLATFORM_COLOURS[membranes.platform], PLATFORM_NAMES[membranes.platform]
                axis.plot(steps, membranes.layers[row][:, neuron], color=colour, linewidth=width, label=label)
            axis.set_title(f"{names[row]}, neuron {neuron}")
        apart = (
            f"{PLATFORM_NAMES[other.platform]} {deviation(potentials, other.layers[row]):.1f} %" for other in others
        )
        axes[row, -1].set_title("median distance: " + ", ".join(apart), loc="right", fontsize=6)
    axes[rows // 2, 0].set_ylabel("membrane potential (thresholds)")
    for axis in axes[-1]:
        axis.set_xlabel("time step")
    figure.legend(*axes[0, 0].get_legend_handles_labels(), loc="outside upper center", ncols=len(platforms))
    note = f"network {network}, test sample {reference.sample} of class {reference.label}"
    name_dataset(figure, reference.dataset, note)
    return figure
