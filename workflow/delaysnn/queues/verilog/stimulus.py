"""The input and the output of a delay queue's RTL: the two files of its test bench."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from delaysnn.core.arrays import read_npz, write_npz
from delaysnn.core.spike_trains import SpikeTrains

# A spike or EOT of a stimulus: cycles before it, whether it is EOT, the spike's source.
Word = tuple[int, bool, int]


@dataclass(frozen=True)
class Stimulus:
    """What is played, every sample from reset.

    Attributes:
        useful: WVU, bool [pre, delay].
        spikes: of the pre-neurons.
        gaps: int64 [spikes and EOTs, in their order]; before each, so many cycles that could take it are left out.
        ready: bool [cycles]; whether the receiver takes an output, cycle for cycle, over and over.
    """

    useful: np.ndarray
    spikes: SpikeTrains
    gaps: np.ndarray
    ready: np.ndarray

    def words(self) -> Iterator[list[Word]]:
        """Yield each sample's spikes, an EOT after every step's."""
        gaps = iter(self.gaps.tolist())
        for sample in range(len(self.spikes)):
            own = slice(*self.spikes.offsets[sample : sample + 2])
            steps, neurons = self.spikes.steps[own], self.spikes.neurons[own]
            words: list[Word] = []
            for step in range(self.spikes.n_steps):
                words += [(next(gaps), False, neuron) for neuron in neurons[steps == step].tolist()]
                words.append((next(gaps), True, 0))
            yield words

    def most_cycles(self, words: list[Word]) -> int:
        """Return more cycles than a sample can take: a pop of every spike at every delay, and a few a step."""
        levels = self.useful.shape[1]
        steps = sum(eot for _, eot, _ in words)
        free = sum(gap for gap, _, _ in words) + len(words) * (levels + 1) + steps * (levels + 5)
        return free * len(self.ready) // max(int(self.ready.sum()), 1) + len(self.ready)


@dataclass(frozen=True)
class RtlRun:
    """The output of a simulation.

    Attributes:
        deliveries: int64 [deliveries, 4]; sample, step, source and delay, in their order.
        cycles: int64 [samples, time]; cycles of each step, without those in which an output had to wait.
        stalls: int64 [samples]; cycles in which an output had to wait.
        overflow: bool [samples]; whether a spike was lost.
    """

    deliveries: np.ndarray
    cycles: np.ndarray
    stalls: np.ndarray
    overflow: np.ndarray


def write_stimulus(path: str | Path, stimulus: Stimulus) -> None:
    """Write a stimulus as npz."""
    arrays = {"useful": stimulus.useful, "gaps": stimulus.gaps, "ready": stimulus.ready}
    write_npz(path, arrays | stimulus.spikes.to_arrays("spikes"))


def read_stimulus(path: str | Path) -> Stimulus:
    """Read what :func:`write_stimulus` wrote."""
    arrays = read_npz(path, ("useful", "gaps", "ready"))
    spikes = SpikeTrains.from_arrays(arrays, "spikes", path)
    return Stimulus(arrays["useful"], spikes, arrays["gaps"], arrays["ready"])


def write_run(path: str | Path, run: RtlRun) -> None:
    """Write the output of a simulation as npz."""
    write_npz(path, vars(run))


def read_run(path: str | Path) -> RtlRun:
    """Read what :func:`write_run` wrote."""
    return RtlRun(**read_npz(path, ("deliveries", "cycles", "stalls", "overflow")))
