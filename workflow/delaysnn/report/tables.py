"""Tidy tables: one measured cell a row, the published value beside it."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from delaysnn.core.errors import InputError
from delaysnn.core.files import atomic
from delaysnn.core.metrics import Metrics, write_json
from delaysnn.report.claims import share_interval
from delaysnn.report.published import DATASET, Key

COLUMNS = [
    "network",
    "platform",
    "quantity",
    "unit",
    "ours_mean",
    "ours_sd",
    "seeds",
    "dataset",
    "published",
    "difference",
]
SHARE_COLUMNS = [*COLUMNS, "samples", "ours_low", "ours_high"]
FIDELITY_COLUMNS = [*SHARE_COLUMNS, "ran_on"]
EQUALITY_COLUMNS = ["comparison", "platform", "network", "seed", "samples", "spikes", "differences"]


def summarise(
    metrics: Iterable[Metrics], published: Mapping[Key, float], platforms: Sequence[str], quantities: Sequence[str]
) -> pd.DataFrame:
    """Collect the wanted cells over seeds into one row each.

    Args:
        metrics: one or more files' worth a network and seed.
        published: the paper's value of a (network, platform, quantity), by our networks' names; rows without one stay
            empty there.
        platforms, quantities: what to show, in this order; networks keep the order of ``metrics``.

    Returns:
        A frame with the columns of :data:`COLUMNS`; ``ours_sd`` is the sample standard deviation over seeds,
        empty for one seed; ``difference`` is ours minus published, in the row's unit, on the paper's data set alone.

    Raises:
        InputError: no cell was found, or one network's seeds come from different data sets.
    """
    cells = pd.DataFrame(
        [
            (m.network, cell.platform, cell.quantity, cell.unit, cell.value, m.seed, m.dataset)
            for m in metrics
            for cell in m.cells
            if cell.platform in platforms and cell.quantity in quantities
        ],
        columns=["network", "platform", "quantity", "unit", "value", "seed", "dataset"],
    )
    if cells.empty:
        some = ", ".join(quantities[:3]) + (f" or {len(quantities) - 3} more" if len(quantities) > 3 else "")
        raise InputError(f"No metrics file holds {some} for {', '.join(platforms)}; make them first.")
    if cells["dataset"].nunique() > 1:
        raise InputError(f"A table mixes data sets {sorted(cells['dataset'].unique())}; delete results and run again.")
    order = {name: rank for rank, name in enumerate(dict.fromkeys(cells["network"]))}
    rows = (
        cells.groupby(["network", "platform", "quantity", "unit", "dataset"], sort=False)
        .agg(ours_mean=("value", "mean"), ours_sd=("value", "std"), seeds=("seed", "nunique"))
        .reset_index()
    )
    keys = list(zip(rows["network"], rows["platform"], rows["quantity"], strict=True))
    rows["published"] = pd.array([published.get(key) for key in keys], dtype="Float64")
    # On other data a difference would compare data sets, not networks.
    rows["difference"] = (rows["ours_mean"] - rows["published"]).where(rows["dataset"] == DATASET)
    rank = [(order[n], platforms.index(p), quantities.index(q)) for n, p, q in keys]
    return rows.iloc[sorted(range(len(rows)), key=rank.__getitem__)][COLUMNS].reset_index(drop=True)


def outputs(provenance: Mapping[str, Any]) -> int:
    """Return how many classes the data have that a table's provenance describes: one output neuron each."""
    return max(file["classes"] for file in provenance["data"]["files"].values())


def add_intervals(table: pd.DataFrame, metrics: Iterable[Metrics]) -> pd.DataFrame:
    """Append to rows of :func:`summarise` the interval that the number of samples alone gives; empty for no share.

    ``samples`` counts those that every seed was tested on, the fewest where seeds differ; ``ours_low`` and
    ``ours_high`` are :func:`share_interval` of the mean over seeds. Seeds share the samples, so they count once.
    """
    found: dict[Key, int] = {}
    for m in metrics:
        for cell in m.cells:
            if cell.samples is not None:
                key = (m.network, cell.platform, cell.quantity)
                found[key] = min(cell.samples, found.get(key, cell.samples))
    rows = []
    for row in table.itertuples():
        samples = found.get((row.network, row.platform, row.quantity))
        rows.append((samples, *(share_interval(row.ours_mean, samples) if samples else (None, None))))
    intervals = pd.DataFrame(rows, index=table.index, columns=SHARE_COLUMNS[len(COLUMNS) :], dtype=float)
    return pd.concat([table, intervals], axis=1)[SHARE_COLUMNS]


def name_platform(table: pd.DataFrame, deployments: Iterable[Metrics]) -> pd.DataFrame:
    """Append ``ran_on`` to rows of :func:`add_intervals`.

    It is Loihi 2 or its simulation, whichever repeated Loihi's spikes, or the integer reference where none did.
    """
    found: dict[str, set[str]] = {}
    for m in deployments:
        found.setdefault(m.network, set()).add(m.details["platform"]["name"])
    names = {network: ", ".join(sorted(platforms)) for network, platforms in found.items()}
    ran_on = [
        names.get(row.network, "integer reference") if row.platform == "loihi" else "" for row in table.itertuples()
    ]
    return table.assign(ran_on=ran_on)[FIDELITY_COLUMNS]


def equality(metrics: Iterable[Metrics]) -> pd.DataFrame:
    """Collect every spike-for-spike comparison: how many spikes were compared, how many differ.

    A comparison that this machine could not make is an empty list. ``platform`` is Loihi 2 or its simulation for what
    runs in Lava, and empty otherwise.

    Raises:
        InputError: a metrics file holds no comparison.
    """
    rows = []
    for m in metrics:
        if "equality" not in m.details:
            raise InputError(f"The metrics of network {m.network}, seed {m.seed} hold no comparison; make them again.")
        rows += [{"platform": "", "network": m.network, "seed": m.seed, **entry} for entry in m.details["equality"]]
    return pd.DataFrame(rows)[EQUALITY_COLUMNS].sort_values(["comparison", "network", "seed"], ignore_index=True)


def write_table(path: str | Path, table: pd.DataFrame, provenance: dict[str, Any]) -> None:
    """Write a table as CSV, six significant digits, and its provenance as JSON beside it."""
    with atomic(path) as temporary:
        table.to_csv(temporary, index=False, float_format="%.6g", lineterminator="\n")
    write_json(Path(path).with_suffix(".json"), provenance)


def read_table(path: str | Path) -> pd.DataFrame:
    """Read a table; names stay text, "48" and "None" too, and only what is empty is missing."""
    return pd.read_csv(
        path, dtype={"network": str, "against": str, "dataset": str}, keep_default_na=False, na_values=[""]
    )


def select(table: pd.DataFrame, **values: Any) -> pd.DataFrame:
    """Return the rows whose columns have the given values."""
    for column, value in values.items():
        table = table[table[column] == value]
    return table
