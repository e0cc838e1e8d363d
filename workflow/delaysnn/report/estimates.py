"""Tables of estimates: what constants alone give, and what lines fitted to Table III give, beside each other."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from delaysnn.core.errors import InputError
from delaysnn.core.features import listed
from delaysnn.core.metrics import SETTINGS, Metrics
from delaysnn.costs.lines import MECHANISM
from delaysnn.neurons import PLAIN
from delaysnn.report.published import Key
from delaysnn.report.study import Study
from delaysnn.report.tidy import COLUMNS, summarise

ESTIMATE_COLUMNS = [*COLUMNS, "how", "model_error_pct", "outside_fit"]
# In the order of preference where one number alone is shown.
_WAYS = ("calibrated", "counted", "simulated")


def summarise_ways(
    metrics: Sequence[Metrics],
    published: Mapping[Key, float],
    platforms: Sequence[str],
    quantities: Sequence[str],
    ways: Sequence[str],
    settings: Sequence[str] = (),
) -> pd.DataFrame:
    """Collect cells as :func:`delaysnn.report.tidy.summarise`, those of each way apart, with a column ``how``.

    Raises:
        InputError: no cell was found of any of the ways.
    """
    parts = []
    for how in ways:
        own = [replace(m, cells=tuple(cell for cell in m.cells if cell.how == how)) for m in metrics]
        if any(cell.platform in platforms and cell.quantity in quantities for m in own for cell in m.cells):
            parts.append(summarise(own, published, platforms, quantities, settings).assign(how=how))
    if not parts:
        raise InputError(f"No metrics file holds an estimate for {', '.join(platforms)}; make them first.")
    return pd.concat(parts, ignore_index=True)


def estimate_table(
    metrics: Iterable[Metrics],
    published: Mapping[Key, float],
    platforms: Sequence[str],
    quantities: Sequence[str],
    errors: Mapping[tuple[str, str], float],
) -> pd.DataFrame:
    """Collect estimates over seeds into one row a network, platform, quantity and way of estimating.

    Args:
        metrics, published, platforms, quantities: as :func:`delaysnn.report.tidy.summarise` takes them.
        errors: what each model misses in percent, by platform and quantity, as :func:`model_errors` returns it.

    Returns:
        A frame with the columns of :data:`ESTIMATE_COLUMNS`. ``how`` is calibrated, counted or simulated.
        ``model_error_pct`` is the largest error of the calibrated model on a network left out of its fit. Where it is
        empty, a calibrated value predicts nothing, and has no ``difference``. ``outside_fit`` counts the seeds of which
        something lies outside of what the model was fitted to. What is counted leaves something out, so that it has no
        ``difference`` either.
    """
    metrics = list(metrics)
    table = summarise_ways(metrics, published, platforms, quantities, _WAYS)
    beyond = _outside(metrics)
    keys = list(zip(table["network"], table["platform"], table["quantity"], strict=True))
    fitted = table["how"] == "calibrated"
    table["model_error_pct"] = pd.Series([errors.get(key[1:]) for key in keys], dtype=float).where(fitted)
    table["outside_fit"] = pd.Series([beyond.get(key, 0) for key in keys]).where(fitted, 0).astype(int)
    table["difference"] = table["difference"].where(table["model_error_pct"].notna())
    networks = list(dict.fromkeys(m.network for m in metrics))
    rank = [(networks.index(n), platforms.index(p), quantities.index(q)) for n, p, q in keys]
    order = sorted(range(len(table)), key=lambda row: (*rank[row], _WAYS.index(table["how"][row])))
    return table.iloc[order][ESTIMATE_COLUMNS].reset_index(drop=True)


def name_unfitted(study: Study, networks: Iterable[str], but: Collection[str] = ()) -> str:
    """Say which of the networks have counted estimates alone, where there are any.

    Args:
        but: features of networks by which none of their estimates are counted alone.
    """
    networks = list(networks)
    neurons = ", ".join(name for name in networks if study.networks[name]["neuron"] != PLAIN)
    found = {name: set(study.features(name)) - {*but} for name in networks}
    further = ", ".join(name for name, own in found.items() if own)
    has = listed(set().union(*found.values()))
    said = [
        f"Of other neurons than LIF, to which no line was fitted, and so counted alone: {neurons}." if neurons else "",
        f"With {has}, and so counted alone where no line holds for that: {further}." if further else "",
    ]
    return " ".join(filter(None, said))


def of_setups(name: str) -> dict[str, Any]:
    """Return what tables of estimates register alike: inputs, parameters and when to make them.

    Args:
        name: of the table, as setups of platforms call it.
    """
    return {
        "inputs": lambda study: {
            "metrics": study.costs(),
            "validation": study.validation(),
            "published": study.files["published"],
        },
        "params": lambda study: {"shapes": study.shapes, "setups": study.setups(name)},
        "when": lambda study: study.setups(name),
    }


def model_errors(validation: Iterable[Mapping[str, Any]]) -> dict[tuple[str, str], float]:
    """Return the largest error in percent on a network left out, by platform and quantity, from ``rows`` of chips."""
    errors: dict[tuple[str, str], float] = {}
    for row in (row for chip in validation for row in chip["rows"]):
        if (row["model"], row["how"]) == (MECHANISM, "left_out"):
            key = (row["platform"], row["quantity"])
            errors[key] = max(errors.get(key, 0.0), abs(row["error_pct"]))
    return errors


def _outside(metrics: Iterable[Metrics]) -> dict[Key, int]:
    """Return, by network, platform and quantity, how many seeds lie outside of what the line was fitted to."""
    found: dict[Key, int] = {}
    for m in metrics:
        for platform, quantities in m.details.get("outside_fit", {}).items():
            for quantity in quantities:
                key = (m.network, platform, quantity)
                found[key] = found.get(key, 0) + 1
    return found


def preferred(table: pd.DataFrame) -> pd.DataFrame:
    """Return one row a network, platform, quantity and setting: calibrated where there is such an estimate, else
    counted or measured.
    """
    order = table.assign(rank=table["how"].map([*_WAYS, "measured"].index)).sort_values("rank", kind="stable")
    kept = order.drop_duplicates(["network", "platform", "quantity", *order.columns.intersection(SETTINGS)]).index
    return table.loc[sorted(kept)].reset_index(drop=True)
