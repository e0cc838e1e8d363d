"""Paper Figure 7: the spikes of one sample in every layer, on every platform."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from delaysnn.core.dataset import Dataset
from delaysnn.core.spike_trains import SpikeTrains
from delaysnn.core.traces import Traces, first_right_sample
from delaysnn.report.classes import name_class
from delaysnn.report.registry import figure
from delaysnn.report.style import PAGE_INCHES, Figure, colour_of, label_of, name_dataset, new_figure


def _events(trains: SpikeTrains, sample: int) -> tuple[np.ndarray, np.ndarray]:
    own = slice(trains.offsets[sample], trains.offsets[sample + 1])
    return trains.steps[own], trains.neurons[own]


@figure(
    title="Figure 7: one sample through all layers",
    caption=lambda study: (
        f"""
    Spikes of one test sample. All platforms get the same input; they differ in weights and number formats. In the
    output layer, {
            "membranes decide, and neurons do not fire"
            if "readout" in study.features(study.shown)
            else "the neuron with most spikes decides"
        }.
    """
    ),
    section="On the chips",
    place=20,
    inputs=lambda study: {
        "test": study.files["test"],
        "card": study.files["card"],
        "traces": study.traces(*study.running(study.shown), networks=[study.shown], seeds=study.seeds[:1]),
    },
    params=lambda study: {"network": study.shown},
)
def draw_spikes(test: Dataset, card: Mapping[str, Any], traces: Sequence[Traces], network: str) -> Figure:
    """Draw rasters: one row a layer, inputs first; one column a platform. An output that does not fire has no row."""
    sample = first_right_sample(traces[0])
    rows = len(traces[0].layers) + (traces[0].scores is None)
    names = ["input", *(f"hidden {index}" for index in range(1, len(traces[0].layers))), "output"]
    figure = new_figure(PAGE_INCHES, 4.4)
    axes = figure.subplots(
        rows, len(traces), sharex=True, sharey="row", squeeze=False, height_ratios=[3, *[2] * (rows - 1)]
    )
    for column, own in enumerate(traces):
        for row, trains in enumerate([test.spikes, *own.layers][:rows]):
            axis = axes[row, column]
            steps, neurons = _events(trains, sample)
            size = 0.4 if row == 0 else 5
            axis.scatter(
                steps,
                neurons,
                s=size,
                marker="." if row == 0 else "|",
                color=colour_of(own.platform),
                linewidths=0.8,
            )
            axis.set_ylim(-1, trains.n_neurons)
            axis.set_title(f"{len(steps)} spikes", loc="right", fontsize=6)
            if column == 0:
                axis.set_ylabel(names[row])
        axes[0, column].set_title(f"{label_of(own.platform)} decides {name_class(card, int(own.predictions[sample]))}")
        axes[-1, column].set_xlabel("time step")
    axes[0, 0].set_xlim(-0.5, test.spikes.n_steps - 0.5)
    name_dataset(
        figure, test.name, f"network {network}, test sample {sample}: {name_class(card, int(test.labels[sample]))}"
    )
    return figure
