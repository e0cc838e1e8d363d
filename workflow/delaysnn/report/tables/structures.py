"""Other ways of delaying spikes: memory provisioned and needed, and how often it is touched."""

from collections.abc import Sequence

import pandas as pd

from delaysnn.core.metrics import Metrics
from delaysnn.queues import registered
from delaysnn.report.registry import table
from delaysnn.report.tidy import summarise

_QUANTITIES = ["provisioned_bits", "needed_bits", "accesses"]


@table(
    title="Other ways to delay spikes, on the same spikes",
    caption="""
    Bits to provision if every neuron may fire at every step, bits that the busiest step needed, and reads and writes of
    that memory for an inference; all delayed layers together. A spike history is read as one word for each axon and
    step.
    """,
    section="Delay queues",
    place=70,
    inputs=lambda study: {"metrics": study.metrics("queues", networks=study.deployed_on["seneca"])},
    params=lambda _: {"structures": [name for name, each in registered().items() if each.need]},
    when=lambda study: study.has("seneca"),
)
def tabulate_structures(metrics: Sequence[Metrics], structures: Sequence[str]) -> pd.DataFrame:
    """Return what each structure needs for every network."""
    return summarise(metrics, {}, structures, _QUANTITIES)
