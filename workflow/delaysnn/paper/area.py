"""Paper Table V: what delay queues cost in gates, ours in ratios beside the published areas."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, NullFormatter, ScalarFormatter

from delaysnn.paper.style import PAGE_INCHES, PLATFORM_NAMES, QUEUE_COLOURS, name_dataset, new_figure
from delaysnn.paper.tables import COLUMNS

_KINDS = ("combinational", "flip_flops")
_GATES = "gate equivalents"
_PARTS = {"control": "#56b4e9", "filter": "#e69f00", "wvu": "#009e73"}
_PART_NAMES = {"control": "control", "filter": "filter", "wvu": "WVU"}


def area_table(
    rows: Sequence[Mapping[str, Any]], sizes: Mapping[str, int], published: Mapping[str, Any]
) -> pd.DataFrame:
    """Return gates and bits of the designs, and in the units where both exist, ours beside the published areas.

    Ours are gate equivalents of an open 45 nm library, the published ones square micrometres in GF 22 nm. Only shares
    and ratios compare; areas in square micrometres stand as published, ours empty.

    Args:
        rows: of ``seneca.area.measure_area``.
        sizes: the design's; swept rows are left out.
        published: the paper's ``table_5_area_um2``.
    """
    cells = [*_measured(_of_size(rows, sizes)), *_published_areas(published), *_ratios(rows, sizes, published)]
    columns = ["platform", "quantity", "unit", "ours_mean", "published"]
    table = pd.DataFrame(cells, columns=columns).astype({"ours_mean": float, "published": float})
    table = table.assign(network="", ours_sd=float("nan"), seeds=0, dataset="none")
    return table.assign(difference=table["ours_mean"] - table["published"])[COLUMNS]


def _of_size(rows: Sequence[Mapping[str, Any]], sizes: Mapping[str, int]) -> pd.DataFrame:
    table = pd.DataFrame(rows)
    table = table[(table["delays"] == sizes["delays"]) & (table["depth"] == sizes["depth"])]
    return table.assign(platform=table["design"] + "_" + table["queues"])


def _measured(table: pd.DataFrame) -> Iterator[tuple]:
    for platform, parts in table.groupby("platform", sort=False):
        for kind in _KINDS:
            yield platform, kind, _GATES, parts[kind].sum(), None
        for part in parts.itertuples():
            yield platform, part.part, _GATES, part.combinational + part.flip_flops, None
        yield platform, "queue_memory", "bit", parts.loc[parts["part"] == "queues", "memory_bits"].sum(), None


def _published_areas(published: Mapping[str, Any]) -> Iterator[tuple]:
    for queues in ("flip_flop", "sram"):
        for kind in (*_KINDS, "sram", "total"):
            yield f"scdq_{queues}", f"{kind}_area", "um2", None, published[queues][kind]


def _ratios(
    rows: Sequence[Mapping[str, Any]], sizes: Mapping[str, int], published: Mapping[str, Any]
) -> Iterator[tuple]:
    ours = _of_size(rows, sizes).groupby("platform")[list(_KINDS)].sum()
    for queues in ("flip_flop", "sram"):
        both = [
            values["flip_flops"] / sum(values[kind] for kind in _KINDS) for values in _pair(ours, published, queues)
        ]
        yield f"scdq_{queues}", "flip_flop_share", "% of gates", *(100 * share for share in both)
    flip_flop, sram = _pair(ours, published, "flip_flop"), _pair(ours, published, "sram")
    for kind in _KINDS:
        both = (large[kind] / small[kind] for large, small in zip(flip_flop, sram, strict=True))
        yield "scdq_flip_flop", f"{kind}_over_sram", "ratio", *both


def _pair(ours: pd.DataFrame, published: Mapping[str, Any], queues: str) -> tuple[Mapping[str, float], ...]:
    return ours.loc[f"scdq_{queues}"].to_dict(), published[queues]


def draw_area(rows: Sequence[Mapping[str, Any]], sizes: Mapping[str, int]) -> Figure:
    """Draw gates by part where SRAM holds the queues, gates over depth in flip-flops, and control over delays."""
    table = pd.DataFrame(rows).assign(gates=lambda frame: (frame["combinational"] + frame["flip_flops"]) / 1000)
    figure = new_figure(PAGE_INCHES, 2.6)
    by_part, over_depth, over_delays = figure.subplots(1, 3)
    in_sram = table[table["queues"] == "sram"]
    _draw_parts(by_part, in_sram[(in_sram["delays"] == sizes["delays"]) & (in_sram["depth"] == sizes["depth"])])
    _draw_depth(over_depth, table[(table["queues"] == "flip_flop") & (table["delays"] == sizes["delays"])])
    _draw_delays(over_delays, in_sram[in_sram["part"] == "control"])
    name_dataset(figure, "none", f"{sizes['axons']} axons, {sizes['delays']} delays, {sizes['depth']} events a queue")
    return figure


def _draw_parts(axis: Axes, table: pd.DataFrame) -> None:
    designs = list(table["design"].unique())
    below = pd.Series(0.0, designs)
    for part, colour in _PARTS.items():
        gates = table[table["part"] == part].set_index("design")["gates"]
        axis.bar(range(len(designs)), gates[designs], 0.6, below[designs], color=colour, label=_PART_NAMES[part])
        below += gates
    axis.set_xticks(range(len(designs)), [PLATFORM_NAMES[design].replace(", ", ",\n") for design in designs])
    axis.set_ylabel("thousand gate equivalents")
    axis.set_title("queues in SRAM")
    axis.legend(loc="upper left")


def _draw_depth(axis: Axes, table: pd.DataFrame) -> None:
    queues = table[table["part"] == "queues"].groupby("depth")["gates"].sum()
    others = table[table["part"] != "queues"].groupby("depth")["gates"].sum()
    axis.plot(queues.index, queues, "o-", color=QUEUE_COLOURS["scdq"], markersize=3, label="queues")
    axis.plot(others.index, others, "s-", color="#56606b", markersize=3, label="all else")
    axis.set_xscale("log", base=2)
    _count_in_decades(axis)
    axis.set_xlabel("events a queue")
    axis.set_title("SCDQ, queues in flip-flops")
    axis.legend(loc="upper left")


def _draw_delays(axis: Axes, table: pd.DataFrame) -> None:
    for design, rows in table.groupby("design", sort=False):
        rows = rows.sort_values("delays")
        look = {"color": QUEUE_COLOURS[design], "markersize": 3, "label": PLATFORM_NAMES[design]}
        axis.plot(rows["delays"], rows["gates"], "o-", **look)
    axis.set_xlabel("delays (time steps)")
    axis.set_title("control alone")
    _count_in_decades(axis)
    axis.legend(loc="center right", fontsize=6)


def _count_in_decades(axis: Axes) -> None:
    axis.set_yscale("log")
    axis.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axis.yaxis.set_major_formatter(ScalarFormatter())
    axis.yaxis.set_minor_formatter(NullFormatter())
