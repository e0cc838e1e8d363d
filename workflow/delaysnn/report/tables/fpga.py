"""The engine on an FPGA: what each delay structure takes of the chip, and how fast it is; rivals as they publish."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from delaysnn.core.metrics import Metrics
from delaysnn.report.engine_speed import Cycles, as_simulated, cycles_of, simulated
from delaysnn.report.registry import table
from delaysnn.report.study import Study
from delaysnn.report.tidy import COLUMNS
from delaysnn.report.wide import WideTable, measured

# ``measured_by`` says how others measured, and ``source`` where they say so.
FPGA_COLUMNS = [*COLUMNS, "bits", "chip", "measured_by", "source"]
# Quantities of ours, in the order of the table, and their units.
_PLACED = {"luts": "1", "flip_flops": "1", "block_rams": "1", "multipliers": "1", "fmax": "MHz"}
_CYCLES = """Cycles are the mean over test samples of the network as deployed, simulated one after the other. Samples a
second follow from cycles and clock. They are given for every width, since the width of a weight costs no cycles."""
# What others publish, by its key.
_PUBLISHED = {
    "accuracy_pct": ("accuracy", "%"),
    "samples_per_second": ("samples_per_second", "1/s"),
    "latency_us": ("latency", "us"),
    "clock_mhz": ("clock", "MHz"),
    "power_mw": ("power", "mW"),
}


def simulated_engines(study: Study) -> list[str]:
    """Return files of the cycles that test samples take on these engines, none where none is simulated."""
    return simulated(study, study.config["fpga"]["networks"])


def show_fpga(rows: pd.DataFrame) -> WideTable:
    """Show a row an engine and a rival, whose chip, data set and way of measuring stand with its name."""
    theirs = rows["published"].notna()
    named = (
        rows["platform"] + " (" + rows["chip"] + ", " + rows["dataset"].str.upper() + ": " + rows["measured_by"] + ")"
    )
    return measured(rows.assign(platform=named.where(theirs, rows["platform"])), apart=["bits"])


@table(
    title="The engine on an FPGA",
    caption=lambda study: (
        f"""
    The same engine with each delay structure, placed and routed by open tools for one chip: LUTs of four inputs,
    flip-flops, block RAMs of 18 kbit, multipliers, the share of the resource that is used most, and the fastest clock.
    Every row of weights is stored, so any network of the size and width can be loaded.
        {study.said(fpga=_CYCLES)}
    In brackets: other people's networks on FPGAs, as published. Their networks, chips and ways of measuring differ from
    ours and from one another.
    """
    ),
    section="Delay queues",
    place=130,
    inputs=lambda study: {
        "engines": study.engines,
        "published": study.files["published"],
        "played": simulated_engines(study),
    },
    when=lambda study: study.engines,
    of_data=simulated_engines,
    show=show_fpga,
)
def tabulate_fpga(
    engines: Sequence[Mapping[str, Any]], published: Mapping[str, Any], played: Sequence[Metrics]
) -> pd.DataFrame:
    """Return a row a quantity of every engine, then of every rival.

    Args:
        engines: what :func:`delaysnn.platforms.fpga.place_engine.place_engine` returns, with ``network``, ``structure``
            and ``bits``.
        published: ``fpga_rivals``.
        played: ``engine`` of :func:`delaysnn.platforms.fpga.simulate.compare`, for networks that are deployed.

    Returns:
        A frame with the columns of :data:`FPGA_COLUMNS`; ``platform`` is the structure, or who published.
    """
    cycles = cycles_of(played)
    found = [row for engine in engines for row in (*_placed(engine), *_timed(engine, cycles))]
    found += [row for rival in published["fpga_rivals"] for row in _published(rival)]
    rows = pd.DataFrame(found, columns=FPGA_COLUMNS).fillna({"seeds": 0})
    kinds = {name: float for name in ("ours_mean", "ours_sd", "published", "difference")}
    return rows.astype(kinds | {"seeds": int, "bits": "Int64"})


def _head(engine: Mapping[str, Any], dataset: str) -> dict[str, Any]:
    return {key: engine[key] for key in ("network", "bits", "chip")} | {
        "platform": engine["structure"],
        "dataset": dataset,
    }


def _placed(engine: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    head = _head(engine, "none")
    for quantity, unit in _PLACED.items():
        yield {**head, "quantity": quantity, "unit": unit, "ours_mean": engine[quantity]}
    share = max(engine[kind] / most for kind, most in engine["available"].items())
    yield {**head, "quantity": "largest_share", "unit": "%", "ours_mean": 100 * share}


def _timed(engine: Mapping[str, Any], cycles: Cycles) -> Iterator[dict[str, Any]]:
    simulation = cycles.get((engine["network"], engine["structure"]))
    if simulation and as_simulated(engine, simulation):
        head = _head(engine, simulation.dataset) | {"seeds": 1}
        yield {**head, "quantity": "cycles", "unit": "1", "ours_mean": simulation.cycles}
        speed = engine["fmax"] * 1e6 / simulation.cycles
        yield {**head, "quantity": "samples_per_second", "unit": "1/s", "ours_mean": speed}


def _published(rival: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    head = {"network": rival["network"], "platform": rival["who"], "measured_by": rival["how"]}
    head |= {key: rival[key] for key in ("dataset", "chip", "source")}
    for key, (quantity, unit) in _PUBLISHED.items():
        if key in rival:
            yield {**head, "quantity": quantity, "unit": unit, "published": rival[key]}
