"""Variants of the delay queue: events touched and memory needed."""

from collections.abc import Sequence

import pandas as pd

from delaysnn.core.metrics import Metrics
from delaysnn.queues import registered
from delaysnn.report.registry import table
from delaysnn.report.tidy import summarise


@table(
    title="Variants of the delay queue",
    caption="""
    All variants deliver the same events (see Every spike compared). They differ in events taken from the queues for an
    inference, and in memory: the events that the busiest step needs. No early drop: an event passes every delay. Stride
    units: an event is touched only when a delay level is due. Near and far: events that are not due soon wait in a
    queue that is read every eighth step. One queue for all layers: sized for their busiest common step. A single ring:
    one memory holds both queues.
    """,
    section="Delay queues",
    place=60,
    inputs=lambda study: {"metrics": study.metrics("queues", networks=study.deployed_on["seneca"])},
    params=lambda _: {"structures": [name for name, each in registered().items() if each.run]},
    when=lambda study: study.has("seneca"),
)
def tabulate_variants(metrics: Sequence[Metrics], structures: Sequence[str]) -> pd.DataFrame:
    """Return what each variant touches and holds for every network."""
    return summarise(metrics, {}, structures, ["pops", "peak"])
