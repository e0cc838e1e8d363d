"""SCDQ in units of the stride: an event is touched only when a delay level is due."""

from collections.abc import Sequence

import numpy as np

from delaysnn.core.spike_trains import SpikeTrains
from delaysnn.queues.protocol import Port, Run, Structure
from delaysnn.queues.structures.scdq import events_held, expected_occupancy, run_queue


def run(ports: Sequence[Port], depth: int) -> Run:
    """Send spikes through one queue for each remainder of time modulo the stride."""
    runs = []
    for spikes, useful in ports:
        stride, dense = stride_of(useful), spikes.dense()
        runs += [
            run_queue(SpikeTrains.from_dense(dense[phase::stride]), useful[:, ::stride], depth)
            for phase in range(stride)
        ]
    return Run(
        sum(run.pops for run in runs),
        # Events stay as long as in SCDQ: only how often they are touched differs.
        sum(events_held(expected_occupancy(*port), port[0]) for port in ports),
        sum(int(run.deliveries.sum()) for run in runs),
        sum(int(run.differences.sum()) for run in runs),
    )


def stride_of(useful: np.ndarray) -> int:
    """Return the largest number of time steps that divides every useful delay."""
    delays = np.flatnonzero(useful.any(axis=0))
    return max(int(np.gcd.reduce(delays)), 1) if len(delays) else 1


STRUCTURE = Structure("stride_units", "in stride units", "#d55e00", place=6, run=run, variant_of="scdq")
