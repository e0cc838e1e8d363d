"""Variants of the Shared Circular Delay Queue: the same deliveries, other traffic and other memory."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from delaysnn.core.spike_trains import SpikeTrains
from delaysnn.queues.scdq import QueueRun, run_queue
from delaysnn.queues.split_queue import run_split

# Time steps between two readings of the far queue.
_FAR_PERIOD = 8

Port = tuple[SpikeTrains, np.ndarray]
"""What one queue serves: the spikes of the pre-neurons, and their useful delays WVU, bool [pre, delay]."""


@dataclass(frozen=True)
class VariantRun:
    """What a variant did on all samples.

    Attributes:
        pops: events taken from the queues an inference, on average.
        peak: events of memory that the busiest step of the busiest sample needs, all queues together.
        deliveries: events delivered, all samples together.
        differences: deliveries that the dense delayed product does not ask for, or asks for in vain.
    """

    pops: float
    peak: int
    deliveries: int
    differences: int


def run_variants(ports: Sequence[Port], depth: int) -> dict[str, VariantRun]:
    """Run every variant on the same spikes.

    Args:
        ports: one entry a layer behind delays; all have the same samples and time steps.
        depth: events that each queue can hold.

    Returns:
        ``scdq`` as published; ``no_early_drop``, in which an event circulates through every delay; ``stride_units``,
        one queue for each remainder of time modulo the stride, so that an event is touched only when a delay level is
        due; ``hierarchical``, in which events that are not due soon wait in a queue that is read every eighth step;
        ``shared_by_layers``, one queue for all layers; ``single_fifo``, PRQ and POQ in one ring of memory.

    Raises:
        InputError: a queue overflows.
    """
    plain = [run_queue(spikes, useful, depth) for spikes, useful in ports]
    merged = merge(ports)
    return {
        "scdq": _collect(plain, ports, two_memories=True),
        "no_early_drop": _collect([run_queue(*port, depth, early_drop=False) for port in ports], ports, True),
        "stride_units": _in_stride_units(ports, plain, depth),
        "hierarchical": _in_two_queues(ports),
        "shared_by_layers": _collect([run_queue(*merged, depth * len(ports))], [merged], two_memories=True),
        "single_fifo": _collect(plain, ports, two_memories=False),
    }


def merge(ports: Sequence[Port]) -> Port:
    """Return several layers as one: axons are numbered on."""
    n_delays = max(useful.shape[1] for _, useful in ports)
    useful = np.concatenate([np.pad(rows, ((0, 0), (0, n_delays - rows.shape[1]))) for _, rows in ports])
    dense = np.concatenate([spikes.dense() for spikes, _ in ports], axis=2)
    return SpikeTrains.from_dense(dense), useful


def stride_of(useful: np.ndarray) -> int:
    """Return the largest number of time steps that divides every useful delay."""
    delays = np.flatnonzero(useful.any(axis=0))
    return max(int(np.gcd.reduce(delays)), 1) if len(delays) else 1


def _in_stride_units(ports: Sequence[Port], plain: Sequence[QueueRun], depth: int) -> VariantRun:
    pops, deliveries, differences = 0.0, 0, 0
    for spikes, useful in ports:
        stride, dense = stride_of(useful), spikes.dense()
        for phase in range(stride):
            run = run_queue(SpikeTrains.from_dense(dense[phase::stride]), useful[:, ::stride], depth)
            pops += float(run.pops.mean())
            deliveries += int(run.deliveries.sum())
            differences += int(run.differences.sum())
    # Events stay as long as before: only how often they are touched differs.
    return VariantRun(pops, _collect(plain, ports, two_memories=True).peak, deliveries, differences)


def _in_two_queues(ports: Sequence[Port]) -> VariantRun:
    runs = [run_split(*port, _FAR_PERIOD) for port in ports]
    # The near queue has a PRQ and a POQ; the far one is a ring, whose events go back to its end.
    near = [
        int(run.near.max() + (run.near - arrivals(spikes)).max()) for run, (spikes, _) in zip(runs, ports, strict=True)
    ]
    return VariantRun(
        float(sum(run.pops.mean() for run in runs)),
        sum(near) + int(sum(run.far.max() for run in runs)),
        int(sum(run.deliveries.sum() for run in runs)),
        int(sum(run.differences.sum() for run in runs)),
    )


def _collect(runs: Sequence[QueueRun], ports: Sequence[Port], two_memories: bool) -> VariantRun:
    peak = 0
    for run, (spikes, _) in zip(runs, ports, strict=True):
        # Every queue has memory of its own, sized for its own busiest step.
        peak += int(run.occupancy.max())
        if two_memories:
            peak += int((run.occupancy - arrivals(spikes)).max())
    return VariantRun(
        float(sum(run.pops.mean() for run in runs)),
        peak,
        int(sum(run.deliveries.sum() for run in runs)),
        int(sum(run.differences.sum() for run in runs)),
    )


def arrivals(spikes: SpikeTrains) -> np.ndarray:
    """Return the spikes a sample and step, int64 [samples, time]."""
    flat = spikes.samples * spikes.n_steps + spikes.steps
    return np.bincount(flat, minlength=len(spikes) * spikes.n_steps).reshape(len(spikes), spikes.n_steps)
