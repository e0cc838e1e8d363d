"""The engine in standard cells: gates and memory bits by part, whatever the chip."""

import logging
from pathlib import Path
from typing import Any

from delaysnn.platforms.fpga.images import Design
from delaysnn.platforms.fpga.verilog import engine_sources
from delaysnn.queues.verilog.synthesis import MEMORY, synthesise

_log = logging.getLogger(__name__)
# Which part of the engine a Verilog module is; the memory of a layer's core is of weights. All others delay spikes, a
# ring of sums with them.
_PARTS = {
    "engine": "control",
    "layer_core": "control",
    "stream_fifo": "control",
    "neurons": "neurons",
    "adaptation": "neurons",
    "sums": "sums",
    "add_lanes": "sums",
}
_DELAY = "delay_unit"


def measure_engine(rtl: Path, design: Design) -> list[dict[str, Any]]:
    """Synthesise the engine to Nangate's cells, with SRAM in the place of its memories, and count by part.

    Args:
        rtl: folder of the Verilog.
        design: the engine's parameters.

    Returns:
        A row for each of the parts weights, delay_unit, sums, neurons and control, of all layers together:
        ``combinational`` and ``flip_flops`` in gate equivalents (NAND2), and ``memory_bits`` that are in no gates.
    """
    found = synthesise("engine", engine_sources(rtl), design.parameters, [rtl / MEMORY])
    _log.info("%.0f gate equivalents, %d bits", found.gate_equivalents(), sum(found.bits_inside.values()))
    rows = []
    for part in ("weights", _DELAY, "sums", "neurons", "control"):
        modules = [name for name in found.cells if _PARTS.get(name, _DELAY) == part]
        rows.append(
            {
                "part": part,
                "combinational": sum(found.gate_equivalents(name, sequential=False) for name in modules),
                "flip_flops": sum(found.gate_equivalents(name, sequential=True) for name in modules),
                "memory_bits": sum(bits for name, bits in found.bits_inside.items() if _holds(name) == part),
            }
        )
    return rows


def _holds(module: str) -> str:
    return "weights" if module == "layer_core" else _PARTS.get(module, _DELAY)
