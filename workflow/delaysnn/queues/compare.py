"""Every structure on the spikes of one deployed network."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from delaysnn.core.errors import InputError
from delaysnn.core.metrics import Cell
from delaysnn.core.network import Layer, Network
from delaysnn.core.spike_trains import SpikeTrains
from delaysnn.core.traces import Traces
from delaysnn.queues import registered
from delaysnn.queues.delays import activity_density, useful_delays
from delaysnn.queues.structures import scdq


def compare(network: Network, traces: Traces, constants: Mapping[str, float]) -> tuple[list[Cell], dict[str, Any]]:
    """Return what every structure does with the network's spikes, and what it needs for them.

    Args:
        network: as deployed.
        traces: spikes of its layers.
        constants: of the chip: ``queue_depth``, and what :class:`delaysnn.queues.protocol.Structure` names.

    Returns:
        Cells by structure, sums over layers; and details: ``equality`` with the dense delayed product, bits over
        ``densities`` as ``curves`` for the ``shape`` of the first layer behind delays, where its own spikes are on
        them (``measured``), and how full SCDQ's ``queues`` are.

    Raises:
        InputError: a queue overflows, or delivers anything but the dense product.
    """
    pairs = list(zip(network.layers[1:], traces.layers[:-1], strict=True))
    ports = [(spikes, useful_delays(layer)) for layer, spikes in pairs]
    depth = int(constants["queue_depth"])
    cells, equality = [], []
    for name, structure in registered().items():
        if structure.need:
            needs = [structure.need(layer, spikes, constants) for layer, spikes in pairs]
            for quantity, unit in (("provisioned_bits", "bit"), ("needed_bits", "bit"), ("accesses", "accesses")):
                cells.append(Cell(name, quantity, unit, sum(getattr(need, quantity) for need in needs)))
        if structure.run:
            run = structure.run(ports, depth)
            if run.differences:
                raise InputError(
                    f"Delay structure {name}: {run.differences} events differ from the dense product; its file in "
                    "delaysnn/queues/structures is wrong."
                )
            cells.append(Cell(name, "pops", "events", float(run.pops.mean())))
            cells.append(Cell(name, "peak", "events", run.peak))
            if structure.compared:
                counts = {"samples": len(traces.labels), "spikes": run.deliveries, "differences": run.differences}
                equality.append({"comparison": structure.comparison, **counts})
    runs = [scdq.run_queue(*port, depth) for port in ports]
    queues = [
        {"between": f"h{index} and layer {index + 1}", **scdq.summarise(run, useful)}
        for index, (run, (_, useful)) in enumerate(zip(runs, ports, strict=True), 1)
    ]
    details = {"equality": equality, "queues": queues, **_over_density(*pairs[0], constants)}
    return cells + scdq.measure(runs, ports), details


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
