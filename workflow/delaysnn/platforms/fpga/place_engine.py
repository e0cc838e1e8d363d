"""The engine on an FPGA: what a network's size takes of the chip with one way to delay spikes, and its bitstream."""

import logging
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from delaysnn.platforms.fpga.ecp5 import CHIP, place_design
from delaysnn.platforms.fpga.images import STRUCTURES, Design
from delaysnn.platforms.fpga.verilog import engine_sources

_log = logging.getLogger(__name__)
# What only a simulation looks at: on the chip it gets no pins, and no counters.
_WATCHED = ("watch_*", "weight_reads")


def design_for(
    topology: Sequence[int],
    levels: Sequence[int],
    time_steps: int,
    structure: str,
    bits: int,
    lanes: int | None,
    depth: int,
    adaptive: bool = False,
) -> Design:
    """Return the engine that holds every network of a size: all rows of weights are stored.

    Args:
        topology: neurons a layer, inputs first; three layers behind them.
        levels: delays of the second and third layer, in time steps, evenly spaced from 0.
        time_steps: of a sample.
        structure: one of :data:`STRUCTURES`.
        bits: of a weight.
        lanes: neurons that a spike reaches in a cycle, at most; None for all of a layer.
        depth: events of a delay queue.
        adaptive: whether neurons of hidden layers adapt.

    Raises:
        InputError: a layer has more words than can be loaded.
    """
    n_input, n_first, n_second, n_output = topology
    first, second, output = (min(lanes or post, post) for post in topology[1:])
    return Design(
        n_input=n_input,
        n_first=n_first,
        n_second=n_second,
        n_output=n_output,
        lanes_first=first,
        lanes_second=second,
        lanes_output=output,
        weight_bits=bits,
        levels=len(levels),
        stride=levels[1] if len(levels) > 1 else 1,
        time_steps=time_steps,
        structure=STRUCTURES.index(structure),
        depth=depth,
        adaptive=0b011 if adaptive else 0,
        compressed=0,
        rows_first=n_input,
        rows_second=len(levels) * n_first,
        rows_output=len(levels) * n_second,
    )


def place_engine(rtl: Path, design: Design, tools: Path, seed: int, bitstream: Path) -> dict[str, Any]:
    """Place and route an engine; write its bitstream.

    Args:
        rtl: folder of the Verilog.
        design: the engine's parameters.
        tools: the environment with nextpnr.
        seed: of the placement.
        bitstream: where to write it.

    Returns:
        What it takes (:class:`delaysnn.platforms.fpga.ecp5.Placed`), the ``chip``, and the engine's ``inputs``, delay
        ``levels``, ``queue_depth``, and ``neurons`` and ``lanes`` of each layer.

    Raises:
        InputError: it does not fit the chip, or a tool is missing.
    """
    found = place_design("engine", engine_sources(rtl), design.parameters, tools, seed, bitstream, _WATCHED)
    _log.info("%d LUTs, %d block RAMs, %.1f MHz", found.luts, found.block_rams, found.fmax)
    layers = {"inputs": design.n_input, "neurons": design.neurons, "lanes": design.lanes}
    return {"chip": CHIP, **layers, "levels": design.levels, "queue_depth": design.depth, **asdict(found)}
