"""The engine in standard cells, by part: what its delay unit takes beside weights, sums and neurons."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from delaysnn.report.registry import table
from delaysnn.report.tidy import COLUMNS
from delaysnn.report.wide import measured

ENGINE_PARTS_COLUMNS = [*COLUMNS, "bits"]
_KINDS = {"combinational": "gate equivalents", "flip_flops": "gate equivalents", "memory_bits": "bit"}


@table(
    title="The engine in standard cells, by part",
    caption="""
    Gates in NAND2 of an open 45 nm library, and bits of memory in SRAM, whose area no open cell gives; all layers
    together. The parts are weights, delay units, the sums of inputs in a step, and neurons. A ring buffer of sums is of
    the delay units, all but its adders. Control is all else, with the FIFOs between layers and counters for the
    simulation.
    """,
    section="Delay queues",
    place=150,
    inputs=lambda study: {"engines": study.engine_parts},
    when=lambda study: study.engine_parts,
    of_data=False,
    show=lambda rows: measured(rows, apart=["bits"]),
)
def tabulate_engine_parts(engines: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """Return gates and memory bits of each part, ``delay_unit_memory_bits`` for instance.

    Args:
        engines: ``network``, ``structure``, ``bits`` and, as ``parts``, the rows of
            :func:`delaysnn.platforms.fpga.measure_engine.measure_engine`.
    """
    rows = [
        {
            **{key: engine[key] for key in ("network", "bits")},
            "platform": engine["structure"],
            "dataset": "none",
            "quantity": f"{part['part']}_{kind}",
            "unit": unit,
            "ours_mean": part[kind],
        }
        for engine in engines
        for part in engine["parts"]
        for kind, unit in _KINDS.items()
        # A part has no such gates or memory.
        if part[kind]
    ]
    table = pd.DataFrame(rows, columns=ENGINE_PARTS_COLUMNS).fillna({"seeds": 0})
    kinds = dict.fromkeys(("ours_mean", "ours_sd", "published", "difference"), float)
    return table.astype(kinds | {"seeds": int, "bits": "Int64"})
