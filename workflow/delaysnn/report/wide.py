"""Tables for readers: tidy rows turned into a few rows that can be compared."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from numbers import Real
from typing import Any

import pandas as pd

from delaysnn.report.style import label_of
from delaysnn.report.tidy import UNREPEATED

# Columns that tell rows of one quantity apart, and what a reader sees of their values.
_SETTINGS = {
    "test_speakers": "tested on speakers {}",
    "split": "{}",
    "levels": "{} levels",
    "bits": "{} bits",
    "control": "{}",
    "phase": "{}",
}

# What readers see of a unit; counts have none.
_UNITS = {"1": "", "uJ": "µJ", "um2": "µm²", "J s m2": "J s m²"}
# What are no words.
_SHORT = {
    "delay_ip": "Delay IP",
    "edap": "EDAP",
    "scdq": "SCDQ",
    "wvu": "WVU",
    "truenorth": "TrueNorth",
    "spinnaker": "SpiNNaker",
}

# What repeats a platform's spikes, as readers see it.
_MACHINES = {"simulation": "Lava's simulation"}


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


def measured(table: pd.DataFrame, apart: Sequence[str] = ()) -> WideTable:
    """Show one row a network and platform, one column a quantity.

    Args:
        table: of measured cells, one a row.
        apart: columns of settings whose values stand with the network's name; those of others head columns.
    """
    settings = [name for name in _SETTINGS if name in table]
    table = table.assign(quantity=[spoken(name) for name in table["quantity"]])
    heads = joined(table, "quantity", [name for name in settings if name not in apart])
    table = table.assign(network=joined(table, "network", apart), quantity=heads)
    quantities = list(dict.fromkeys(zip(table["quantity"], table["unit"], strict=True)))
    rows = []
    ways = ["how"] if "how" in table else []
    for (network, platform, *how), group in table.groupby(["network", "platform", *ways], sort=False):
        cells = {row.quantity: measured_cell(row) for row in group.itertuples()}
        name = label_of(platform)
        if "ran_on" in group and pd.notna(group["ran_on"].iloc[0]):
            name += f" ({_repeated(group['ran_on'].iloc[0])})"
        name += "".join(f", {way}" for way in how)
        names = [ReportCell(str(network)), ReportCell(name)]
        if "memory_by" in group:
            names[0] = ReportCell(f"{network}, {group['memory_by'].iloc[0]}")
        rows.append(names + [cells.get(quantity, ReportCell("–")) for quantity, _ in quantities])
    return WideTable(["network", "platform", *(headed(*pair) for pair in quantities)], rows, 2)


def _repeated(ran_on: str) -> str:
    """Return what readers see of the column ``ran_on``."""
    if ran_on == UNREPEATED:
        return ran_on
    return "repeated by " + " and ".join(_MACHINES.get(name, name) for name in ran_on.split(", "))


def spoken(name: str) -> str:
    """Return what readers see of the name of a quantity, a comparison or a constant."""
    name = re.sub("^spikes_h([0-9]+)$", r"spikes, hidden \1", name)
    for short, shown in _SHORT.items():
        name = name.replace(short, shown)
    return name.replace("_", " ")


def headed(quantity: str, unit: str) -> str:
    """Return a quantity with its unit, as readers see it, in parentheses if it has one."""
    # A column of nothing but "1" is read as numbers.
    shown = _UNITS.get(str(unit), unit)
    return f"{quantity} ({shown})" if shown else quantity


def joined(table: pd.DataFrame, name: str, settings: Sequence[str], prefix: str = "") -> list[str]:
    """Return the values of a column, each with those of its settings that are no empty ones.

    Args:
        table: of one measured cell a row, or of two.
        name: of the column.
        settings: some of "test_speakers", "split", "levels", "bits", "control" and "phase".
        prefix: of the settings' columns.
    """
    texts = []
    for text, *values in table[[name, *(prefix + setting for setting in settings)]].itertuples(index=False):
        own = zip(settings, values, strict=True)
        texts.append(", ".join([text, *(_SETTINGS[key].format(value) for key, value in own if pd.notna(value))]))
    return texts


def plain(table: pd.DataFrame) -> WideTable:
    """Show a table as it is, empty columns left out, names as readers see them."""
    table = table.dropna(axis="columns", how="all")
    shown = {"platform": lambda name: spoken(label_of(name)), "unit": lambda unit: _UNITS.get(unit, unit)}
    rows = [
        [
            ReportCell(number(value) if pd.isna(value) or isinstance(value, Real) else shown.get(name, spoken)(value))
            for name, value in zip(table.columns, row, strict=True)
        ]
        for row in table.itertuples(index=False)
    ]
    text = sum(not pd.api.types.is_numeric_dtype(kind) for kind in table.dtypes)
    return WideTable([_head(name) for name in table.columns], rows, text)


def _head(column: str) -> str:
    """Return what readers see of a column's name: its unit in parentheses."""
    return column.replace("ours_mean", "ours").replace("_pct", " (%)").replace("_", " ")


def measured_cell(row: Any) -> ReportCell:
    """Write a tidy row as ``mean ± deviation (interval) [published]``, the deviation to the mean's last digit.

    Behind an estimate stands what its model misses on a network left out, in the estimate's unit, and whether it lies
    outside of what the model was fitted to.
    """
    ours, varies = number(row.ours_mean), not pd.isna(row.ours_sd) and row.ours_sd > 0
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
        notes.append(f"model ± {number(abs(row.ours_mean) * error / 100)}")
    elif error is not None and row.how == "calibrated":
        notes.append("not predicted")
    if getattr(row, "outside_fit", 0):
        notes.append("outside of its fit")
    if notes:
        ours += f" ({', '.join(notes)})"
    interval = ""
    if not pd.isna(getattr(row, "ours_low", None)):
        interval = f"{number(row.ours_low)} to {number(row.ours_high)}"
    return ReportCell(ours, "" if pd.isna(row.published) else number(row.published), interval)


def number(value: float) -> str:
    """Write three digits, or more where a whole number has more."""
    if pd.isna(value):
        return "–"
    if value == round(value) or abs(value) >= 100:
        return f"{value:,.0f}"
    if abs(value) < 0.001:
        return f"{value:.2e}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}" if abs(value) >= 1 else f"{value:.3f}"
