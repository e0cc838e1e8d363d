"""Tables for readers: the tidy rows turned into few rows that can be compared at a glance."""

from collections.abc import Sequence
from dataclasses import dataclass
from numbers import Real
from typing import Any

import pandas as pd

from delaysnn.costs.lines import MECHANISM
from delaysnn.report.area import AREA_COLUMNS
from delaysnn.report.comparisons import COMPARISON_COLUMNS
from delaysnn.report.estimates import SWEEP_COLUMNS, preferred
from delaysnn.report.operations import OPERATION_COLUMNS
from delaysnn.report.style import PLATFORM_NAMES
from delaysnn.report.tables import COLUMNS
from delaysnn.report.validation import VALIDATION_COLUMNS

# Columns that tell rows of one quantity apart, and what a reader sees of their values.
_SETTINGS = {
    "test_speakers": "tested on speakers {}",
    "split": "{}",
    "levels": "{} levels",
    "bits": "{} bits",
    "control": "{}",
    "phase": "{}",
}


@dataclass(frozen=True)
class ReportCell:
    """One cell as text: our value, its interval and the published value where there are any."""

    ours: str
    published: str = ""
    interval: str = ""


@dataclass(frozen=True)
class WideTable:
    """A table for readers: ``rows`` of cells under ``columns``, the first ``text_columns`` of them names."""

    columns: list[str]
    rows: list[list[ReportCell]]
    text_columns: int


def widen(table: pd.DataFrame) -> WideTable:
    """Turn a tidy table into one for readers; what is not tidy stays as it is, empty columns left out."""
    columns = list(table.columns)
    if columns == COMPARISON_COLUMNS:
        return compared(table)
    if columns == SWEEP_COLUMNS:
        # What is counted beside a calibrated estimate stays in the file.
        return measured(preferred(table).drop(columns="how"), ("levels", "bits"))
    if columns == OPERATION_COLUMNS:
        return measured(table.assign(published=table["from_published"]))
    if columns == VALIDATION_COLUMNS:
        return validation(table)
    if columns[: len(COLUMNS)] == COLUMNS and table["network"].notna().all():
        return measured(table, [name for name in ("control", "test_speakers") if name in columns])
    return plain(table.drop(columns=[name for name in ("seeds", "dataset") if columns in (COLUMNS, AREA_COLUMNS)]))


def measured(table: pd.DataFrame, apart: Sequence[str] = ()) -> WideTable:
    """Show one row a network and platform, one column a quantity.

    Args:
        table: of measured cells, one a row.
        apart: columns of settings whose values stand with the network's name; those of others head columns.
    """
    settings = [name for name in _SETTINGS if name in table]
    heads = _joined(table, "quantity", [name for name in settings if name not in apart])
    table = table.assign(network=_joined(table, "network", apart), quantity=heads)
    quantities = list(dict.fromkeys(zip(table["quantity"], table["unit"], strict=True)))
    rows = []
    ways = ["how"] if "how" in table else []
    for (network, platform, *how), group in table.groupby(["network", "platform", *ways], sort=False):
        cells = {row.quantity: measured_cell(row) for row in group.itertuples()}
        name = PLATFORM_NAMES.get(platform, platform)
        if "ran_on" in group and pd.notna(group["ran_on"].iloc[0]):
            name += f" ({group['ran_on'].iloc[0]})"
        name += "".join(f", {way}" for way in how)
        names = [ReportCell(str(network)), ReportCell(name)]
        if "memory_by" in group:
            names[0] = ReportCell(f"{network}, {group['memory_by'].iloc[0]}")
        rows.append(names + [cells.get(quantity, ReportCell("–")) for quantity, _ in quantities])
    heads = [f"{quantity.replace('_', ' ')} ({unit})" for quantity, unit in quantities]
    return WideTable(["network", "platform", *heads], rows, 2)


def _joined(table: pd.DataFrame, name: str, settings: Sequence[str], prefix: str = "") -> list[str]:
    """Return the values of a column, each with those of its settings that are no empty ones."""
    texts = []
    for text, *values in table[[name, *(prefix + setting for setting in settings)]].itertuples(index=False):
        own = zip(settings, values, strict=True)
        texts.append(", ".join([text, *(_SETTINGS[key].format(value) for key, value in own if pd.notna(value))]))
    return texts


