"""Spikes of many samples as one list of events: small on disk, and the input of event-driven kernels."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from delaysnn.core.errors import InputError


@dataclass(frozen=True)
class SpikeTrains:
    """Binary spikes of many samples, sorted by sample, then time step, then neuron, without duplicates.

    Attributes:
        offsets: int64 [samples + 1]; sample ``i`` owns the spikes ``offsets[i]:offsets[i + 1]``.
        steps: uint16 [spikes]; time step of each spike, 0 to ``n_steps - 1``.
        neurons: uint16 [spikes]; neuron (or input channel) of each spike, 0 to ``n_neurons - 1``.
        n_steps: time steps a sample.
        n_neurons: neurons (channels) of the layer.

    Examples:
        >>> import numpy as np
        >>> spikes = np.zeros((4, 1, 3))  # 4 time steps, 1 sample, 3 neurons
        >>> spikes[2, 0, 1] = 1
        >>> trains = SpikeTrains.from_dense(spikes)
        >>> trains.steps.tolist(), trains.neurons.tolist()
        ([2], [1])
    """

    offsets: np.ndarray
    steps: np.ndarray
    neurons: np.ndarray
    n_steps: int
    n_neurons: int

    def __len__(self) -> int:
        return len(self.offsets) - 1

    @property
    def samples(self) -> np.ndarray:
        """int64 [spikes]: the sample each spike belongs to."""
        return np.repeat(np.arange(len(self)), np.diff(self.offsets))

    @classmethod
    def from_dense(cls, spikes: np.ndarray) -> "SpikeTrains":
        """Return the non-zero entries of ``spikes`` [time, sample, neuron] as spike trains."""
        n_steps, n_samples, n_neurons = spikes.shape
        samples, steps, neurons = np.nonzero(spikes.transpose(1, 0, 2))
        offsets = np.zeros(n_samples + 1, np.int64)
        np.cumsum(np.bincount(samples, minlength=n_samples), out=offsets[1:])
        return cls(offsets, steps.astype(np.uint16), neurons.astype(np.uint16), n_steps, n_neurons)

    def select(self, samples: np.ndarray) -> "SpikeTrains":
        """Return the given samples (int [count], any order) as spike trains of their own."""
        samples = np.asarray(samples)
        counts = np.diff(self.offsets)[samples]
        offsets = np.zeros(len(samples) + 1, np.int64)
        np.cumsum(counts, out=offsets[1:])
        index = np.arange(offsets[-1]) + np.repeat(self.offsets[samples] - offsets[:-1], counts)
        return SpikeTrains(offsets, self.steps[index], self.neurons[index], self.n_steps, self.n_neurons)

    @classmethod
    def join(cls, parts: Sequence["SpikeTrains"]) -> "SpikeTrains":
        """Return the samples of all parts, which have the same steps and neurons, one after the other."""
        counts = np.concatenate([np.diff(part.offsets) for part in parts])
        offsets = np.concatenate([[0], np.cumsum(counts)])
        steps, neurons = (np.concatenate([getattr(part, name) for part in parts]) for name in ("steps", "neurons"))
        return cls(offsets, steps, neurons, parts[0].n_steps, parts[0].n_neurons)

    def coarser(self, factor: int) -> "SpikeTrains":
        """Return the spikes on time steps that are ``factor`` times as long.

        Several spikes of one neuron in one of the longer steps become one.
        """
        n_steps, n_neurons = -(-self.n_steps // factor), self.n_neurons
        # Sample by sample, so that all of it stays in the cache.
        taken = np.zeros(n_steps * n_neurons, bool)
        # What the last of them leave free is never touched, so that it takes no memory.
        steps, neurons = (np.empty(len(self.steps), np.uint16) for _ in range(2))
        offsets = np.zeros(len(self) + 1, np.int64)
        for sample, (first, last) in enumerate(zip(self.offsets[:-1], self.offsets[1:], strict=True)):
            places = (self.steps[first:last] // factor).astype(np.int32) * n_neurons + self.neurons[first:last]
            taken[places] = True
            merged = np.flatnonzero(taken).astype(np.int32)
            taken[places] = False
            own = slice(offsets[sample], offsets[sample] + len(merged))
            steps[own], neurons[own] = np.divmod(merged, n_neurons)
            offsets[sample + 1] = own.stop
        return SpikeTrains(offsets, steps[: offsets[-1]], neurons[: offsets[-1]], n_steps, n_neurons)

    def dense(self) -> np.ndarray:
        """Return the spikes as zeros and ones, uint8 [time, sample, neuron]."""
        spikes = np.zeros((self.n_steps, len(self), self.n_neurons), np.uint8)
        spikes[self.steps, self.samples, self.neurons] = 1
        return spikes

    def counts(self) -> np.ndarray:
        """Return the number of spikes of each sample and neuron, int64 [sample, neuron]."""
        flat = self.samples * self.n_neurons + self.neurons
        return np.bincount(flat, minlength=len(self) * self.n_neurons).reshape(len(self), self.n_neurons)

    def to_arrays(self, prefix: str) -> dict[str, np.ndarray]:
        """Return the arrays to store, by name. Each name begins with ``prefix``.

        They hold the number of spikes in each step instead of the step of each spike.
        """
        counts = np.empty((len(self), self.n_steps), np.uint16)
        for sample, (first, last) in enumerate(zip(self.offsets[:-1], self.offsets[1:], strict=True)):
            counts[sample] = np.bincount(self.steps[first:last], minlength=self.n_steps)
        return {
            f"{prefix}_counts": counts,
            f"{prefix}_neurons": self.neurons,
            f"{prefix}_n_neurons": np.array(self.n_neurons, np.int64),
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, np.ndarray], prefix: str, source: object) -> "SpikeTrains":
        """Rebuild and check spike trains from stored arrays.

        Raises:
            InputError: a key is missing or the arrays contradict one another; ``source`` names the file.
        """
        try:
            counts, neurons, n_neurons = (arrays[f"{prefix}_{key}"] for key in ("counts", "neurons", "n_neurons"))
        except KeyError as error:
            raise InputError(f"{source}: lacks {error}; delete it and run again.") from None
        if counts.ndim != 2 or counts.sum() != len(neurons) or (len(neurons) and neurons.max() >= n_neurons):
            raise InputError(f"{source}: the arrays of {prefix} contradict one another; delete it and run again.")
        n_samples, n_steps = counts.shape
        offsets = np.zeros(n_samples + 1, np.int64)
        np.cumsum(counts.sum(axis=1), out=offsets[1:])
        steps = np.repeat(np.tile(np.arange(n_steps, dtype=np.uint16), n_samples), counts.ravel())
        return cls(offsets, steps, neurons, n_steps, int(n_neurons))
