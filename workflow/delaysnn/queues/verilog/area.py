"""Gates of delay queues by part, and the bits that their queues hold (paper Table V)."""

import logging
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from delaysnn.queues.verilog.synthesis import MEMORY, queue_sources, synthesise

_log = logging.getLogger(__name__)
# Which part of a delay queue a Verilog module is.
_PARTS = {
    "scdq": "control",
    "shared_queue": "control",
    "level_fifo": "control",
    "filter": "filter",
    "wvu": "wvu",
    "memory": "queues",
}


def measure_area(rtl: Path, sizes: Mapping[str, int], sweep: Mapping[str, Sequence[int]]) -> list[dict[str, Any]]:
    """Synthesise the delay queues and count gates by part.

    SCDQ is made with its queues in flip-flops and with SRAM in their place, each also at half the depth: the words that
    the paper prints may be those of each queue or of both together. The shared queue, a FIFO a delay, is made with
    SRAM. Then one size at a time is swept: SRAM leaves the gates of a deeper queue nearly alone, so depth is swept
    with flip-flops and the number of delays with SRAM.

    Args:
        rtl: folder of the Verilog.
        sizes: ``address_bits``, ``axons``, ``delays`` and ``depth`` (events a queue) of the design.
        sweep: further values of ``delays`` and ``depth``.

    Returns:
        Rows of design, queues (flip_flop or sram), delays, depth and part, with ``combinational`` and ``flip_flops``
        in gate equivalents (NAND2, Nangate 45 nm) and ``memory_bits``. Bits of the part queues are not in gates where
        SRAM holds them.
    """
    depths = [sizes["depth"], sizes["depth"] // 2]
    plan = [("scdq", queues, {"depth": depth}) for depth in depths for queues in ("flip_flop", "sram")]
    plan += [("shared_queue", "sram", {})]
    # What is there already is not made again.
    plan += [("scdq", "flip_flop", {"depth": depth}) for depth in sweep["depth"] if depth not in depths]
    delays = [delays for delays in sweep["delays"] if delays != sizes["delays"]]
    plan += [(design, "sram", {"delays": number}) for design in ("scdq", "shared_queue") for number in delays]
    return [row for design, queues, changed in plan for row in _measure(rtl, design, queues, {**sizes, **changed})]


def _measure(rtl: Path, design: str, queues: str, sizes: Mapping[str, int]) -> Iterator[dict[str, Any]]:
    parameters = {
        "ADDRESS_BITS": sizes["address_bits"],
        "AXONS": sizes["axons"],
        "LEVELS": sizes["delays"],
        "DEPTH": sizes["depth"],
    }
    macros = [rtl / MEMORY] if queues == "sram" else []
    found = synthesise(design, queue_sources(rtl), parameters, macros)
    about = ", ".join(f"{name.replace('_', ' ')} {size}" for name, size in sizes.items())
    _log.info("%s, %s, %s: %.0f gate equivalents", design, queues, about, found.gate_equivalents())
    for part in dict.fromkeys(_PARTS.values()):
        modules = [name for name, its in _PARTS.items() if its == part]
        yield {
            "design": design,
            "queues": queues,
            "delays": sizes["delays"],
            "depth": sizes["depth"],
            "part": part,
            "combinational": found.gate_equivalents(*modules, sequential=False),
            "flip_flops": found.gate_equivalents(*modules, sequential=True),
            "memory_bits": sum(found.memory_bits.get(name, 0) for name in modules),
        }
