"""Binned spike trains with labels and speakers: the output of the data room."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from delaysnn.core.arrays import read_npz, write_npz
from delaysnn.core.sensor import Sensor
from delaysnn.core.spike_trains import SpikeTrains


@dataclass(frozen=True)
class Dataset:
    """One split of a binned data set.

    Attributes:
        spikes: input spikes of every sample.
        labels: int16 [samples]; class of each sample.
        speakers: int16 [samples]; number of the speaker, -1 where it is unknown.
        name: the data set's name, as every table and figure shows it.
        n_classes: number of classes.
        step_s: length of a time step in seconds.
        provenance: how the split was made, with the checksum of the events that were binned.
        fine: the same spikes on shorter steps, a whole number of them in each time step. Training varies samples on
            these, then merges them. None where they are not known.
        sensor: shape of a sensor of two dimensions (:mod:`delaysnn.core.sensor`), whose channels are the spikes'
            neurons. None where channels have one dimension.
    """

    spikes: SpikeTrains
    labels: np.ndarray
    speakers: np.ndarray
    name: str
    n_classes: int
    step_s: float
    provenance: dict[str, Any] = field(default_factory=dict)
    fine: SpikeTrains | None = None
    sensor: Sensor | None = None

    def __len__(self) -> int:
        return len(self.spikes)

    @property
    def finest(self) -> SpikeTrains:
        """The spikes on the shortest steps that are known: ``fine``, or else ``spikes``."""
        return self.spikes if self.fine is None else self.fine

    @property
    def substeps(self) -> int:
        """Number of these shortest steps in a time step."""
        return self.finest.n_steps // self.spikes.n_steps

    def select(self, samples: np.ndarray) -> "Dataset":
        """Return the given samples (int [count]) as a split of their own."""
        fine = None if self.fine is None else self.fine.select(samples)
        labels, speakers = self.labels[samples], self.speakers[samples]
        return replace(self, spikes=self.spikes.select(samples), labels=labels, speakers=speakers, fine=fine)

    @classmethod
    def join(cls, splits: Sequence["Dataset"]) -> "Dataset":
        """Return the samples of several splits of one data set, one after the other."""
        labels, speakers = (
            np.concatenate([getattr(split, name) for split in splits]) for name in ("labels", "speakers")
        )
        spikes = SpikeTrains.join([split.spikes for split in splits])
        known = [split.fine for split in splits if split.fine is not None]
        fine = SpikeTrains.join(known) if len(known) == len(splits) else None
        return replace(splits[0], spikes=spikes, labels=labels, speakers=speakers, fine=fine)


def write_dataset(path: str | Path, dataset: Dataset, compressed: bool = False) -> None:
    """Write a split as a sparse npz.

    It is not compressed unless it is shipped: every training job reads it, and inflating takes as long as half an
    epoch.
    """
    header: dict[str, Any] = {
        "name": dataset.name,
        "n_classes": dataset.n_classes,
        "step_s": dataset.step_s,
        "substeps": dataset.substeps,
        "provenance": dataset.provenance,
    }
    if dataset.sensor:
        header["sensor"] = dataset.sensor
    arrays = {
        **dataset.finest.to_arrays("spikes"),
        "labels": dataset.labels.astype(np.int16),
        "speakers": dataset.speakers.astype(np.int16),
        "header": np.array(json.dumps(header, sort_keys=True)),
    }
    write_npz(path, arrays, compressed)


def read_dataset(path: str | Path) -> Dataset:
    """Read a split written by :func:`write_dataset`.

    Raises:
        InputError: the file is missing or broken.

    Examples:
        >>> samples = read_dataset("examples/networks/48_samples.npz")
        >>> len(samples), samples.n_classes
        (100, 20)
    """
    arrays = read_npz(path, required=("labels", "speakers", "header"))
    header = json.loads(str(arrays["header"]))
    substeps = header.pop("substeps", 1)
    if sensor := header.pop("sensor", None):
        header["sensor"] = tuple(sensor)
    finest = SpikeTrains.from_arrays(arrays, "spikes", path)
    spikes, fine = (finest, None) if substeps == 1 else (finest.coarser(substeps), finest)
    return Dataset(spikes=spikes, labels=arrays["labels"], speakers=arrays["speakers"], fine=fine, **header)
