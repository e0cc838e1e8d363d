"""What every network would take as floats on chips that run its neurons: with delays, recurrence or neither."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from delaysnn.core.metrics import Metrics
from delaysnn.report.estimates import ESTIMATE_COLUMNS, estimate_table, model_errors, name_unfitted
from delaysnn.report.registry import table

BASELINE_COST_COLUMNS = [*ESTIMATE_COLUMNS, "memory_by"]
_QUANTITIES = ["operations", "queue_events", "energy", "latency", "delay_ip_energy"]


def memory_of(network: Mapping[str, Any]) -> str:
    """Return what a network remembers with beside its neurons' decay.

    Args:
        network: its ``delays`` and ``recurrent``, ``input_delays`` where it has any, and ``features`` beyond the
            paper's networks where it has those.
    """
    if "recurrent" in network.get("features", ()):
        return "delays and recurrence"
    if network["recurrent"]:
        return "recurrence" if network["recurrent"] is True else "delayed recurrence"
    delays = network["delays"] or bool(network.get("input_delays"))
    return {"random": "random delays", False: "decay alone"}.get(delays, "learned delays")


@table(
    title="Energy of delays and of recurrence",
    caption=lambda study: (
        f"""
    Estimates of what every network would take{
            study.said(" and", loihi=" on one core of Loihi", seneca=" on Seneca with SCDQ")
        }, means over the test samples. All networks are counted on the spikes and synapses of their floats, so rows
    differ a little from Table III. A recurrent synapse has delay 1{
            study.said(
                ",",
                loihi=" on Loihi a synapse as any other",
                seneca=" on Seneca an event that waits one step in a queue with one level",
                start=":",
            )
        }. {study.said(seneca="A layer without delays has no queue on Seneca: its events go straight to the core.")}
    Counted: from constants alone; what they leave out is in docs/cost-models.md. Calibrated: on lines fitted to the
    paper's networks. All of these have delays, so for a network without delays the estimate is a guess; "outside of its
    fit" marks counts beyond the paper's. The recurrent network and the wider one without delays have more neurons, so
    each input spike reaches more of them. {name_unfitted(study, study.priced_as_floats, but=("recurrent",))}
    """
    ),
    section="Energy, latency, memory",
    place=80,
    inputs=lambda study: {
        "metrics": study.metrics("float_cost", networks=study.priced_as_floats),
        "validation": study.validation(),
    },
    params=lambda study: {
        "networks": {
            name: {key: study.networks[name][key] for key in ("delays", "input_delays", "recurrent")}
            | ({"features": own} if (own := study.features(name)) else {})
            for name in study.priced_as_floats
        },
    },
    when=lambda study: study.prices_floats,
)
def tabulate_baseline_costs(
    metrics: Sequence[Metrics],
    validation: Sequence[Mapping[str, Any]],
    networks: Mapping[str, Mapping[str, Any]],
) -> pd.DataFrame:
    """Return both estimates of every float network, :data:`BASELINE_COST_COLUMNS`."""
    setups = list(dict.fromkeys(cell.platform for m in metrics for cell in m.cells))
    table = estimate_table(metrics, {}, setups, _QUANTITIES, model_errors(validation))
    return table.assign(memory_by=[memory_of(networks[name]) for name in table["network"]])
