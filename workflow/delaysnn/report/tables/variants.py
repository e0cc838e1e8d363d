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
    The same deliveries (see Every spike compared) with other traffic and memory: events taken from the queues an
    inference, and events of memory that the busiest step needs. Without early drop an event passes every delay; in
    stride units it is touched only when a delay level is due; near and far: events that are not due soon wait in a
    queue that is read every eighth step; one queue for all layers is sized for their busiest common step; a single
    ring of memory holds both queues in one.
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
