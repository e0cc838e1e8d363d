"""How far to trust the cost models: each published cell, and what the model says with and without having seen it."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from delaysnn.costs.lines import MECHANISM
from delaysnn.report.registry import table
from delaysnn.report.style import label_of
from delaysnn.report.tidy import COLUMNS
from delaysnn.report.wide import ReportCell, WideTable, headed, number, spoken

VALIDATION_COLUMNS = [*COLUMNS, "error_pct", "how", "model"]


def show_validation(table: pd.DataFrame) -> WideTable:
    """Show one row a published cell.

    Beside it what is counted, the model fitted to it, the model that has not seen it, and that one's error.
    Null models have a table of their own.
    """
    table = table[table["model"].isin([MECHANISM, "counted"])]
    rows = []
    for (platform, quantity, network), group in table.groupby(["platform", "quantity", "network"], sort=False):
        by = {row.how: row for row in group.itertuples()}
        first = next(iter(by.values()))
        texts = [label_of(platform), headed(spoken(quantity), first.unit), network]
        texts.append(number(first.published))
        texts += [number(by[how].ours_mean) if how in by else "–" for how in ("counted", "fitted", "left_out")]
        texts.append(f"{by['left_out'].error_pct:+.1f}" if "left_out" in by else "not predicted")
        rows.append([ReportCell(text) for text in texts])
    heads = ["platform", "quantity", "network", "published"]
    heads += ["counted", "fitted to it", "not having seen it", "error (%)"]
    return WideTable(heads, rows, 3)


@table(
    title="How far to trust the estimates",
    caption="""
    Each published cell beside three values: counted from constants alone, the cost model fitted to all three networks,
    and the cost model fitted without this network. The error is that of the last. "Not predicted": the published cells
    are one number, so their mean predicts nothing. Three cores (Table IV) are predicted only.
    """,
    section="Trust",
    place=10,
    inputs=lambda study: {"validation": study.validation()},
    when=lambda study: study.validated,
    of_data=False,
    show=show_validation,
)
def validation_table(validation: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """Return the cost models' cells, one a row: ``how`` says whether the network was fitted or left out of the fit.

    ``not_predicted`` is a cell that is left out and yet no prediction, as where all published cells are one number;
    ``counted`` is what the constants alone give, with nothing fitted. ``model`` is the cost model's mechanism, or a
    line that stands beside it. The counts come from the paper's own spikes, so the data set is SHD as published.
    """
    table = pd.DataFrame([row for chip in validation for row in chip["rows"]]).rename(columns={"ours": "ours_mean"})
    table = table.assign(ours_sd=float("nan"), seeds=0, dataset="shd (published spikes; inputs measured)")
    return table.assign(difference=table["ours_mean"] - table["published"])[VALIDATION_COLUMNS]
