"""Variants of SCDQ: the same deliveries, other traffic and other memory."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from delaysnn.core.network import Layer
from delaysnn.core.spike_trains import SpikeTrains
from delaysnn.queues.delays import useful_delays
from delaysnn.queues.protocol import Port, Run, Steady, Structure
from delaysnn.queues.structures import scdq
from delaysnn.queues.structures.scdq import collect, expected_occupancy, run_queue


def run_without_early_drop(ports: Sequence[Port], depth: int) -> Run:
    """Let an event circulate through every delay."""
    return collect([run_queue(*port, depth, early_drop=False) for port in ports], ports)


def run_in_stride_units(ports: Sequence[Port], depth: int) -> Run:
    """Use one queue for each remainder of time modulo the stride: an event is touched only when a level is due."""
    runs = []
    for spikes, useful in ports:
        stride, dense = stride_of(useful), spikes.dense()
        parts = [SpikeTrains.from_dense(dense[phase::stride]) for phase in range(stride)]
        runs += [run_queue(part, useful[:, ::stride], depth) for part in parts]
    return Run(
        np.sum([run.pops for run in runs], axis=0),
        # Events stay as long as in SCDQ: only how often they are touched differs.
        sum(scdq.events_held(expected_occupancy(*port), port[0]) for port in ports),
        sum(int(run.deliveries.sum()) for run in runs),
        sum(int(run.differences.sum()) for run in runs),
    )


def steady_in_stride_units(layer: Layer, constants: Mapping[str, float]) -> Steady:
    """Hold what SCDQ holds, and touch it in one of ``stride`` steps."""
    useful = useful_delays(layer)
    touched = float((scdq.steps_alive(useful) - 1).sum() / stride_of(useful) + len(useful))
    return replace(scdq.steady(layer, constants), accesses=(0, 2 * touched))


def stride_of(useful: np.ndarray) -> int:
    """Return the largest number of time steps that divides every useful delay."""
    delays = np.flatnonzero(useful.any(axis=0))
    return max(int(np.gcd.reduce(delays)), 1) if len(delays) else 1


def run_shared_by_layers(ports: Sequence[Port], depth: int) -> Run:
    """Use one queue for all layers, as deep as theirs together: sized for the busiest step that they have in common."""
    merged = merge(ports)
    return collect([run_queue(*merged, depth * len(ports))], [merged])


def merge(ports: Sequence[Port]) -> Port:
    """Return several layers as one: axons are numbered on."""
    n_delays = max(useful.shape[1] for _, useful in ports)
    useful = np.concatenate([np.pad(rows, ((0, 0), (0, n_delays - rows.shape[1]))) for _, rows in ports])
    dense = np.concatenate([spikes.dense() for spikes, _ in ports], axis=2)
    return SpikeTrains.from_dense(dense), useful


def run_in_one_ring(ports: Sequence[Port], depth: int) -> Run:
    """Make PRQ and POQ regions of one ring of memory: sized for the PRQ alone."""
    return replace(scdq.run(ports, depth), peak=sum(int(expected_occupancy(*port).max()) for port in ports))


def steady_in_one_ring(layer: Layer, constants: Mapping[str, float]) -> Steady:
    """Hold the PRQ alone."""
    alive = float(scdq.steps_alive(useful_delays(layer)).sum())
    return replace(scdq.steady(layer, constants), bits=(0, constants["event_bits"] * alive))


def _variant(name: str, label: str, place: int, run: Callable[..., Run], **more: Any) -> Structure:
    return Structure(name, label, "#d55e00", place=place, run=run, variant_of="scdq", **more)


STRUCTURES = (
    _variant("no_early_drop", "without early drop", 5, run_without_early_drop),
    _variant("stride_units", "in stride units", 6, run_in_stride_units, steady=steady_in_stride_units),
    _variant("shared_by_layers", "one queue for all layers", 8, run_shared_by_layers),
    _variant("single_fifo", "PRQ and POQ in one ring", 9, run_in_one_ring, compared=False, steady=steady_in_one_ring),
)
