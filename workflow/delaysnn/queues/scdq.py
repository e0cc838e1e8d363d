"""The Shared Circular Delay Queue, event by event (paper section V).

A spike enters once, with a counter at its highest value, and circulates between two queues. Every time step it is taken
from the pre-processing queue (PRQ); where its axon has a useful weight at the present delay it is delivered, and while
a later delay is useful it goes on to the post-processing queue (POQ) with its counter one lower. The end-of-time-step
event (EOT), last in line, makes the queues swap.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numba
import numpy as np

from delaysnn.core.errors import InputError
from delaysnn.core.metrics import Cell
from delaysnn.core.network import Layer
from delaysnn.core.spike_trains import SpikeTrains


def useful_delays(layer: Layer) -> np.ndarray:
    """Return WVU, bool [pre, delay] for every delay in time steps: has any post-neuron a weight there?"""
    useful = np.zeros((layer.weights.shape[1], layer.delay_levels[-1] + 1), bool)
    useful[:, list(layer.delay_levels)] = (layer.weights != 0).any(axis=2).T
    return useful


def leading_zeros(useful: np.ndarray) -> np.ndarray:
    """Return, int64 [pre], the zeros of each row of WVU before the largest useful delay, that delay first in line."""
    reverse = useful[:, ::-1]
    return np.where(useful.any(axis=1), reverse.argmax(axis=1), useful.shape[1])


@dataclass(frozen=True)
class QueueRun:
    """What the queue did, per sample.

    Attributes:
        deliveries: int64 [samples]; events delivered to the core.
        pops: int64 [samples]; events taken from the PRQ, delivered or not.
        occupancy: int64 [samples, time]; events in the PRQ at the step's EOT, the most that either queue holds.
        differences: int64 [samples]; events delivered but not due by the dense delayed product, or due and not
            delivered.
    """

    deliveries: np.ndarray
    pops: np.ndarray
    occupancy: np.ndarray
    differences: np.ndarray


def run_queue(spikes: SpikeTrains, useful: np.ndarray, depth: int, early_drop: bool = True) -> QueueRun:
    """Send every sample's spikes through the queue.

    Args:
        spikes: of the pre-neurons.
        useful: WVU, bool [pre, delay].
        depth: events that each queue can hold.
        early_drop: an event leaves after its last useful delay; otherwise it circulates through all of them.

    Raises:
        InputError: a queue overflows, naming sample and step.
    """
    if spikes.n_neurons != len(useful):
        raise InputError(f"The queue serves {len(useful)} axons, but the spikes have {spikes.n_neurons} neurons.")
    zeros = leading_zeros(useful) if early_drop else np.zeros(len(useful), np.int64)
    deliveries, pops, occupancy, differences, overflow = _run(
        spikes.offsets, spikes.steps, spikes.neurons, spikes.n_steps, useful, zeros, depth
    )
    if (overflow >= 0).any():
        sample = int(np.argmax(overflow >= 0))
        raise InputError(
            f"The queue of {depth} events overflows in sample {sample}, step {overflow[sample]}; give it more, with "
            "queue_depth in the file that hardware.seneca names, or else in config/hardware/seneca.yaml."
        )
    return QueueRun(deliveries, pops, occupancy, differences)


def expected_occupancy(spikes: SpikeTrains, useful: np.ndarray) -> np.ndarray:
    """Return the occupancy in closed form, int64 [samples, time]: each spike is alive until its last useful delay."""
    # An axon without any useful delay is taken once and dropped.
    last = (useful * np.arange(useful.shape[1])).max(axis=1)[spikes.neurons]
    end = spikes.steps.astype(np.int64) + last + 1
    change = np.zeros((len(spikes), spikes.n_steps + 1), np.int64)
    np.add.at(change, (spikes.samples, spikes.steps), 1)
    np.add.at(change, (spikes.samples, np.minimum(end, spikes.n_steps)), -1)
    return change[:, :-1].cumsum(axis=1)


def differences_from_oracles(run: QueueRun, spikes: SpikeTrains, useful: np.ndarray) -> int:
    """Count deliveries that differ from the dense delayed product and steps whose occupancy differs in closed form."""
    return int(run.differences.sum() + (run.occupancy != expected_occupancy(spikes, useful)).sum())


def measure(runs: Sequence[QueueRun], useful: Sequence[np.ndarray], spikes: Sequence[SpikeTrains]) -> list[Cell]:
    """Return what a network's queues do, all of them together.

    ``useful_delays`` and ``last_useful_delay`` (in time steps) are means over the axons that have any; ``queue_events``
    (events taken from a PRQ) and ``deliveries`` are means over samples, of all queues together; ``steps_in_queue`` is
    the mean over events of how often each was taken.

    Args:
        runs: one a queue.
        useful: WVU of each, bool [pre, delay].
        spikes: of each one's pre-neurons.
    """
    used = [table[table.any(axis=1)] for table in useful]
    last = [table.shape[1] - 1 - leading_zeros(table) for table in used]
    pops = sum(run.pops.sum() for run in runs)
    values = {
        ("useful_delays", "delays an axon"): np.concatenate([table.sum(axis=1) for table in used]).mean(),
        ("last_useful_delay", "time steps"): np.concatenate(last).mean(),
        ("queue_events", "events"): pops / len(spikes[0]),
        ("steps_in_queue", "time steps"): pops / max(1, sum(len(own.steps) for own in spikes)),
        ("deliveries", "events"): sum(run.deliveries.mean() for run in runs),
    }
    return [Cell("seneca_scdq", *names, float(value)) for names, value in values.items()]


def summarise(run: QueueRun, useful: np.ndarray) -> dict[str, Any]:
    """Return what one queue did over all samples: events a sample, and its occupancy at each step's EOT."""
    return {
        "useful_delays": int(useful.sum()),
        "pops_mean": float(run.pops.mean()),
        "deliveries_mean": float(run.deliveries.mean()),
        "occupancy_peak": int(run.occupancy.max()),
        "occupancy_mean": run.occupancy.mean(axis=0).tolist(),
        "occupancy_most": run.occupancy.max(axis=0).tolist(),
    }


