"""Spikes as NIR's data (NIRGraphData), beside the graph whose nodes fired them."""

import io
from collections.abc import Sequence
from pathlib import Path

import nir
import numpy as np

from delaysnn.core.files import atomic
from delaysnn.core.spike_trains import SpikeTrains


def to_nir_data(layers: Sequence[SpikeTrains], step_s: float, inputs: SpikeTrains | None = None) -> nir.NIRGraphData:
    """Return the spikes of every layer by the names that :func:`delaysnn.networks.nir_graph.to_nir` gives its nodes.

    Args:
        layers: one a layer, as in :class:`delaysnn.core.traces.Traces`; of a layer that does not fire, empty.
        step_s: length of a time step in seconds. A spike is at the start of its step.
        inputs: what the network ran on; None leaves it out.

    Returns:
        Events ``spikes`` of the nodes ``layer0``, ``layer1``, ..., and ``input``.
    """
    trains = {f"layer{index}": layer for index, layer in enumerate(layers)}
    trains |= {} if inputs is None else {"input": inputs}
    return nir.NIRGraphData({name: nir.NIRNodeData({"spikes": _events(each, step_s)}) for name, each in trains.items()})


def write_nir_data(path: str | Path, data: nir.NIRGraphData) -> None:
    """Write spikes as NIR's HDF5 file; ``nir.read_data`` reads it."""
    content = io.BytesIO()
    nir.write_data(content, data)
    with atomic(path) as temporary:
        temporary.write_bytes(content.getbuffer())


def _events(trains: SpikeTrains, step_s: float) -> nir.EventData:
    counts = np.diff(trains.offsets)
    # A row a sample, as long as the longest; the rest of a row is no event, as NIR writes that.
    place = trains.samples, np.arange(len(trains.steps)) - np.repeat(trains.offsets[:-1], counts)
    idx = np.full((len(trains), counts.max(initial=0)), -1)
    time = np.full(idx.shape, np.inf)
    idx[place], time[place] = trains.neurons, trains.steps * step_s
    return nir.EventData(idx, time, trains.n_neurons, trains.n_steps * step_s)
