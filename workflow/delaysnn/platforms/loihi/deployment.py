"""Lava compared with the integer reference, spike for spike, and potential for potential where membranes decide.

A difference raises an InputError that names layer, neuron, step and sample.
"""

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from delaysnn.core.errors import InputError
from delaysnn.core.readout import SPIKES
from delaysnn.core.spike_trains import SpikeTrains
from delaysnn.core.traces import read_traces
from delaysnn.platforms.loihi.hardware import SIMULATION, Platform, choose
from delaysnn.platforms.loihi.integer_network import IntegerNetwork
from delaysnn.platforms.loihi.lava_graph import BATCHED_ON, run_batched, run_stock
from delaysnn.platforms.loihi.shared_memory import fitting_batch

_log = logging.getLogger(__name__)


class Reference(NamedTuple):
    """Results of the integer reference.

    Attributes:
        layers: spikes of every layer.
        potentials: of the last layer where its membranes decide, int32 [samples, time, classes]; None where spikes do.
    """

    layers: Sequence[SpikeTrains]
    potentials: np.ndarray | None = None

    def of(self, samples: np.ndarray) -> list[np.ndarray]:
        """Return every layer's spikes, [time, samples, neuron], or the last one's potentials in their place."""
        found = [layer.select(samples).dense() for layer in self.layers]
        if self.potentials is not None:
            found[-1] = self.potentials[samples].transpose(1, 0, 2)
        return found


def read_reference(path: str | Path, network: IntegerNetwork) -> Reference:
    """Read what the integer reference did with a network from its traces.

    Raises:
        InputError: they are missing or broken, or lack the potentials by which the network decides.
    """
    traces = read_traces(path)
    if (traces.potentials is None) != (network.readout == SPIKES):
        has = "no potentials" if traces.potentials is None else "potentials"
        raise InputError(f"{path}: has {has}, but network {network.name} decides by {network.readout}; run again.")
    return Reference(traces.layers, traces.potentials)


def compare(
    network: IntegerNetwork, inputs: SpikeTrains, reference: Reference, batch: int, stock_samples: int
) -> dict[str, Any]:
    """Run every sample in batches and the first ``stock_samples`` through the stock graph, on Loihi 2 if there is one.

    Where membranes decide, the stock graph is simulated: reading potentials from a chip takes probes of its own.

    Returns:
        ``platform``: what ran the stock graph, and why; ``equality``: both comparisons.

    Raises:
        InputError: a spike or a potential differs, or shared memory is too small.
    """
    batch = fitting_batch(network, min(batch, len(inputs)))
    platform = choose() if network.readout == SPIKES else Platform(SIMULATION, "potentials are read in simulation")
    _log.info("the stock graph runs on %s: %s", platform.name, platform.reason)
    stock = np.arange(min(stock_samples, len(inputs)))
    comparisons = [
        compare_batched(network, inputs, reference, batch),
        compare_stock(network, inputs, reference, stock, platform),
    ]
    return {"platform": asdict(platform), "equality": comparisons}


def compare_batched(
    network: IntegerNetwork,
    inputs: SpikeTrains,
    reference: Reference,
    batch: int,
    run: Callable[[IntegerNetwork, np.ndarray], list[np.ndarray]] = run_batched,
    comparison: str = "lava_batched",
) -> dict[str, int | str]:
    """Run every sample in batches of ``batch`` by ``run``; return the counted ``comparison``."""
    start, differences = time.monotonic(), 0
    for first in range(0, len(inputs), batch):
        samples = np.arange(first, min(first + batch, len(inputs)))
        found = run(network, inputs.select(samples).dense())
        differences += _count_differences(found, reference, samples, "Lava in batches")
        done = int(samples[-1]) + 1
        elapsed = time.monotonic() - start
        left = elapsed / done * (len(inputs) - done)
        _log.info("%d of %d samples, %.1f ms each, %.0f s left", done, len(inputs), 1e3 * elapsed / done, left)
    return _counted(comparison, BATCHED_ON, reference, np.arange(len(inputs)), differences)


def compare_stock(
    network: IntegerNetwork,
    inputs: SpikeTrains,
    reference: Reference,
    samples: np.ndarray,
    platform: Platform,
) -> dict[str, int | str]:
    """Run the given samples through Lava's stock graph one by one; return the counted comparison."""
    differences = 0
    for sample in samples:
        own = np.array([sample])
        dense = inputs.select(own).dense()[:, 0]
        # Whether a chip takes a decay a neuron, no documentation says.
        found = [layer[:, None] for layer in run_stock(network, dense, platform, split=platform.on_chip)]
        differences += _count_differences(found, reference, own, "Lava's stock graph")
        _log.info("stock graph: sample %d equals the reference", sample)
    return _counted("lava_stock", platform, reference, samples, differences)


def _counted(
    comparison: str, platform: Platform, reference: Reference, samples: np.ndarray, differences: int
) -> dict[str, int | str]:
    counts: dict[str, int | str] = {
        "comparison": comparison,
        "platform": platform.name,
        "samples": len(samples),
        "spikes": int(sum(len(layer.select(samples).steps) for layer in reference.layers)),
        "differences": differences,
    }
    if reference.potentials is None:
        return counts
    return counts | {"potentials": reference.potentials[samples].size}


def _count_differences(found: Sequence[np.ndarray], reference: Reference, samples: np.ndarray, what: str) -> int:
    """Return how many spikes and potentials of a run differ; anything but none ends the run."""
    total, last = 0, len(found) - 1
    for layer, (a, b) in enumerate(zip(found, reference.of(samples), strict=True)):
        different = np.argwhere(a != b)
        total += len(different)
        if len(different):
            step, sample, neuron = different[0]
            each = "spike" if reference.potentials is None or layer < last else "potential"
            raise InputError(
                f"{what} differs from the integer reference in {len(different)} {each}{'s' * (len(different) > 1)} of "
                f"layer {layer}, first at neuron {neuron}, step {step}, sample {samples[sample]}."
            )
    return total
