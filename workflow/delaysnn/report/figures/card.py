"""The data set's card as a picture: one sample a class, and what baselines make of them."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from delaysnn.core.dataset import Dataset
from delaysnn.report.classes import name_class
from delaysnn.report.registry import figure
from delaysnn.report.style import GREY, PAGE_INCHES, Figure, name_dataset, new_figure
from delaysnn.report.tables.baselines import BASELINES

_COLUMNS = 5


@figure(
    title="The data set's card",
    caption=lambda study: (
        f"""
    One sample a class as it enters the networks, and three baselines on the test
    samples{" (the axis says where these are by other speakers)" * study.speakers}: spike counts alone, a
    recurrent network, and the same network with each sample's bins of 25 ms shuffled. The loss by shuffling shows how
    much the order in time tells.
    """
    ),
    section="Data and pipeline",
    place=10,
    inputs=lambda study: {"train": study.files["train"], "card": study.files["card"]},
)
def draw_card(train: Dataset, card: Mapping[str, Any]) -> Figure:
    """Draw the first sample of every class as a raster, and the baselines' accuracies as bars."""
    classes = np.unique(train.labels)
    rows = -(-len(classes) // _COLUMNS)
    end_s = (int(train.spikes.steps.max()) + 1) * train.step_s
    figure = new_figure(PAGE_INCHES, 0.95 * rows + 1.2)
    rasters, bars = figure.subfigures(2, 1, height_ratios=[0.95 * rows, 1.2])
    for axis, label in zip(rasters.subplots(rows, _COLUMNS, sharex=True, sharey=True).flat, classes, strict=False):
        sample = int(np.argmax(train.labels == label))
        own = slice(train.spikes.offsets[sample], train.spikes.offsets[sample + 1])
        seconds = (train.spikes.steps[own] + 0.5) * train.step_s
        axis.scatter(seconds, train.spikes.neurons[own], s=0.3, marker=".", linewidths=0, color="black")
        axis.set_title(name_class(card, int(label)), fontsize=6, pad=2)
        axis.set_xlim(0, end_s)
        axis.set_ylim(0, train.spikes.n_neurons)
    rasters.supxlabel("time (s)", fontsize=7)
    rasters.supylabel("channel", fontsize=7)
    axis = bars.subplots()
    shares = [card[key] for key in BASELINES]
    drawn = axis.barh(list(BASELINES.values()), shares, color=GREY, height=0.6)
    axis.bar_label(drawn, fmt="%.1f %%", padding=3, fontsize=7)
    axis.set_xlim(0, 100)
    axis.set_xlabel(f"accuracy on {'samples of unseen voices' if card.get('unseen') else 'the test samples'} (%)")
    voices = "" if card.get("voices") is None else f", {card['voices']} voices"
    name_dataset(bars, train.name, f"{card['samples']} samples{voices}")
    return figure
