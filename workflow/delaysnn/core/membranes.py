"""Membrane potentials of one sample: small, unlike those of a whole split."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from delaysnn.core.arrays import read_npz, write_npz


@dataclass(frozen=True)
class Membranes:
    """Membrane potentials of every layer for one sample on one platform.

    Attributes:
        layers: one float32 array [time, neuron] a layer (first hidden, second hidden, ..., output): potentials before
            the reset, in units of each neuron's threshold, so that platforms can be compared.
        sample: index of the sample in its split.
        label: its class.
        dataset: the data set's name.
        platform: name of the platform.
        provenance: how they were made.
    """

    layers: tuple[np.ndarray, ...]
    sample: int
    label: int
    dataset: str
    platform: str
    provenance: dict[str, Any] = field(default_factory=dict)


def write_membranes(path: str | Path, membranes: Membranes) -> None:
    """Write membranes as one npz with arrays ``layer0``, ``layer1``, ..."""
    header = {**vars(membranes), "layers": len(membranes.layers)}
    arrays = {f"layer{index}": layer.astype(np.float32) for index, layer in enumerate(membranes.layers)}
    write_npz(path, {**arrays, "header": np.array(json.dumps(header, sort_keys=True))})


def read_membranes(path: str | Path) -> Membranes:
    """Read membranes written by :func:`write_membranes`.

    Raises:
        InputError: the file is missing or broken.
    """
    arrays = read_npz(path, required=("header", "layer0"))
    header = json.loads(str(arrays["header"]))
    layers = tuple(arrays[f"layer{index}"] for index in range(header.pop("layers")))
    return Membranes(layers=layers, **header)
