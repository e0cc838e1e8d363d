"""What switches in the engine's gates while a sample passes, by part, and what its memories' accesses cost beside."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from delaysnn.report.registry import table
from delaysnn.report.tidy import COLUMNS
from delaysnn.report.wide import measured

SWITCHING_COLUMNS = [*COLUMNS, "bits"]
# Of each part, by its key in pJ; the table has nJ.
_KINDS = {"gates": "gates_pj", "clock_pins": "clock_pj", "memories": "memories_pj"}


@table(
    title="What switches in the engine, by part",
    caption="""
    The engine as gates of an open 45 nm library, simulated with one test sample: toggles of its nets times the
    capacitance of the input pins that they charge, at half of C V² each, and of clock pins by themselves. Memories are
    priced by their accesses in this sample (docs/cost-models.md), with published energies at 0.9 V, while gates are at
    1.1 V. So do not add the two. A ring buffer of sums is of the delay units, all but its adders. Wires,
    glitches, what cells draw inside, the clock tree and leakage are left out, so shares say more than the sum.
    """,
    section="Delay queues",
    place=155,
    inputs=lambda study: {"engines": study.switching},
    when=lambda study: study.switching,
    show=lambda rows: measured(rows, apart=["bits"]),
)
def tabulate_switching(engines: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """Return nJ a sample of each part, ``delay_unit_gates`` for instance, and the cycles that it takes.

    Args:
        engines: ``network``, ``structure``, ``bits``, ``dataset`` and what
            :func:`delaysnn.platforms.fpga.toggle_engine.toggle_engine` returns.
    """
    rows = []
    for engine in engines:
        head = {key: engine[key] for key in ("network", "bits", "dataset")} | {
            "platform": engine["structure"],
            "seeds": 1,
        }
        if engine["parts"]:
            rows.append({**head, "quantity": "cycles", "unit": "1", "ours_mean": engine["cycles"]})
        for part in engine["parts"]:
            for kind, key in _KINDS.items():
                # A part without gates or memories.
                if part[key]:
                    cell = {"quantity": f"{part['part']}_{kind}", "unit": "nJ", "ours_mean": part[key] * 1e-3}
                    rows.append(head | cell)
    table = pd.DataFrame(rows, columns=SWITCHING_COLUMNS)
    kinds = dict.fromkeys(("ours_mean", "ours_sd", "published", "difference"), float)
    return table.astype(kinds | {"seeds": int, "bits": "Int64"})