def validation(table: pd.DataFrame) -> WideTable:
    """Show one row a published cell.

    Beside it what is counted, the model fitted to it, the model that has not seen it, and that one's error.
    Null models have a table of their own.
    """
    table = table[table["model"].isin([MECHANISM, "counted"])]
    rows = []
    for (platform, quantity, network), group in table.groupby(["platform", "quantity", "network"], sort=False):
        by = {row.how: row for row in group.itertuples()}
        first = next(iter(by.values()))
        texts = [PLATFORM_NAMES.get(platform, platform), f"{quantity.replace('_', ' ')} ({first.unit})", network]
        texts.append(_number(first.published))
        texts += [_number(by[how].ours_mean) if how in by else "–" for how in ("counted", "fitted", "left_out")]
        texts.append(f"{by['left_out'].error_pct:+.1f}" if "left_out" in by else "not predicted")
        rows.append([ReportCell(text) for text in texts])
    heads = ["platform", "quantity", "network", "published"]
    heads += ["counted", "fitted to it", "not having seen it", "error (%)"]
    return WideTable(heads, rows, 3)


def compared(table: pd.DataFrame) -> WideTable:
    """Show one row a pair; what is neither PyTorch nor as deployed stands with the network's name."""
    settings = ("levels", "bits", "control", "phase")
    named = table.copy()
    for name, platform in (("network", "platform"), ("against", "against_platform")):
        named[name] += ["" if each == "pytorch" else f", {PLATFORM_NAMES.get(each, each)}" for each in table[platform]]
    first, second = _joined(named, "network", settings), _joined(named, "against", settings, "against_")
    rows = [
        [
            ReportCell(row.compared),
            ReportCell(of),
            ReportCell(against),
            ReportCell(row.verdict),
            ReportCell(f"{row.difference:+.1f}", interval=f"{row.low:+.1f} to {row.high:+.1f}"),
        ]
        for of, against, row in zip(first, second, table.itertuples(), strict=True)
    ]
    return WideTable(["compared", "network", "against", "verdict", "difference (points)"], rows, 4)


def plain(table: pd.DataFrame) -> WideTable:
    """Show a table as it is, empty columns left out."""
    table = table.dropna(axis="columns", how="all")
    rows = [
        [ReportCell(_number(value) if isinstance(value, Real) else str(value)) for value in row]
        for row in table.itertuples(index=False)
    ]
    text = sum(not pd.api.types.is_numeric_dtype(kind) for kind in table.dtypes)
    return WideTable([name.replace("_", " ") for name in table.columns], rows, text)


def measured_cell(row: Any) -> ReportCell:
    """Write a tidy row as ``mean ± deviation (interval) [published]``, the deviation to the mean's last digit.

    Behind an estimate stands what its model misses on a network left out, in the estimate's unit, and whether it lies
    outside of what the model was fitted to.
    """
    ours, varies = _number(row.ours_mean), not pd.isna(row.ours_sd) and row.ours_sd > 0
    # A mean that happens to be whole still has a deviation.
    if varies and row.ours_mean == round(row.ours_mean) and abs(row.ours_mean) < 100:
        ours = f"{row.ours_mean:.1f}"
    decimals = len(ours.partition(".")[2])
    deviation = f"{row.ours_sd:.0e}" if "e" in ours else f"{row.ours_sd:.{decimals}f}"
    if varies and float(deviation) > 0:
        ours += f" ± {deviation}"
    notes = []
    error = getattr(row, "model_error_pct", None)
    if error is not None and not pd.isna(error):
        notes.append(f"model ± {_number(abs(row.ours_mean) * error / 100)}")
    elif error is not None and row.how == "calibrated":
        notes.append("not predicted")
    if getattr(row, "outside_fit", 0):
        notes.append("outside of its fit")
    if notes:
        ours += f" ({', '.join(notes)})"
    interval = ""
    if not pd.isna(getattr(row, "ours_low", None)):
        interval = f"{_number(row.ours_low)} to {_number(row.ours_high)}"
    return ReportCell(ours, "" if pd.isna(row.published) else _number(row.published), interval)


def _number(value: float) -> str:
    """Write three digits, or more where a whole number has more."""
    if pd.isna(value):
        return "–"
    if value == round(value) or abs(value) >= 100:
        return f"{value:,.0f}"
    if abs(value) < 0.001:
        return f"{value:.2e}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}" if abs(value) >= 1 else f"{value:.3f}"
