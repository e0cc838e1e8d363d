"""Whether the cost models beat lines that know nothing of a chip."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from delaysnn.costs.lines import MECHANISM, NULL_MODELS
from delaysnn.report.registry import table
from delaysnn.report.wide import plain

NULL_MODEL_COLUMNS = ["platform", "quantity", "model", "largest_error_pct", "verdict"]


@table(
    title="Cost models beside null models",
    caption="""
    The largest error on a network left out of the fit, for each cost model and for other lines. Two are null models,
    which know nothing of a chip: a line in the width of the hidden layers, and one in the parameters kept. All lines
    have one or two parameters, and with three networks almost any such line comes close. So a cost model shows a
    mechanism only where it beats both null models.
    """,
    section="Trust",
    place=30,
    inputs=lambda study: {"validation": study.validation()},
    when=lambda study: study.validated,
    of_data=False,
    show=plain,
)
def null_model_table(validation: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """Return the largest error of every model on a network left out, and what that says of the mechanism."""
    table = pd.DataFrame([row for chip in validation for row in chip["rows"]])
    # Of three cores one network alone is published: no line can be fitted.
    compared = table.loc[table["model"].isin(NULL_MODELS), "platform"]
    table = table[(table["how"] == "left_out") & table["platform"].isin(compared)]
    largest = table.assign(largest_error_pct=table["error_pct"].abs())
    largest = largest.groupby(["platform", "quantity", "model"], sort=False)["largest_error_pct"].max().reset_index()
    verdicts = []
    for row in largest.itertuples():
        if row.model != MECHANISM:
            verdicts.append("null model" if row.model in NULL_MODELS else "tried")
            continue
        own = largest[(largest["platform"] == row.platform) & (largest["quantity"] == row.quantity)]
        best = own.loc[own["model"].isin(NULL_MODELS), "largest_error_pct"].min()
        verdicts.append("beats the null models" if row.largest_error_pct < best else "no better than a null model")
    return largest.assign(verdict=verdicts)[NULL_MODEL_COLUMNS]