@numba.njit(cache=True)
def differences_from_dense(delivered, steps, neurons, useful):
    """Count where one sample's deliveries, uint8 [time, pre, delay], differ from the dense delayed product.

    That product asks for every spike at every useful delay that still falls into the sample, once. Clears
    ``delivered``.

    Args:
        delivered: how often each delay of an axon was delivered in each step.
        steps, neurons: of the sample's spikes.
        useful: WVU, bool [pre, delay].
    """
    differences = 0
    for spike in range(len(steps)):
        for delay in range(min(useful.shape[1], len(delivered) - steps[spike])):
            if useful[neurons[spike], delay]:
                arrival = steps[spike] + delay
                if delivered[arrival, neurons[spike], delay] == 1:
                    delivered[arrival, neurons[spike], delay] = 0
                else:
                    differences += 1
    return differences + delivered.sum()


@numba.njit(cache=True, parallel=True)
def _run(offsets, steps, neurons, n_steps, useful, zeros, depth):
    n_samples = len(offsets) - 1
    n_axons, n_delays = useful.shape
    deliveries = np.zeros(n_samples, np.int64)
    pops = np.zeros(n_samples, np.int64)
    occupancy = np.zeros((n_samples, n_steps), np.int64)
    differences = np.zeros(n_samples, np.int64)
    overflow = np.full(n_samples, -1, np.int64)
    for sample in numba.prange(n_samples):
        axons = np.empty((2, depth), np.int32)
        counters = np.empty((2, depth), np.int32)
        delivered = np.zeros((n_steps, n_axons, n_delays), np.uint8)
        prq, waiting = 0, 0
        event, end = offsets[sample], offsets[sample + 1]
        for step in range(n_steps):
            # New arrivals queue behind the older events, then comes EOT.
            while event < end and steps[event] == step:
                if waiting == depth:
                    overflow[sample] = step
                    break
                axons[prq, waiting] = neurons[event]
                counters[prq, waiting] = n_delays - 1
                waiting += 1
                event += 1
            if overflow[sample] >= 0:
                break
            occupancy[sample, step] = waiting
            poq, kept = 1 - prq, 0
            for slot in range(waiting):
                axon, counter = axons[prq, slot], counters[prq, slot]
                delay = n_delays - 1 - counter
                pops[sample] += 1
                if useful[axon, delay]:
                    delivered[step, axon, delay] += 1
                    deliveries[sample] += 1
                if counter > zeros[axon]:
                    axons[poq, kept] = axon
                    counters[poq, kept] = counter - 1
                    kept += 1
            prq, waiting = poq, kept
        first, last = offsets[sample], offsets[sample + 1]
        differences[sample] = differences_from_dense(delivered, steps[first:last], neurons[first:last], useful)
    return deliveries, pops, occupancy, differences, overflow
