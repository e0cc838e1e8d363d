"""Lava against the integer reference, spike for spike.

Where a spike differs an InputError names layer, neuron, step and sample.
"""

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from delaysnn.core.errors import InputError
from delaysnn.core.spike_trains import SpikeTrains
from delaysnn.platforms.loihi.hardware import Platform, choose
from delaysnn.platforms.loihi.integer_network import IntegerNetwork
from delaysnn.platforms.loihi.lava_graph import BATCHED_ON, run_batched, run_stock
from delaysnn.platforms.loihi.shared_memory import fitting_batch

_log = logging.getLogger(__name__)


def compare(
    network: IntegerNetwork, inputs: SpikeTrains, reference: Sequence[SpikeTrains], batch: int, stock_samples: int
) -> dict[str, Any]:
    """Run every sample in batches and the first ``stock_samples`` through the stock graph, on Loihi 2 if there is one.

    Returns:
        ``platform``: what ran the stock graph, and why; ``equality``: both comparisons.

    Raises:
        InputError: a spike differs, or shared memory is too small.
    """
    batch = fitting_batch(network, min(batch, len(inputs)))
    platform = choose()
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
    reference: Sequence[SpikeTrains],
    batch: int,
    run: Callable[[IntegerNetwork, np.ndarray], list[np.ndarray]] = run_batched,
    comparison: str = "lava_batched",
) -> dict[str, int | str]:
    """Run every sample in batches of ``batch`` by ``run``; return the counted ``comparison``."""
    start, spikes, differences = time.monotonic(), 0, 0
    for first in range(0, len(inputs), batch):
        samples = np.arange(first, min(first + batch, len(inputs)))
        found = run(network, inputs.select(samples).dense())
        expected = [layer.select(samples).dense() for layer in reference]
        differences += _count_differences(found, expected, samples, "Lava in batches")
        spikes += int(sum(layer.sum() for layer in expected))
        done = int(samples[-1]) + 1
        elapsed = time.monotonic() - start
        left = elapsed / done * (len(inputs) - done)
        _log.info("%d of %d samples, %.1f ms each, %.0f s left", done, len(inputs), 1e3 * elapsed / done, left)
    return _counted(comparison, BATCHED_ON, len(inputs), spikes, differences)


def compare_stock(
    network: IntegerNetwork,
    inputs: SpikeTrains,
    reference: Sequence[SpikeTrains],
    samples: np.ndarray,
    platform: Platform,
) -> dict[str, int | str]:
    """Run the given samples through Lava's stock graph one by one; return the counted comparison."""
    spikes, differences = 0, 0
    for sample in samples:
        own = np.array([sample])
        dense = inputs.select(own).dense()[:, 0]
        # Whether a chip takes a decay a neuron, no documentation says.
        found = [layer[:, None] for layer in run_stock(network, dense, platform, split=platform.on_chip)]
        expected = [layer.select(own).dense() for layer in reference]
        differences += _count_differences(found, expected, own, "Lava's stock graph")
        spikes += int(sum(layer.sum() for layer in expected))
        _log.info("stock graph: sample %d equals the reference", sample)
    return _counted("lava_stock", platform, len(samples), spikes, differences)


def _counted(comparison: str, platform: Platform, samples: int, spikes: int, differences: int) -> dict[str, int | str]:
    return {
        "comparison": comparison,
        "platform": platform.name,
        "samples": samples,
        "spikes": spikes,
        "differences": differences,
    }


def _count_differences(
    found: Sequence[np.ndarray], expected: Sequence[np.ndarray], samples: np.ndarray, what: str
) -> int:
    """Return how many spikes of a run differ; anything but none ends the run."""
    total = 0
    for layer, (a, b) in enumerate(zip(found, expected, strict=True)):
        different = np.argwhere(a != b)
        total += len(different)
        if len(different):
            step, sample, neuron = different[0]
            raise InputError(
                f"{what} differs from the integer reference in {len(different)} spike{'s' * (len(different) > 1)} of "
                f"layer {layer}, first at neuron {neuron}, step {step}, sample {samples[sample]}."
            )
    return total
