"""Energy times latency times area of Seneca, with SCDQ and with a queue in software."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from delaysnn.core.metrics import Metrics
from delaysnn.platforms.seneca.edap import edap_errors
from delaysnn.report.estimates import estimate_table, model_errors, of_setups
from delaysnn.report.published import Key
from delaysnn.report.registry import table

_QUANTITIES = ["edap"]


@table(
    title="Energy times latency times area",
    caption="""
    Estimated energy and latency of an inference on Seneca, times the published area of its cores and Delay IPs: one
    core a layer, and a Delay IP for each layer behind a queue. Smaller is better. The software queue needs no Delay IP,
    but its product is still larger.
    """,
    section="Energy, latency, memory",
    place=70,
    **of_setups("edap"),
)
def tabulate_edap(
    metrics: Sequence[Metrics],
    validation: Sequence[Mapping[str, Any]],
    beside: Mapping[Key, float],
    setups: Sequence[str],
) -> pd.DataFrame:
    """Return both estimates of every network in each of the ways to run it."""
    return estimate_table(metrics, beside, setups, _QUANTITIES, edap_errors(model_errors(validation)))
