"""A shipped network on every chip that runs it: spikes, answers, delay queues and costs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from delaysnn.core.errors import InputError
from delaysnn.core.metrics import Cell
from delaysnn.core.spike_trains import SpikeTrains
from delaysnn.core.traces import decide_by
from delaysnn.demo.example import Example
from delaysnn.platforms import registered
from delaysnn.platforms.answers import check_estimates, check_run
from delaysnn.platforms.protocol import Basis
from delaysnn.queues.delays import queued, useful_delays
from delaysnn.queues.structures import scdq

# Whose spikes the example ships with.
INTEGERS = "loihi"


@dataclass(frozen=True)
class OnChip:
    """Results of the samples on a chip.

    Attributes:
        label: the chip's name for readers.
        layers: spikes of every layer.
        answers: int16 [samples]; decided class of each.
        accuracy: share of correct answers, 0 to 1.
        cells: estimates of an inference.
    """

    label: str
    layers: tuple[SpikeTrains, ...]
    answers: np.ndarray
    accuracy: float
    cells: Sequence[Cell]


@dataclass(frozen=True)
class Queues:
    """What the delay queues did with the spikes of all samples.

    Attributes:
        deliveries: events delivered.
        differences: deliveries that the dense delayed product does not ask for, or asks for in vain.
        depth: events that each queue holds.
        most: events at once in the fullest queue.
        occupancy: by what the queue stands behind, events in it at each step, float [time], mean over samples.
    """

    deliveries: int
    differences: int
    depth: int
    most: int
    occupancy: Mapping[str, np.ndarray]


def run_example(example: Example, bases: Mapping[str, Basis]) -> dict[str, OnChip]:
    """Run the samples on every chip for which ``bases`` has constants, by name, and estimate what they take.

    Raises:
        InputError: Loihi's integers fire or answer something else than the example says, or a network does not fit.
    """
    found = {}
    for name, basis in bases.items():
        platform: Any = registered()[name]
        deployed = platform.deploy(example.network)
        run = platform.run(deployed, example.samples.spikes)
        check_run(platform, run, example.network, example.samples.spikes)
        answers = decide_by(run.layers[-1], run.scores)
        if name == INTEGERS:
            _check_answers(example, run.layers, answers)
        counts = platform.count(platform.place(deployed, basis), example.samples.spikes, run.layers)
        estimates = platform.estimate(counts, basis)
        check_estimates(platform, estimates)
        accuracy = float((answers == example.samples.labels).mean())
        found[name] = OnChip(platform.label, run.layers, answers, accuracy, estimates.cells)
    return found


def _check_answers(example: Example, layers: Sequence[SpikeTrains], answers: np.ndarray) -> None:
    """Integers are the same on every machine, so anything else means that files or code were changed."""
    spikes = tuple(len(layer.steps) for layer in layers)
    differ = int((answers != example.answers).sum())
    if spikes != example.spikes or differ:
        raise InputError(
            f"network {example.network.name}: {differ} answers differ from the shipped ones, and its layers fire "
            f"{spikes} spikes, not {example.spikes}; take the repository's own files, or run make example."
        )


def run_queues(example: Example, layers: Sequence[SpikeTrains], depth: int) -> Queues:
    """Send a network's spikes through a Shared Circular Delay Queue in front of each layer that delays them.

    Args:
        example: network and samples.
        layers: spikes of every layer.
        depth: events that each queue holds.

    Raises:
        InputError: a queue overflows.
    """
    waiting = queued(example.network, example.samples.spikes, layers)
    ports = [(each.spikes, useful_delays(each.layer)) for each in waiting]
    runs = [scdq.run_queue(*port, depth) for port in ports]
    return Queues(
        deliveries=sum(int(run.deliveries.sum()) for run in runs),
        differences=sum(scdq.differences_from_oracles(run, *port) for run, port in zip(runs, ports, strict=True)),
        depth=depth,
        most=max(int(run.occupancy.max()) for run in runs),
        occupancy={
            " and ".join(each.sources).replace("h", "hidden layer "): run.occupancy.mean(axis=0)
            for each, run in zip(waiting, runs, strict=True)
        },
    )
