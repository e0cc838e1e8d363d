"""What was counted on the test samples, and what the paper's printed numbers give or ask for."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from delaysnn.core.metrics import Metrics
from delaysnn.report.published import namesakes
from delaysnn.report.registry import table
from delaysnn.report.tidy import COLUMNS, outputs, summarise
from delaysnn.report.wide import measured

OPERATION_COLUMNS = [*COLUMNS, "from_published"]
# The same as what is due.
_TWICE = {"input_events_within_sample", "update_instructions_within_sample"}


@table(
    title="Operations counted",
    caption=lambda study: (
        f"""
    Means over the test samples, the input layer included. "Due" counts every useful delay of a spike, as the paper's
    numbers do (spikes times levels). "Within sample" counts what happens: an event that is due after the last step is
    never delivered. In brackets: computed from the paper's printed spikes, for networks of its shapes, with inputs
    measured here. {
            study.said(
                seneca="Rows of the paper's own networks invert the fitted lines: how many operations belong to the "
                'printed energy, and how many to the printed latency ("queued": behind queues alone). For network '
                "48ax the two contradict each other. The last rows compare the queue in software: cycles and energy "
                "for each event and step, in the paper (its cells with this queue less those with SCDQ) and in the "
                "loop that is counted here."
            )
        }
    """
    ),
    section="Trust",
    place=40,
    inputs=lambda study: {
        "metrics": study.costs(),
        "validation": study.validation(),
        "published": study.files["published"],
    },
    params=lambda study: {"shapes": study.shapes, "platforms": study.priced, "validated": study.validated},
    when=lambda study: study.validated,
    show=lambda rows: measured(rows.assign(published=rows["from_published"])),
)
def operation_table(
    metrics: Sequence[Metrics],
    validation: Sequence[Mapping[str, Any]],
    published: Path,
    origin: Mapping[str, Any],
    shapes: Mapping[str, Any],
    platforms: Sequence[str],
    validated: Sequence[str],
) -> pd.DataFrame:
    """Return the counts of every network, and the operations that the paper's energies and latencies ask for.

    Args:
        metrics: of the cost models of these platforms.
        validation: of each of those that are validated, what follows from printed numbers: ``counts`` by network of the
            paper, all that are due; and where there are any, the operations that cells ask for, ``asked``, and
            ``software``, the paper's queue in software beside the loop: see :mod:`delaysnn.platforms.seneca.cost`.
        published: the file with the paper's numbers.
        origin: where the data come from.
        shapes: of our networks, as :func:`delaysnn.report.published.namesakes` takes them.
        platforms, validated: names.

    Returns:
        A frame with the columns of :data:`OPERATION_COLUMNS`. ``from_published`` is what follows from printed spikes
        and from input spikes that were measured here; the paper prints none of it, so ``published`` is empty. What is
        counted within a sample stands beside nothing, since printed spikes do not tell when they fell.
    """
    counted = {
        (cell.platform, cell.quantity)
        for m in metrics
        for cell in m.cells
        if cell.platform in platforms and cell.unit == "1"
    }
    quantities = sorted({quantity for _, quantity in counted} - _TWICE)
    beside = {}
    for ours, theirs in namesakes(published, shapes, outputs(origin)).items():
        for platform, chip in zip(validated, validation, strict=True):
            for name, value in chip["counts"].get(theirs, {}).items():
                quantity = name if (platform, name) in counted else f"{name}_due"
                # Inputs were measured, not printed.
                if name != "input_events":
                    beside[ours, platform, quantity] = value
    table = summarise(metrics, {}, platforms, quantities)
    keys = zip(table["network"], table["platform"], table["quantity"], strict=True)
    table["from_published"] = pd.array([beside.get(key) for key in keys], dtype="Float64")
    of_paper = [
        row | {"seeds": 0, "dataset": "shd (published)", "network": f"{row['network']} (paper)"}
        for platform, chip in zip(validated, validation, strict=True)
        for row in (*_asked(platform, chip.get("asked", ())), *_software(platform, chip.get("software", ())))
    ]
    return pd.concat([table, pd.DataFrame(of_paper, columns=OPERATION_COLUMNS)], ignore_index=True)


def _asked(platform: str, rows: Sequence[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    for row in rows:
        quantity = f"{row['kind']}_asked_by_{row['quantity']}"
        yield {
            "network": row["network"],
            "platform": platform,
            "quantity": quantity,
            "unit": "1",
            "from_published": row["operations"],
        }


def _software(platform: str, rows: Sequence[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    """Yield what the paper's cells say of the queue in software beside the loop, whose is ``ours_mean``."""
    for row in rows:
        yield {
            "network": row["network"],
            "platform": f"{platform}_software",
            "quantity": row["quantity"],
            "unit": row["unit"],
            "ours_mean": row["ours"],
            "from_published": row["published"],
        }
