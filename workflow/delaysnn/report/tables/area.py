"""Paper Table V: what delay queues cost in gates, ours in ratios beside the published areas."""

from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from delaysnn.report.registry import table
from delaysnn.report.tidy import COLUMNS
from delaysnn.report.wide import plain

_KINDS = ("combinational", "flip_flops")
_GATES = "gate equivalents"
AREA_COLUMNS = [*COLUMNS, "queue_words"]


@table(
    title="Table V: what the delay queues cost in gates",
    caption="""
    Three designs, synthesised from the Verilog that equals the simulator: SCDQ with queues in flip-flops, SCDQ with
    SRAM in their place, and a shared queue of one FIFO a delay behind the same ports. Ours are gate equivalents of an
    open 45 nm library. The published areas are square micrometres in GF 22 nm; gates were computed from them with a
    NAND2 of that process, 0.199 µm². The paper prints 2048 words, but not whether each queue has them or both together.
    So rows that depend on it are given for 4096 and for 2048 words in all, ours made with as many. 2048 in all fits
    better in three respects: combinational gates a bit of the queues, the ratios of flip-flop queues over SRAM, and the
    area that SRAM leaves beside its cells. In flip-flops a bit, the paper has more than ours by that reading, and fewer
    by the other. WVU, one bit for each axon and delay, is in flip-flops. It is most of what remains beside SRAM.
    """,
    section="Delay queues",
    place=110,
    inputs=lambda study: {key: study.files[key] for key in ("area", "published", "cells")},
    when=lambda study: study.has("seneca"),
    of_data=False,
    show=lambda rows: plain(rows.drop(columns=["seeds", "dataset"])),
)
def area_table(area: Mapping[str, Any], published: Mapping[str, Any], cells: Mapping[str, float]) -> pd.DataFrame:
    """Return gates and bits of the designs, the published areas, and what of both compares: shares, ratios and gates.

    Args:
        area: ``rows`` of :func:`delaysnn.queues.verilog.area.measure_area`, and the design's ``sizes``; rows of others
            are left out.
        published: what the paper prints.
        cells: ``nand2_um2`` and ``sram_cell_um2`` of 22 nm.

    Returns:
        A frame with the columns of :data:`AREA_COLUMNS`; ``queue_words`` are those of both queues together.
    """
    sizes, published = area["sizes"], published["table_5_area_um2"]
    table = pd.DataFrame(area["rows"])
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
    rows = pd.DataFrame(found, columns=columns).astype(kinds)
    rows = rows.assign(network="", ours_sd=float("nan"), seeds=0, dataset="none")
    # Gates of two cell libraries have no difference, shares and ratios do.
    comparable = rows["unit"] != _GATES
    return rows.assign(difference=(rows["ours_mean"] - rows["published"]).where(comparable))[AREA_COLUMNS]


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
