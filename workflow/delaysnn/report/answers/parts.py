"""Parts of answers: rows of tables, and their wording."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from delaysnn.report.claims import Difference
from delaysnn.report.comparisons import find_difference
from delaysnn.report.tidy import select
from delaysnn.report.wide import measured_cell

Tables = Mapping[str, pd.DataFrame]


@dataclass(frozen=True)
class Answer:
    """A question, its answer in a line, and the details."""

    question: str
    short: str
    text: str

    def __str__(self) -> str:
        return f"{self.question} {self.text}"


def row_of(table: pd.DataFrame, network: str, platform: str, quantity: str) -> Any:
    """Return the first row of a quantity of a network on a platform."""
    return next(select(table, network=network, platform=platform, quantity=quantity).itertuples())


def mean_of(table: pd.DataFrame, network: str, platform: str, quantity: str) -> float:
    """Return our mean of a quantity of a network on a platform."""
    return row_of(table, network, platform, quantity).ours_mean


def percent(row: Any) -> str:
    """Write a share with its deviation and interval."""
    deviation = "" if pd.isna(row.ours_sd) else f" ± {row.ours_sd:.1f}"
    return f"{row.ours_mean:.1f}{deviation} % ({row.ours_low:.1f} to {row.ours_high:.1f})"


def compare(tables: Tables, of: str, against: str, platform: str = "pytorch") -> Difference:
    """Return how a network on a platform differs in accuracy from another's, or its own, floats."""
    return find_difference(tables["comparisons"], (of, platform), (against, "pytorch"))


def saving(before: float, after: float) -> str:
    """Write a change in percent."""
    return f"{100 * (1 - after / before):.0f} % less" if after <= before else f"{100 * (after / before - 1):.0f} % more"


def save(before: Any, after: Any) -> str:
    """Return in words what the second estimate saves against the first, if their difference is larger than the errors.

    The errors are the root of the summed squares of both estimates' deviations over seeds and model errors.
    """
    parts = [part for row in (before, after) for part in (row.ours_sd, row.ours_mean * row.model_error_pct / 100)]
    if abs(before.ours_mean - after.ours_mean) <= np.sqrt(np.nansum(np.square(parts))):
        return "no difference beyond the errors of the estimates"
    return saving(before.ours_mean, after.ours_mean)


def save_published(before: Any, after: Any) -> str:
    """Return in brackets what the paper's cells save, if both estimates are on lines fitted to these; else nothing."""
    rows = (before, after)
    if any(row.how != "calibrated" or pd.isna(row.published) for row in rows):
        return ""
    return f" [paper: {saving(*(row.published for row in rows))}]"


def beside(row: Any, other: Any, unit: str) -> str:
    """Return an estimate, the other that it is compared with, and what it saves."""
    return f"{measured_cell(row).ours} against {measured_cell(other).ours} {unit}, {save(other, row)}"
