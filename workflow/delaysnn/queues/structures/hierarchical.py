"""SCDQ split in two: events that are not due soon wait in a far queue that is seldom read."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np

from delaysnn.core.network import Layer
from delaysnn.core.spike_trains import SpikeTrains
from delaysnn.queues.delays import useful_delays
from delaysnn.queues.protocol import Port, Run, Steady, Structure
from delaysnn.queues.structures.scdq import QueueRun, collect

# Time steps between two readings of the far queue.
_FAR_PERIOD = 8


def run(ports: Sequence[Port], depth: int) -> Run:
    """Send spikes through a near and a far queue a layer; neither is limited."""
    found = [run_split(*port, _FAR_PERIOD) for port in ports]
    near = collect([near for near, _ in found], ports)
    # The near queue has a PRQ and a POQ; the far one is a ring, whose events go back to its end.
    return replace(near, peak=near.peak + sum(int(far.max()) for _, far in found))


def run_split(spikes: SpikeTrains, useful: np.ndarray, period: int) -> tuple[QueueRun, np.ndarray]:
    """Send every sample's spikes through a near queue, read in every step, and a far one, read every ``period`` steps.

    An event goes to the far queue while its next useful delay is due no earlier than that queue's next reading; there
    its counter falls by ``period`` at a time.

    Args:
        spikes: of the pre-neurons.
        useful: WVU, bool [pre, delay].
        period: time steps between two readings of the far queue.

    Returns:
        What both did, the occupancy that of the near queue, arrivals of the step included; and the events in the far
        queue at the step's end, int64 [samples, time].
    """
    from delaysnn.queues.kernels import circulate_in_two

    after = following(useful)
    runs = [
        circulate_in_two(spikes.steps[first:last], spikes.neurons[first:last], spikes.n_steps, useful, after, period)
        for first, last in pairwise(spikes.offsets)
    ]
    *near, far = (np.array(values) for values in zip(*runs, strict=True))
    return QueueRun(*near), far


def steady(layer: Layer, constants: Mapping[str, float]) -> Steady:
    """Follow one spike of each axon, whenever it comes between two readings of the far queue."""
    useful, times = np.unique(useful_delays(layer), axis=0, return_counts=True)
    phases, axons = _FAR_PERIOD, len(useful)
    n_steps = phases + useful.shape[1]
    steps, neurons = (each.ravel().astype(np.uint16) for each in np.indices((phases, axons)))
    spikes = SpikeTrains(np.arange(len(steps) + 1), steps, neurons, n_steps, axons)
    near, far = run_split(spikes, useful, _FAR_PERIOD)

    def mean(of_spike: np.ndarray) -> float:
        return float(of_spike.reshape(phases, axons).mean(axis=0) @ times)

    # The POQ holds what the PRQ of the next step has before that step's arrivals.
    held = mean(2 * near.occupancy.sum(axis=1) - 1 + far.sum(axis=1))
    return Steady((0, constants["event_bits"] * held), (0, 2 * mean(near.pops)), constants["event_bits"])


def following(useful: np.ndarray) -> np.ndarray:
    """Return, int64 [pre, delay], the next useful delay after each delay; -1 where there is none."""
    after = np.full(useful.shape, -1)
    for delay in range(useful.shape[1] - 2, -1, -1):
        after[:, delay] = np.where(useful[:, delay + 1], delay + 1, after[:, delay + 1])
    return after


STRUCTURES = (
    Structure("hierarchical", "near and far queue", "#d55e00", place=7, run=run, variant_of="scdq", steady=steady),
)
