"""All networks at a glance: how accurate, how large, and what an inference takes on each chip."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from delaysnn.core.widths import show
from delaysnn.platforms import REFERENCE, registered
from delaysnn.report.estimates import preferred
from delaysnn.report.registry import table
from delaysnn.report.style import label_of
from delaysnn.report.tidy import COLUMNS, select
from delaysnn.report.wide import ReportCell, WideTable, headed, number

NETWORK_COLUMNS = [*COLUMNS, "ours_low", "ours_high", "how", "outside_fit", "weights"]
_COSTS = ["energy", "latency", "memory"]
_UNITS = {"accuracy": "%", "parameters": "", "energy": "uJ", "latency": "ms", "memory": "Mbit"}
_FLOATS = "float"


def show_networks(rows: pd.DataFrame) -> WideTable:
    """Show one row a network and way to run it."""
    found = []
    for (network, platform), group in rows.groupby(["network", "platform"], sort=False):
        cells = {row.quantity: _cell(row) for row in group.itertuples()}
        values = [cells.get(quantity, ReportCell("–")) for quantity in _UNITS]
        names = [ReportCell(network), ReportCell(label_of(platform))]
        found.append([*names, values[0], ReportCell(group["weights"].iloc[0]), *values[1:]])
    costs = [headed(cost, _UNITS[cost]) for cost in _COSTS]
    heads = ["network", "runs on", headed("accuracy", "%"), "bits a weight", "synapses", *costs]
    return WideTable(heads, found, 2)


def _cell(row: Any) -> ReportCell:
    interval = "" if pd.isna(row.ours_low) else f"{number(row.ours_low)} to {number(row.ours_high)}"
    if row.how == "calibrated" and not interval:
        interval = "not predicted"
    notes = [
        interval,
        row.how if row.how in ("counted", "simulated") else "",
        "outside of its fit" if row.outside_fit else "",
    ]
    return ReportCell(number(row.ours_mean), interval=", ".join(filter(None, notes)))


@table(
    title="Accuracy, size and cost of every network",
    caption="""
    One row for each network and platform: accuracy on the test samples, bits a weight, synapses that pruning left, and
    estimates for an inference. In parentheses behind an accuracy: the 95 % interval by the number of test samples
    alone. In parentheses behind an estimate: one standard deviation over seeds together with the model's largest error
    on a network left out of its fit; "counted" if it comes from constants alone; "simulated" if it is cycles of the
    engine over its clock. Networks that no chip runs have estimates of their floats, without memory. Section Accuracy
    says which differences were detected; section Energy, latency, memory explains the estimates.
    """,
    section="All networks",
    place=10,
    inputs=lambda study: {
        "models": study.table("models"),
        "fidelity": study.table("fidelity"),
        "costs": [
            *([study.table("energy")] if study.setups("energy") else []),
            *([study.table("baseline_costs")] if study.prices_floats else []),
        ],
    },
    params=lambda study: {
        "widths": {
            name: _written(study.networks[name].get("bits") or study.config["quantisation"]["deployed"])
            for name in study.deployed
        },
    },
    show=show_networks,
)
def tabulate_networks(
    models: pd.DataFrame, fidelity: pd.DataFrame, costs: Sequence[pd.DataFrame], widths: Mapping[str, str]
) -> pd.DataFrame:
    """Return rows of the tables of these names side by side, a network's together.

    Args:
        models, fidelity: accuracies as floats, and on chips.
        costs: the tables ``energy`` and ``baseline_costs``, those of them that there are; a network that is in the
            first is left out of the second.
        widths: bits a weight of networks on chips with integers, as they are shown.

    Returns:
        A frame with the columns of :data:`NETWORK_COLUMNS`. ``ours_low`` and ``ours_high`` are of an accuracy its
        interval by the number of samples, of an estimate the mean less and plus the root of the squared deviation over
        seeds and error of the model. ``weights`` is how weights are held.
    """
    chips = {setup.name: platform for platform in registered().values() for setup in platform.setups}
    found = []
    for network in dict.fromkeys(models["network"]):
        shared = select(models, network=network, quantity="parameters")
        estimates = next((rows for rows in (select(each, network=network) for each in costs) if len(rows)), None)
        ways = [] if estimates is None else list(dict.fromkeys(estimates["platform"]))
        for way in ways or [REFERENCE]:
            chip = chips.get(way, registered()[REFERENCE])
            own = select(fidelity, network=network, platform=chip.name, quantity="accuracy")
            deployed = len(own) > 0 and chip.name != REFERENCE
            accuracy = own if deployed else select(models, network=network, quantity="accuracy")
            parts = [accuracy, shared]
            if estimates is not None:
                cells = preferred(estimates)
                parts.append(_with_interval(cells[(cells["platform"] == way) & cells["quantity"].isin(_COSTS)]))
            weights = _held(chip, widths.get(network, "")) if deployed else _FLOATS
            found.append(pd.concat(parts, ignore_index=True).assign(platform=way, weights=weights))
    rows = pd.concat(found, ignore_index=True).reindex(columns=NETWORK_COLUMNS)
    return rows.assign(outside_fit=rows["outside_fit"].fillna(0).astype(int))


def _held(chip: Any, width: str) -> str:
    return width if chip.quantised else chip.number_format or _FLOATS


def _with_interval(rows: pd.DataFrame) -> pd.DataFrame:
    errors = rows["ours_mean"] * rows["model_error_pct"].astype(float) / 100
    # What is counted or simulated has no model that misses anything.
    errors = errors.mask(rows["how"] != "calibrated", 0.0)
    half = np.hypot(errors, rows["ours_sd"].fillna(0).astype(float))
    return rows.assign(ours_low=rows["ours_mean"] - half, ours_high=rows["ours_mean"] + half)


def _written(bits: Any) -> str:
    return str(show(bits))
