"""Tidy tables: one measured cell a row, the published value beside it."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from delaysnn.core.errors import InputError
from delaysnn.core.files import atomic
from delaysnn.core.metrics import SETTINGS, Cell, Metrics, write_json
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
INTERVAL = ["samples", "ours_low", "ours_high"]
SHARE_COLUMNS = [*COLUMNS, *INTERVAL]
# What ran_on says where nothing repeated a platform's spikes.
UNREPEATED = "integer reference"
FIDELITY_COLUMNS = [*SHARE_COLUMNS, "ran_on"]
# Whole numbers of which some are missing, and names that look like numbers or are all missing.
_TYPES = dict.fromkeys(("levels", "against_levels"), "Int64") | dict.fromkeys(
    ("network", "against", "dataset", "test_speakers", "control", "phase", "split"), "object"
)
_WIDTHS = dict.fromkeys(("bits", "against_bits"), "object")


def summarise(
    metrics: Iterable[Metrics],
    published: Mapping[Key, float],
    platforms: Sequence[str],
    quantities: Sequence[str],
    settings: Sequence[str] = (),
) -> pd.DataFrame:
    """Collect the wanted cells over seeds into one row each.

    Args:
        metrics: one or more files' worth a network and seed.
        published: the paper's value of a (network, platform, quantity), by our networks' names; rows without one stay
            empty there.
        platforms, quantities: what to show, in this order; networks keep the order of ``metrics``.
        settings: fields of :data:`SETTINGS` that tell rows apart; numbers are sorted, names keep the order of
            ``metrics``. Cells that have another field are left out.

    Returns:
        A frame with the columns of :data:`COLUMNS` and the settings behind; ``ours_sd`` is the sample standard
        deviation over seeds, empty for one seed; ``difference`` is ours minus published, in the row's unit, on the
        paper's data set alone.

    Raises:
        InputError: no cell was found, or one network's seeds come from different data sets.
    """
    others = [name for name in SETTINGS if name not in settings]
    found = [
        (m, cell)
        for m in metrics
        for cell in m.cells
        if cell.platform in platforms and cell.quantity in quantities and not any(_values(cell, others))
    ]
    if not found:
        some = ", ".join(quantities[:3]) + (f" or {len(quantities) - 3} more" if len(quantities) > 3 else "")
        raise InputError(f"No metrics file holds {some} for {', '.join(platforms)}; make them first.")
    only_dataset(m for m, _ in found)
    networks = list(dict.fromkeys(m.network for m, _ in found))
    ranks = [_ranks(getattr(cell, name) for _, cell in found) for name in settings]

    def rank(pair: tuple[Metrics, Cell]) -> tuple[int, ...]:
        m, cell = pair
        first = networks.index(m.network), platforms.index(cell.platform), quantities.index(cell.quantity)
        return *first, *(own[value] for own, value in zip(ranks, _values(cell, settings), strict=True))

    keys = ["network", "platform", "quantity", "unit", "dataset", *settings]
    rows = [
        (m.network, cell.platform, cell.quantity, cell.unit, m.dataset, *_values(cell, settings), cell.value, m.seed)
        for m, cell in sorted(found, key=rank)
    ]
    cells = pd.DataFrame(rows, columns=[*keys, "value", "seed"])
    cells = type_widths(cells.astype({name: _TYPES[name] for name in settings if name in _TYPES}))
    table = (
        cells.groupby(keys, sort=False, dropna=False)
        .agg(ours_mean=("value", "mean"), ours_sd=("value", "std"), seeds=("seed", "nunique"))
        .reset_index()
    )
    # The paper's values are of its networks as deployed.
    theirs = [
        published.get(tuple(key)) if deployed else None
        for *key, deployed in zip(*(table[name] for name in keys[:3]), table[keys[5:]].isna().all(axis=1), strict=True)
    ]
    table["published"] = pd.array(theirs, dtype="Float64")
    # On other data a difference would compare data sets, not networks.
    table["difference"] = (table["ours_mean"] - table["published"]).where(table["dataset"] == DATASET)
    return table[[*COLUMNS, *settings]]


def only_dataset(metrics: Iterable[Metrics]) -> str:
    """Return the one data set of all metrics.

    Raises:
        InputError: there are several.
    """
    datasets = sorted({m.dataset for m in metrics})
    if len(datasets) > 1:
        raise InputError(f"A table mixes data sets {datasets}; delete results and run again.")
    return datasets[0]


def _values(cell: Cell, settings: Sequence[str]) -> tuple[Any, ...]:
    return tuple(getattr(cell, name) for name in settings)


def _ranks(values: Iterable[Any]) -> dict[Any, int]:
    """Return the place of each value: numbers sorted, behind what is None; names as they come, behind numbers."""
    places = list(dict.fromkeys(values))
    if any(isinstance(value, int) for value in places):
        places.sort(key=lambda value: (isinstance(value, str), value or 0 if not isinstance(value, str) else 0))
    return {value: place for place, value in enumerate(places)}


def outputs(origin: Mapping[str, Any]) -> int:
    """Return how many classes the data have, by where they come from: one output neuron each."""
    return max(file["classes"] for file in origin["files"].values())


def add_intervals(table: pd.DataFrame, metrics: Iterable[Metrics]) -> pd.DataFrame:
    """Append to rows of :func:`summarise` the interval that the number of samples alone gives; empty for no share.

    ``samples`` counts those that every seed was tested on, the fewest where seeds differ; ``ours_low`` and
    ``ours_high`` are :func:`share_interval` of the mean over seeds. Seeds share the samples, so they count once.
    """
    found: dict[tuple[Any, ...], int] = {}
    for m in metrics:
        for cell in m.cells:
            if cell.samples is not None:
                key = (m.network, cell.platform, cell.quantity, *_values(cell, SETTINGS))
                found[key] = min(cell.samples, found.get(key, cell.samples))
    keys = table.reindex(columns=["network", "platform", "quantity", *SETTINGS]).astype(object)
    rows = []
    for key, mean in zip(keys.where(keys.notna(), None).itertuples(index=False), table["ours_mean"], strict=True):
        samples = found.get(tuple(key))
        rows.append((samples, *(share_interval(mean, samples) if samples else (None, None))))
    return pd.concat([table, pd.DataFrame(rows, index=table.index, columns=INTERVAL, dtype=float)], axis=1)


def name_platform(
    table: pd.DataFrame, deployments: Iterable[tuple[str, Metrics]], repeated: Collection[str]
) -> pd.DataFrame:
    """Append ``ran_on`` to rows of :func:`add_intervals`: what repeated the spikes of platforms that may be repeated.

    It is the machine or its simulation, or :data:`UNREPEATED` where neither did.

    Args:
        table: of these rows.
        deployments: platforms and what says what repeated one network's spikes there.
        repeated: names of the platforms that may be.
    """
    found: dict[tuple[str, str], set[str]] = {}
    for platform, m in deployments:
        found.setdefault((platform, m.network), set()).add(m.details["platform"]["name"])
    names = {key: ", ".join(sorted(machines)) for key, machines in found.items()}
    ran_on = [
        names.get((row.platform, row.network), UNREPEATED) if row.platform in repeated else ""
        for row in table.itertuples()
    ]
    return table.assign(ran_on=ran_on)[FIDELITY_COLUMNS]


def write_table(path: str | Path, table: pd.DataFrame, provenance: dict[str, Any]) -> None:
    """Write a table as CSV, six significant digits, and its provenance as JSON beside it."""
    with atomic(path) as temporary:
        table.to_csv(temporary, index=False, float_format="%.6g", lineterminator="\n")
    write_json(Path(path).with_suffix(".json"), provenance)


def read_table(path: str | Path) -> pd.DataFrame:
    """Read a table; names stay text, "48" and "None" too, and only what is empty is missing."""
    return type_widths(pd.read_csv(path, dtype=_TYPES | _WIDTHS, keep_default_na=False, na_values=[""]))


def type_widths(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table whose widths of weights are whole numbers, but where layers have their own, such as 8/4/4."""
    return table.assign(**{name: _typed(table[name]) for name in _WIDTHS if name in table})


def whole_widths(table: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of one width for all layers, as whole numbers."""
    rows = table[[pd.notna(bits) and not isinstance(bits, str) for bits in table["bits"]]]
    return rows.astype({"bits": "Int64"})


def _typed(widths: pd.Series) -> pd.Series:
    values = [bits if pd.isna(bits) or "/" in str(bits) else int(bits) for bits in widths]
    kind = object if any(isinstance(bits, str) for bits in values) else "Int64"
    return pd.Series([None if pd.isna(bits) else bits for bits in values], widths.index, dtype=kind)


def select(table: pd.DataFrame, **values: Any) -> pd.DataFrame:
    """Return the rows whose columns have the given values; None stands for what is missing."""
    for column, value in values.items():
        table = table[table[column].isna() if value is None else table[column] == value]
    return table
