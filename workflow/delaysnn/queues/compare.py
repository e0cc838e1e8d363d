"""Every delay structure on the spikes of one deployed network."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from delaysnn.core.errors import InputError
from delaysnn.core.metrics import Cell
from delaysnn.core.network import Layer, Network
from delaysnn.core.spike_trains import SpikeTrains
from delaysnn.core.traces import Traces
from delaysnn.queues import check_run, file_of, registered
from delaysnn.queues.delays import Parts, activity_density, queued, useful_delays
from delaysnn.queues.protocol import Need
from delaysnn.queues.structures import scdq
from delaysnn.queues.structures.variants import stride_of


def compare(
    network: Network,
    inputs: SpikeTrains,
    traces: Traces,
    constants: Mapping[str, float],
    parts: Parts | None = None,
) -> tuple[list[Cell], dict[str, Any]]:
    """Return what every structure does with the network's spikes, and what it needs for them.

    Args:
        network: as deployed.
        inputs: spikes of the input channels, which wait in a queue where the first layer has delays.
        traces: spikes of its layers.
        constants: of the chip: ``queue_depth``, and what :class:`delaysnn.queues.protocol.Structure` names.

        parts: of each layer, the neurons that each of its cores holds; None where each has one.

    Returns:
        Cells by structure, sums over queues; and details: ``equality`` with the dense delayed product, bits over
        ``densities`` as ``curves`` for the ``shape`` of the first layer behind delays, where its own spikes are on
        them (``measured``), and of SCDQ's ``queues`` how full they are and where they lie among all.

    Raises:
        InputError: a queue overflows, delivers anything but the dense product, or needs what is no finite number;
            naming the structure's file.
    """
    waiting = queued(network, inputs, traces.layers, parts=parts)
    pairs = [(each.layer, each.spikes) for each in waiting]
    ports = [(spikes, useful_delays(layer)) for layer, spikes in pairs]
    depth = int(constants["queue_depth"])
    runs = [scdq.run_queue(*port, depth) for port in ports]
    due = sum(int(run.deliveries.sum()) for run in runs)
    cells, equality = [], []
    for name, structure in registered().items():
        if structure.need:
            needs = [structure.need(layer, spikes, constants) for layer, spikes in pairs]
            for quantity, unit in (("provisioned_bits", "bit"), ("needed_bits", "bit"), ("accesses", "accesses")):
                cells.append(Cell(name, quantity, unit, _sum(name, quantity, needs)))
        if structure.run:
            run = structure.run(ports, depth)
            check_run(name, run, len(traces.labels))
            if run.differences or run.deliveries != due:
                raise InputError(
                    f"{file_of(name)}: {name} delivers {run.deliveries} events, but the dense product has {due}: "
                    f"{run.differences} differ; correct its run."
                )
            cells.append(Cell(name, "pops", "events", float(run.pops.mean())))
            cells.append(Cell(name, "peak", "events", run.peak))
            if structure.compared:
                counts = {"samples": len(traces.labels), "spikes": run.deliveries, "differences": run.differences}
                equality.append({"comparison": structure.comparison, **counts})
    queues = [
        {"between": each.between, **scdq.summarise(run, useful), **_place(each.spikes, useful)}
        for each, run, (_, useful) in zip(waiting, runs, ports, strict=True)
    ]
    details = {"equality": equality, "queues": queues, **_over_density(*pairs[0], constants)}
    return cells + scdq.measure(runs, ports), details


def _place(spikes: SpikeTrains, useful: np.ndarray) -> dict[str, Any]:
    """Return where a queue lies among all: the share of axons that fire in a step, delay levels and their stride."""
    stride = stride_of(useful)
    last = int(np.flatnonzero(useful.any(axis=0)).max(initial=0))
    return {"density": activity_density(spikes), "levels": last // stride + 1, "stride": stride}


def _sum(name: str, quantity: str, needs: Sequence[Need]) -> float:
    values = [getattr(need, quantity) for need in needs]
    for value in values:
        if not (isinstance(value, int | float) and 0 <= value < math.inf):
            raise InputError(f"{file_of(name)}: {quantity} of {name} is {value!r}; return a finite number from need.")
    return sum(values)


def _over_density(layer: Layer, spikes: SpikeTrains, constants: Mapping[str, float]) -> dict[str, Any]:
    _, n_pre, n_post = layer.weights.shape
    n_delays = layer.delay_levels[-1] + 1
    densities = np.geomspace(1e-3, 1, 200)
    curves = {
        name: structure.bits_at(n_pre, n_post, n_delays, constants, densities).tolist()
        for name, structure in registered().items()
        if structure.bits_at
    }
    measured = {"density": activity_density(spikes), "needed_bits": scdq.need(layer, spikes, constants).needed_bits}
    shape = {"n_pre": n_pre, "n_post": n_post, "delays": n_delays}
    return {"shape": shape, "densities": densities.tolist(), "curves": curves, "measured": measured}
