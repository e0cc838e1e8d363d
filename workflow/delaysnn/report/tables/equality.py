"""Every spike-for-spike comparison in one table."""

from collections.abc import Sequence

import pandas as pd

from delaysnn.core.metrics import Metrics
from delaysnn.report.registry import table
from delaysnn.report.tidy import equality
from delaysnn.report.wide import plain


@table(
    title="Every spike compared",
    caption="""
    Each row runs one network two ways, Lava on the platform that is named, and compares every spike: Lava in
    batches, and Lava's stock graph, one DelayDense a delay level and one LIF a layer, against our integer
    reference; the deliveries of the delay queue and of its variants against the dense delayed product; the queue's
    Verilog and its synthesised gates against the simulator, deliveries in their order and the cycles of every step.
    A difference other than 0 is an error.
    """,
    section="On the chips",
    place=40,
    inputs=lambda study: {"metrics": study.equality},
    when=lambda study: study.equality,
    show=plain,
)
def tabulate_equality(metrics: Sequence[Metrics]) -> pd.DataFrame:
    """Return them."""
    return equality(metrics)
