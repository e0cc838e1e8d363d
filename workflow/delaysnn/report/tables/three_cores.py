"""Paper Table IV: three cores each."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from delaysnn.core.metrics import Metrics
from delaysnn.report.estimates import estimate_table, model_errors, of_setups
from delaysnn.report.published import Key
from delaysnn.report.registry import table

_QUANTITIES = ["energy", "latency", "memory", "delay_ip_energy"]


@table(
    title="Table IV: three cores",
    caption=lambda study: (
        f"""
    A layer a core{" on both chips" if study.has("loihi", "seneca") else ""}{
            study.said(seneca=", which is how Seneca is modelled in Table III too")
        }. {
            study.said(
                "; ",
                loihi="On Loihi three cores do the same operations, but pay three times for what a core takes "
                "whatever it holds. There the paper prints network 48 alone, which the cost model of one core "
                "predicts without a fit (errors are in section Trust). Counted latency holds for one core and "
                "is left out",
                seneca="Seneca's values are those of its Table III",
                end=".",
            )
        }
    """
    ),
    section="Energy, latency, memory",
    place=60,
    **of_setups("three_cores"),
)
def tabulate_three_cores(
    metrics: Sequence[Metrics],
    validation: Sequence[Mapping[str, Any]],
    beside: Mapping[Key, float],
    setups: Sequence[str],
) -> pd.DataFrame:
    """Return both estimates of every network in each of the ways to run it."""
    return estimate_table(metrics, beside, setups, _QUANTITIES, model_errors(validation))
