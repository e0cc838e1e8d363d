"""What was counted on the test samples, and what the paper's printed numbers give or ask for."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd

from delaysnn.core.metrics import Metrics
from delaysnn.report.tables import COLUMNS, summarise

OPERATION_COLUMNS = [*COLUMNS, "from_published"]
PLATFORMS = ["loihi", "seneca"]
_WAYS = ("due", "within_sample")


def operation_table(
    metrics: Iterable[Metrics],
    counts: Mapping[str, Mapping[str, Mapping[str, float]]],
    asked: Sequence[Mapping[str, Any]],
    software: Iterable[Mapping[str, Any]],
    names: Mapping[str, str],
) -> pd.DataFrame:
    """Return the counts of every network, and the operations that the paper's energies and latencies ask for.

    Args:
        metrics: of both chips' cost models.
        counts: by platform and network of the paper, from its printed spikes: all that are due.
        asked: rows of network, quantity, kind and operations: see :func:`delaysnn.platforms.seneca.cost.asked`.
        software: the paper's queue in software beside the loop:
            :func:`delaysnn.platforms.seneca.cost.software_cycles`.
        names: what the paper calls our networks, those of a shape that it has.

    Returns:
        A frame with the columns of :data:`OPERATION_COLUMNS`. ``from_published`` is what follows from printed spikes
        and from input spikes that were measured here; the paper prints none of it, so ``published`` is empty. What is
        counted within a sample stands beside nothing, since printed spikes do not tell when they fell.
    """
    beside = {}
    for ours, theirs in names.items():
        beside |= {(ours, "loihi", name): value for name, value in counts["loihi"].get(theirs, {}).items()}
        for name, value in counts["seneca"].get(theirs, {}).items():
            # Inputs were measured, not printed.
            if name != "input_events":
                beside[ours, "seneca", f"{name}_due"] = value
    kinds = next(iter(counts["seneca"].values()))
    quantities = ["operations", *(f"{kind}_{way}" for kind in kinds for way in _WAYS if (kind, way) not in _TWICE)]
    table = summarise(metrics, {}, PLATFORMS, quantities)
    keys = zip(table["network"], table["platform"], table["quantity"], strict=True)
    table["from_published"] = pd.array([beside.get(key) for key in keys], dtype="Float64")
    rows = [
        {
            "network": f"{row['network']} (paper)",
            "platform": "seneca",
            "quantity": f"{row['kind']}_asked_by_{row['quantity']}",
            "unit": "1",
            "seeds": 0,
            "dataset": "shd (published)",
            "from_published": row["operations"],
        }
        for row in asked
    ]
    parts = [table, pd.DataFrame(rows, columns=OPERATION_COLUMNS), _software_rows(software)]
    return pd.concat(parts, ignore_index=True)


def _software_rows(rows: Iterable[Mapping[str, Any]]) -> pd.DataFrame:
    """Return what the paper's cells say of the queue in software beside the loop, whose is ``ours_mean``."""
    found = [
        {
            "network": f"{row['network']} (paper)",
            "platform": "seneca_software",
            "quantity": row["quantity"],
            "unit": row["unit"],
            "ours_mean": row["ours"],
            "seeds": 0,
            "dataset": "shd (published)",
            "from_published": row["published"],
        }
        for row in rows
    ]
    return pd.DataFrame(found, columns=OPERATION_COLUMNS)


# Inputs are the same either way.
_TWICE = {("input_events", "within_sample")}
