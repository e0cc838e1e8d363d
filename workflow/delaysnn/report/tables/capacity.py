"""The published sizes of delay queues and ring buffers beside ours."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from delaysnn.report.registry import table
from delaysnn.report.tidy import COLUMNS
from delaysnn.report.wide import plain

CAPACITY_COLUMNS = [*COLUMNS, "neurons", "delay_levels"]


@table(
    title="Table behind Figure 11: sizes published and computed",
    caption="""
    Memory of a ring buffer, a shared delay queue and SCDQ at the sizes that the paper names. The formulas give the
    published numbers exactly; break-even densities are rounded in the paper.
    """,
    section="Delay queues",
    place=90,
    inputs=lambda study: {"capacity": study.files["capacity"]},
    when=lambda study: study.has("seneca"),
    of_data=False,
    show=lambda rows: plain(rows.drop(columns=["seeds", "dataset"])),
)
def capacity_table(capacity: Mapping[str, Any]) -> pd.DataFrame:
    """Return the published sizes beside ours, one a row; they are exact and depend on no data set."""
    rows = pd.DataFrame(capacity["references"])
    rows = rows.rename(columns={"ours": "ours_mean"}).assign(network="", ours_sd=float("nan"), seeds=0, dataset="none")
    return rows.assign(difference=rows["ours_mean"] - rows["published"])[CAPACITY_COLUMNS]
