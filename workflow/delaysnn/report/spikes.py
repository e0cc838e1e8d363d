"""Paper Figure 7: the spikes of one sample in every layer, on every platform."""

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure

from delaysnn.core.dataset import Dataset
from delaysnn.core.spike_trains import SpikeTrains
from delaysnn.core.traces import Traces, first_right_sample
from delaysnn.report.style import PAGE_INCHES, PLATFORM_COLOURS, PLATFORM_NAMES, name_dataset, new_figure


def _events(trains: SpikeTrains, sample: int) -> tuple[np.ndarray, np.ndarray]:
    own = slice(trains.offsets[sample], trains.offsets[sample + 1])
    return trains.steps[own], trains.neurons[own]


def draw_spikes(data: Dataset, platforms: Sequence[Traces], network: str) -> Figure:
    """Draw rasters: one row a layer, inputs first; one column a platform."""
    sample = first_right_sample(platforms[0])
    rows = len(platforms[0].layers) + 1
    names = ["input", *(f"hidden {index}" for index in range(1, rows - 1)), "output"]
    figure = new_figure(PAGE_INCHES, 4.4)
    axes = figure.subplots(rows, len(platforms), sharex=True, sharey="row", height_ratios=[3, *[2] * (rows - 1)])
    for column, traces in enumerate(platforms):
        for row, trains in enumerate([data.spikes, *traces.layers]):
            axis = axes[row, column]
            steps, neurons = _events(trains, sample)
            size = 0.4 if row == 0 else 5
            axis.scatter(
                steps,
                neurons,
                s=size,
                marker="." if row == 0 else "|",
                color=PLATFORM_COLOURS[traces.platform],
                linewidths=0.8,
            )
            axis.set_ylim(-1, trains.n_neurons)
            axis.set_title(f"{len(steps)} spikes", loc="right", fontsize=6)
            if column == 0:
                axis.set_ylabel(names[row])
        axes[0, column].set_title(f"{PLATFORM_NAMES[traces.platform]} decides {traces.predictions[sample]}")
        axes[-1, column].set_xlabel("time step")
    axes[0, 0].set_xlim(-0.5, data.spikes.n_steps - 0.5)
    name_dataset(figure, data.name, f"network {network}, test sample {sample} of class {data.labels[sample]}")
    return figure
