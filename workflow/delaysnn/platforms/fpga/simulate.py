"""Every test sample through the engine in Verilog, with each delay structure: spikes, cycles, and reads of weights."""

import logging
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from delaysnn.core.errors import InputError
from delaysnn.core.spike_trains import SpikeTrains
from delaysnn.platforms.fpga.images import STRUCTURES, Options, make_images
from delaysnn.platforms.fpga.verilog import Handshakes, build, count_differences, play
from delaysnn.platforms.loihi.integer_network import IntegerNetwork
from delaysnn.queues.verilog.verilate import missing_compiler

_log = logging.getLogger(__name__)


def compare(
    network: IntegerNetwork,
    inputs: SpikeTrains,
    reference: Sequence[SpikeTrains],
    rtl: Path,
    depth: int,
    structures: Sequence[str] = STRUCTURES,
) -> dict[str, Any]:
    """Play all samples, each when the one before has come out, and compare every spike with the integer reference.

    Args:
        network: to run.
        inputs: spikes of the input channels.
        reference: spikes of every layer.
        rtl: folder of the Verilog.
        depth: events of a delay queue.
        structures: that delay spikes, one after the other.

    Returns:
        ``equality``: a comparison for each structure (comparison, samples, spikes, differences); ``engine``: for each,
        cycles a sample takes from its first word to its last, ``cycles_mean`` and ``cycles_max``,
        ``weight_reads_mean``, words of a layer's weights that are read for a sample, and ``queue_depth``. On a machine
        without compiler both are empty, and ``skipped`` says why.

    Raises:
        InputError: a spike differs, a queue overflows, the engine does not take the network; or a compiler is missing
            where the environment variable CI demands one.
    """
    if (missing := missing_compiler()) and not os.environ.get("CI"):
        _log.warning("%s", missing)
        return {"equality": [], "engine": [], "skipped": missing}
    equality, engine = [], []
    spikes = sum(len(layer.steps) for layer in reference)
    for structure in structures:
        images = make_images(network, Options(structure, depth=depth))
        with tempfile.TemporaryDirectory() as folder:
            build(rtl, images, Path(folder))
            played = play(Path(folder), images, inputs, Handshakes(one_by_one=True))
        differences = sum(map(count_differences, played.layers, reference))
        if differences:
            raise InputError(
                f"Network {network.name}: the engine with {structure} and the integer reference differ in "
                f"{differences} spikes."
            )
        cycles = played.end - played.begin
        _log.info("%s: %d spikes alike, %.0f cycles a sample", structure, spikes, cycles.mean())
        compared = {"samples": len(inputs), "spikes": spikes, "differences": differences}
        equality.append({"comparison": f"fpga_{structure}", "platform": "Verilator", **compared})
        reads = [total / len(inputs) for total in played.weight_reads]
        found = {"cycles_mean": float(cycles.mean()), "cycles_max": int(cycles.max()), "weight_reads_mean": reads}
        engine.append({"structure": structure, "queue_depth": depth, **found})
    return {"equality": equality, "engine": engine}
