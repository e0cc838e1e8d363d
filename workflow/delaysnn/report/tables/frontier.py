"""The most accurate network within each budget of memory or energy."""

from collections.abc import Iterator, Mapping, Sequence
from statistics import mean, stdev
from typing import Any

import pandas as pd

from delaysnn.core.widths import show
from delaysnn.frontier.budgets import ENERGY, QUANTITIES, Quantity
from delaysnn.report.claims import share_interval
from delaysnn.report.registry import table
from delaysnn.settings.frontier import Space

# As all tables call it.
_NAMES = {"keep": "levels"}


@table(
    title="The most accurate network within each budget of memory or energy",
    caption="""
    For each budget, the network of the search's last round with the best mean validation accuracy, with its settings.
    It was chosen among many by these validation samples, so its accuracy on them is too high. The test samples were
    used once, for the winners alone. Memory counts kept weights and each neuron's own parameters. Energy, if it has
    budgets, is that of an inference on the validation samples, counted from constants alone for the chip that is named.
    A budget that no network of the last round meets has no row.
    """,
    section=None,
    place=30,
    inputs=lambda study: {"frontier": study.files["frontier"]},
    params=lambda study: {"keys": [key for key in Space.model_fields if key in study.config["frontier"]["space"]]},
)
def tabulate_frontier(frontier: Mapping[str, Any], keys: Sequence[str]) -> pd.DataFrame:
    """Return one row a budget, those of memory first.

    Args:
        frontier: as :func:`delaysnn.frontier.results.summarise` returns it.
        keys: settings to show, in this order, a column each; ``keep`` is called ``levels``.

    Returns:
        What the budget is of, its unit and value; memory in kB; where energies have budgets, the mean energy over seeds
        in uJ and what it was counted for; the settings; means and deviations over seeds, in percent, on validation and
        on test samples, the interval of the latter's mean by their number alone; the data set.
    """
    rows = []
    for quantity, budget, name in _winners(frontier):
        found = frontier["candidates"][name]
        row = {"quantity": quantity.name, "unit": quantity.unit, "budget": budget, "memory_kb": found["memory_kb"]}
        if ENERGY.key in frontier:
            known = found.get("energy_uj")
            row |= {"energy_uj": mean(known) if known else float("nan"), "energy_by": found.get("energy_by")}
        row |= {_NAMES.get(key, key): _show(key, found["settings"][key]) for key in keys}
        low, high = share_interval(mean(found["test"]), found["samples"])
        row |= {"validation_mean": mean(found["validation"]), "validation_sd": _deviation(found["validation"])}
        row |= {"test_mean": mean(found["test"]), "test_sd": _deviation(found["test"])}
        row |= {"seeds": len(found["test"]), "samples": found["samples"], "test_low": low, "test_high": high}
        rows.append(row | {"dataset": frontier["dataset"]})
    return pd.DataFrame(rows)


def _winners(frontier: Mapping[str, Any]) -> Iterator[tuple[Quantity, float, str]]:
    """Yield what each budget is of, its value and the name of its winner."""
    for key, quantity in QUANTITIES.items():
        for budget, name in sorted((float(budget), name) for budget, name in frontier.get(key, {}).items() if name):
            yield quantity, budget, name


def _show(key: str, value: Any) -> Any:
    """Return a setting as a cell: neurons of layers with strokes between them, widths of their weights as 8/4/4."""
    if key == "bits":
        return show(value)
    return "-".join(map(str, value)) if isinstance(value, list) else value


def _deviation(values: Sequence[float]) -> float:
    return stdev(values) if len(values) > 1 else float("nan")
