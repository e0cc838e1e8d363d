"""Paper Table V: what delay queues cost in gates, ours in ratios beside the published areas."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, NullFormatter, ScalarFormatter

from delaysnn.report.style import PAGE_INCHES, PLATFORM_NAMES, QUEUE_COLOURS, name_dataset, new_figure
from delaysnn.report.tables import COLUMNS

_KINDS = ("combinational", "flip_flops")
_GATES = "gate equivalents"
AREA_COLUMNS = [*COLUMNS, "queue_words"]
_PARTS = {"control": "#56b4e9", "filter": "#e69f00", "wvu": "#009e73"}
_PART_NAMES = {"control": "control", "filter": "filter", "wvu": "WVU"}


def area_table(
    rows: Sequence[Mapping[str, Any]],
    sizes: Mapping[str, int],
    published: Mapping[str, Any],
    cells: Mapping[str, float],
) -> pd.DataFrame:
    """Return gates and bits of the designs, the published areas, and what of both compares.

    Ours are gate equivalents of an open 45 nm library, the published ones square micrometres in GF 22 nm. Shares and
    ratios compare; so do gates, by the area of one in 22 nm. The paper prints 2048 words: of each queue, or of both
    together. Every row that depends on it stands twice, ours made with as many.

    Args:
        rows: of ``seneca.area.measure_area``.
        sizes: the design's; swept rows are left out.
        published: the paper's ``table_5_area_um2``.
        cells: ``nand2_um2`` and ``sram_cell_um2`` of 22 nm.

    Returns:
        A frame with the columns of :data:`AREA_COLUMNS`; ``queue_words`` are those of both queues together.
    """
    table = pd.DataFrame(rows)
    table = table[table["delays"] == sizes["delays"]].assign(platform=table["design"] + "_" + table["queues"])
    found = [(*cell, None) for cell in _published_areas(published)]
    # Its FIFOs are of other depths.
    shared = table["design"] == "shared_queue"
    found += [(*cell, None) for cell in _measured(table[shared], {})]
    gates = {
        (f"scdq_{queues}", kind): published[queues][kind] / cells["nand2_um2"]
        for queues in ("flip_flop", "sram")
        for kind in _KINDS
    }
    for words_each in (published["queue_words"], published["queue_words"] // 2):
        made = table[~shared & (table["depth"] == sizes["depth"] * words_each // published["queue_words"])]
        words = 2 * words_each
        bits = words * published["word_bits"]
        rows_of_both = (_measured(made, gates), _ratios(made, published), _a_bit(made, published, bits, cells))
        found += [(*cell, words) for part in rows_of_both for cell in part]
    columns = ["platform", "quantity", "unit", "ours_mean", "published", "queue_words"]
    kinds = {"ours_mean": float, "published": float, "queue_words": "Int64"}
    area = pd.DataFrame(found, columns=columns).astype(kinds)
    area = area.assign(network="", ours_sd=float("nan"), seeds=0, dataset="none")
    # Gates of two cell libraries have no difference, shares and ratios do.
    comparable = area["unit"] != _GATES
    return area.assign(difference=(area["ours_mean"] - area["published"]).where(comparable))[AREA_COLUMNS]


def _measured(table: pd.DataFrame, published_gates: Mapping[tuple[str, str], float]) -> Iterator[tuple]:
    for platform, parts in table.groupby("platform", sort=False):
        for kind in _KINDS:
            yield platform, kind, _GATES, parts[kind].sum(), published_gates.get((platform, kind))
        for part in parts.itertuples():
            yield platform, part.part, _GATES, part.combinational + part.flip_flops, None
        yield platform, "queue_memory", "bit", parts.loc[parts["part"] == "queues", "memory_bits"].sum(), None


def _published_areas(published: Mapping[str, Any]) -> Iterator[tuple]:
    for queues in ("flip_flop", "sram"):
        for kind in (*_KINDS, "sram", "total"):
            yield f"scdq_{queues}", f"{kind}_area", "um2", None, published[queues][kind]


def _ratios(table: pd.DataFrame, published: Mapping[str, Any]) -> Iterator[tuple]:
    ours = table.groupby("platform")[list(_KINDS)].sum()
    for queues in ("flip_flop", "sram"):
        both = [
            values["flip_flops"] / sum(values[kind] for kind in _KINDS) for values in _pair(ours, published, queues)
        ]
        yield f"scdq_{queues}", "flip_flop_share", "% of gates", *(100 * share for share in both)
    flip_flop, sram = _pair(ours, published, "flip_flop"), _pair(ours, published, "sram")
    for kind in _KINDS:
        both = (large[kind] / small[kind] for large, small in zip(flip_flop, sram, strict=True))
        yield "scdq_flip_flop", f"{kind}_over_sram", "ratio", *both


def _a_bit(
    table: pd.DataFrame, published: Mapping[str, Any], published_bits: int, cells: Mapping[str, float]
) -> Iterator[tuple]:
    """Yield what a bit of the queues takes: what their flip-flops add to the design with SRAM, over their bits."""
    ours = table.groupby("platform")[list(_KINDS)].sum()
    bits = table.loc[(table["platform"] == "scdq_sram") & (table["part"] == "queues"), "memory_bits"].sum()
    for kind in _KINDS:
        gates = (ours.loc["scdq_flip_flop", kind] - ours.loc["scdq_sram", kind]) / bits
        area = (published["flip_flop"][kind] - published["sram"][kind]) / published_bits
        yield "scdq_flip_flop", f"{kind}_a_queue_bit", _GATES, gates, area / cells["nand2_um2"]
    share = 100 * cells["sram_cell_um2"] * published_bits / published["sram"]["sram"]
    yield "scdq_sram", "sram_cells_share", "% of area", None, share


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
    _draw_delays(over_delays, in_sram[(in_sram["part"] == "control") & (in_sram["depth"] == sizes["depth"])])
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
