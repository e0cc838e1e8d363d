"""Paper Table III: energy, latency and memory of an inference on every platform."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from delaysnn.core.metrics import Metrics
from delaysnn.report.estimates import estimate_table, model_errors, name_unfitted, of_setups
from delaysnn.report.published import Key
from delaysnn.report.registry import table

_QUANTITIES = ["energy", "latency", "memory", "delay_ip_energy"]


@table(
    title="Table III: energy, latency and memory of an inference",
    caption=lambda study: (
        f"""
    {
            study.said(
                ", ",
                loihi="Loihi on one core",
                seneca="Seneca with the shared circular delay queue (SCDQ), and Seneca with the queue in software",
                end=".",
            )
        }
    There are two estimates. Counted: operations on the test samples times the constants in config/hardware. Nothing is
    fitted, and what no constant covers is left out. Calibrated: a line in the same operations, fitted to the paper's
    Table III. "Model" is the largest error of that line on a network that was left out of the fit. In brackets is the
    paper's value for a network of this shape on SHD. {name_unfitted(study, study.deployed)}
    """
    ),
    section="Energy, latency, memory",
    place=10,
    **of_setups("energy"),
)
def tabulate_energy(
    metrics: Sequence[Metrics],
    validation: Sequence[Mapping[str, Any]],
    beside: Mapping[Key, float],
    setups: Sequence[str],
) -> pd.DataFrame:
    """Return both estimates of every network in each of the ways to run it."""
    return estimate_table(metrics, beside, setups, _QUANTITIES, model_errors(validation))
