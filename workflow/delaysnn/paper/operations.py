"""What was counted on the test samples, and what the paper's printed numbers give or ask for."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd

from delaysnn.formats.metrics import Metrics
from delaysnn.paper.tables import COLUMNS, summarise

PLATFORMS = ["loihi", "seneca"]
_WAYS = ("due", "within_sample")


def operation_table(
    metrics: Iterable[Metrics],
    counts: Mapping[str, Mapping[str, Mapping[str, float]]],
    asked: Sequence[Mapping[str, Any]],
    names: Mapping[str, str],
) -> pd.DataFrame:
    """Return the counts of every network, and the operations that the paper's energies and latencies ask for.

    Args:
        metrics: of both chips' cost models.
        counts: by platform and network of the paper, from its printed spikes: all that are due.
        asked: rows of network, quantity and operations: see :func:`delaysnn.seneca.cost.asked`.
        names: what the paper calls our networks, those of a shape that it has.

    Returns:
        A frame with the columns of :data:`delaysnn.paper.tables.COLUMNS`. What is counted within a sample stands beside
        no published value, since printed spikes do not tell when they fell.
    """
    beside = {}
    for ours, theirs in names.items():
        beside |= {(ours, "loihi", name): value for name, value in counts["loihi"].get(theirs, {}).items()}
        for name, value in counts["seneca"].get(theirs, {}).items():
            beside[ours, "seneca", f"{name}_due"] = value
    kinds = next(iter(counts["seneca"].values()))
    quantities = ["operations", *(f"{kind}_{way}" for kind in kinds for way in _WAYS if (kind, way) not in _TWICE)]
    table = summarise(metrics, beside, PLATFORMS, quantities)
    rows = [
        {
            "network": f"{row['network']} (paper)",
            "platform": "seneca",
            "quantity": f"operations_asked_by_{row['quantity']}",
            "unit": "1",
            "seeds": 0,
            "dataset": "shd (published)",
            "published": row["operations"],
        }
        for row in asked
    ]
    return pd.concat([table, pd.DataFrame(rows, columns=COLUMNS)], ignore_index=True)


# Inputs are the same either way.
_TWICE = {("input_events", "within_sample")}
