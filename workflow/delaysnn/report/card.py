"""The data set's card as a picture: one sample a class, and what baselines make of them."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from delaysnn.core.dataset import Dataset
from delaysnn.core.metrics import Cell, Metrics
from delaysnn.report.style import PAGE_INCHES, PLATFORM_COLOURS, name_dataset, new_figure

# Keys of the card, and the names under which figures and tables show them.
BASELINES = {
    "counts_accuracy": "spike counts",
    "gru_permuted_accuracy": "GRU, bins permuted",
    "gru_accuracy": "GRU",
}


def baseline_metrics(card: Mapping[str, Any]) -> list[Metrics]:
    """Return the card's baselines as if they were networks, to stand in a table with them."""
    return [
        Metrics(
            name,
            card["seed"],
            card["dataset"],
            (Cell("pytorch", "accuracy", "%", card[key], samples=card["test_samples"]),),
        )
        for key, name in BASELINES.items()
    ]


def draw_card(data: Dataset, card: Mapping[str, Any], columns: int = 5) -> Figure:
    """Draw the first sample of every class as a raster, and the baselines' accuracies as bars."""
    classes = np.unique(data.labels)
    rows = -(-len(classes) // columns)
    end_s = (int(data.spikes.steps.max()) + 1) * data.step_s
    figure = new_figure(PAGE_INCHES, 0.95 * rows + 1.2)
    rasters, bars = figure.subfigures(2, 1, height_ratios=[0.95 * rows, 1.2])
    for axis, label in zip(rasters.subplots(rows, columns, sharex=True, sharey=True).flat, classes, strict=False):
        sample = int(np.argmax(data.labels == label))
        own = slice(data.spikes.offsets[sample], data.spikes.offsets[sample + 1])
        seconds = (data.spikes.steps[own] + 0.5) * data.step_s
        axis.scatter(seconds, data.spikes.neurons[own], s=0.3, marker=".", linewidths=0, color="black")
        axis.set_title(f"class {label}", fontsize=6, pad=2)
        axis.set_xlim(0, end_s)
        axis.set_ylim(0, data.spikes.n_neurons)
    rasters.supxlabel("time (s)", fontsize=7)
    rasters.supylabel("channel", fontsize=7)
    axis = bars.subplots()
    shares = [card[key] for key in BASELINES]
    drawn = axis.barh(list(BASELINES.values()), shares, color=PLATFORM_COLOURS["pytorch"], height=0.6)
    axis.bar_label(drawn, fmt="%.1f %%", padding=3, fontsize=7)
    axis.set_xlim(0, 100)
    axis.set_xlabel(f"accuracy on {'samples of unseen voices' if card['unseen'] else 'the test samples'} (%)")
    voices = "" if card["voices"] is None else f", {card['voices']} voices"
    name_dataset(bars, data.name, f"{card['samples']} samples{voices}")
    return figure
