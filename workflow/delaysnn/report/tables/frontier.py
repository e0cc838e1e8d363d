"""The most accurate network within each budget of memory."""

from collections.abc import Mapping, Sequence
from statistics import mean, stdev
from typing import Any

import pandas as pd

from delaysnn.report.claims import share_interval
from delaysnn.report.registry import table
from delaysnn.settings.frontier import Space

# As all tables call it.
_NAMES = {"keep": "levels"}


@table(
    title="The most accurate network at each memory",
    caption="""
    Of all networks of the search's last round that fit a budget of memory, the one of the best mean in validation,
    with its settings. It was chosen among many by these validation samples, which flatters its accuracy on them; the
    test samples were asked once, of winners alone. Memory counts kept weights and what each neuron has of its own.
    """,
    section=None,
    place=30,
    inputs=lambda study: {"frontier": study.files["frontier"]},
    params=lambda study: {"keys": [key for key in Space.model_fields if key in study.config["frontier"]["space"]]},
)
def tabulate_frontier(frontier: Mapping[str, Any], keys: Sequence[str]) -> pd.DataFrame:
    """Return one row a budget.

    Args:
        frontier: as :func:`delaysnn.frontier.results.summarise` returns it.
        keys: settings to show, in this order, a column each; ``keep`` is called ``levels``.

    Returns:
        Budget and memory in kB; the settings; means and deviations over seeds, in percent, on validation and on test
        samples, the interval of the latter's mean by their number alone; the data set.
    """
    rows = []
    for budget, name in sorted(frontier["budgets_kb"].items(), key=lambda pair: float(pair[0])):
        found = frontier["candidates"][name]
        row = {"budget_kb": float(budget), "memory_kb": found["memory_kb"]}
        row |= {_NAMES.get(key, key): _show(found["settings"][key]) for key in keys}
        low, high = share_interval(mean(found["test"]), found["samples"])
        row |= {"validation_mean": mean(found["validation"]), "validation_sd": _deviation(found["validation"])}
        row |= {"test_mean": mean(found["test"]), "test_sd": _deviation(found["test"])}
        row |= {"seeds": len(found["test"]), "samples": found["samples"], "test_low": low, "test_high": high}
        rows.append(row | {"dataset": frontier["dataset"]})
    return pd.DataFrame(rows)


def _show(value: Any) -> Any:
    """Return a setting as a cell: neurons of layers with strokes between them."""
    return "-".join(map(str, value)) if isinstance(value, list) else value


def _deviation(values: Sequence[float]) -> float:
    return stdev(values) if len(values) > 1 else float("nan")
