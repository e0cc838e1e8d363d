"""Recorded spikes of a network's layers, and the class that its output decides."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from delaysnn.core.arrays import read_npz, write_npz
from delaysnn.core.spike_trains import SpikeTrains


@dataclass(frozen=True)
class Traces:
    """Spikes of every layer for every sample of a split, on one platform.

    Attributes:
        layers: one :class:`SpikeTrains` a layer of neurons (first hidden, second hidden, ..., output), without the
            platform's latency: a spike at step k here is one of float inference at step k.
        labels: int16 [samples]; true class.
        predictions: int16 [samples]; decided class.
        platform: name of the platform.
        provenance: how it was made.
        scores: scores of the classes where membranes decide, float64 [samples, classes]; None where spikes do.
        potentials: of the output layer, in the platform's integers, int32 [samples, time, classes], where membranes
            decide and a second implementation is compared with them; None elsewhere.
    """

    layers: tuple[SpikeTrains, ...]
    labels: np.ndarray
    predictions: np.ndarray
    platform: str
    provenance: dict[str, Any] = field(default_factory=dict)
    scores: np.ndarray | None = None
    potentials: np.ndarray | None = None

    @property
    def right(self) -> np.ndarray:
        """Whether each sample is decided correctly, bool [samples]."""
        return self.labels == self.predictions

    @property
    def accuracy(self) -> float:
        """Share of samples that are decided correctly, 0 to 1."""
        return float(self.right.mean())


def decide(output: SpikeTrains) -> np.ndarray:
    """Return the class of each sample from the output layer's spikes, int16 [samples].

    The neuron with most spikes wins. Of several with as many, the one that reached that number first wins; then the
    lowest index. A sample without output spikes is decided as class 0. On a chip this takes a counter for each neuron
    and a comparison for each spike.

    Examples:
        >>> import numpy as np
        >>> from delaysnn import SpikeTrains
        >>> spikes = np.zeros((3, 1, 2))  # 3 time steps, 1 sample, 2 classes
        >>> spikes[1:, 0, 1] = 1
        >>> decide(SpikeTrains.from_dense(spikes)).tolist()
        [1]
    """
    counts = output.counts()
    last_step = np.zeros_like(counts)
    # Spikes are sorted by step, so the last assignment a neuron sees is its last spike.
    last_step[output.samples, output.neurons] = output.steps
    return (counts * output.n_steps - last_step).argmax(axis=1).astype(np.int16)


def decide_by(output: SpikeTrains, scores: np.ndarray | None) -> np.ndarray:
    """Return the class of each sample, int16 [samples]: the one with the largest score if there are scores, else by
    spikes.

    Of several largest scores, the lowest index wins.
    """
    return decide(output) if scores is None else scores.argmax(axis=1).astype(np.int16)


def first_right_sample(traces: Traces) -> int:
    """Return the first sample that is decided correctly, or 0 if there is none. Figures of one sample show it."""
    return int(np.argmax(traces.right))


def write_traces(path: str | Path, traces: Traces) -> None:
    """Write traces as one npz with arrays ``layer0_*``, ``layer1_*``, ..."""
    header = {"platform": traces.platform, "layers": len(traces.layers), "provenance": traces.provenance}
    arrays = {
        "labels": traces.labels.astype(np.int16),
        "predictions": traces.predictions.astype(np.int16),
        "header": np.array(json.dumps(header, sort_keys=True)),
    }
    if traces.scores is not None:
        arrays["scores"] = np.asarray(traces.scores, np.float64)
    if traces.potentials is not None:
        arrays["potentials"] = np.asarray(traces.potentials, np.int32)
    for index, layer in enumerate(traces.layers):
        arrays |= layer.to_arrays(f"layer{index}")
    write_npz(path, arrays)


def read_traces(path: str | Path) -> Traces:
    """Read traces written by :func:`write_traces`.

    Raises:
        InputError: the file is missing or broken.
    """
    arrays = read_npz(path, required=("labels", "predictions", "header"))
    header = json.loads(str(arrays["header"]))
    layers = tuple(SpikeTrains.from_arrays(arrays, f"layer{index}", path) for index in range(header["layers"]))
    about = (arrays["labels"], arrays["predictions"], header["platform"], header["provenance"])
    return Traces(layers, *about, arrays.get("scores"), arrays.get("potentials"))
