"""Latency of the engine in table ``energy``: cycles of a simulation over the clock of a placed engine."""

import pytest

from delaysnn.core.metrics import Cell, Metrics
from delaysnn.report.estimates import preferred
from delaysnn.report.registry import find
from delaysnn.report.tables.energy import tabulate_energy
from delaysnn.report.tidy import select

SETUPS = ["fpga_scdq", "fpga_history"]


def engine(structure, bits, fmax, lanes=48, depth=2048):
    sizes = {"neurons": [48], "lanes": [lanes], "queue_depth": depth}
    return {"network": "48", "structure": structure, "bits": bits, "fmax": fmax} | sizes


def table(*engines, rows=("scdq", "history")):
    costs = [
        Metrics("48", seed, "spoken_digits", tuple(Cell(name, "energy", "uJ", 2.0, "counted") for name in SETUPS))
        for seed in (1, 2)
    ]
    cycles = [{"structure": name, "cycles_mean": 14000.0, "queue_depth": 2048} for name in rows]
    played = [Metrics("48", 1, "spoken_digits", (), {"engine": cycles})] if rows else []
    return tabulate_energy(costs, [], {}, SETUPS, played, engines, {"48": 8})


def test_latency_is_cycles_over_the_clock_of_the_engine_with_as_many_bits_and_lanes():
    engines = [engine("scdq", 8, 70.0), engine("scdq", 4, 90.0), engine("history", 8, 80.0, lanes=8)]
    found = table(*engines)
    (latency,) = select(found, quantity="latency").itertuples()
    assert (latency.platform, latency.how, latency.unit, latency.seeds) == ("fpga_scdq", "simulated", "ms", 1)
    assert latency.ours_mean == pytest.approx(14000 / 70e6 * 1e3)
    # Cycles stand where there is no clock, too.
    assert select(found, quantity="cycles")["platform"].tolist() == SETUPS
    assert set(preferred(found)["how"]) == {"counted", "simulated"}


def test_an_engine_with_other_queues_than_were_simulated_has_no_latency():
    assert select(table(engine("scdq", 8, 70.0, depth=1024)), quantity="latency").empty


def test_without_a_simulation_there_is_neither():
    found = table(engine("scdq", 8, 70.0), rows=())
    assert set(found["quantity"]) == {"energy"}


def test_readers_see_what_was_simulated_apart():
    shown = find("table_energy").show(table(engine("scdq", 8, 70.0)))
    names = [row[1].ours for row in shown.rows]
    rows = [f"engine with {name}, {how}" for name in ("SCDQ", "spike history") for how in ("counted", "simulated")]
    assert names == rows
    assert shown.rows[1][shown.columns.index("latency (ms)")].ours == "0.200"
