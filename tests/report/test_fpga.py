"""Table and figure of the engine on an FPGA."""

from pathlib import Path

import pytest
import yaml
from matplotlib.colors import to_hex

from delaysnn.core.metrics import Metrics
from delaysnn.report.figures.engine import draw_engine
from delaysnn.report.figures.fpga import draw_fpga
from delaysnn.report.registry import find
from delaysnn.report.style import colour_of
from delaysnn.report.tables.engine_parts import tabulate_engine_parts
from delaysnn.report.tables.fpga import FPGA_COLUMNS, tabulate_fpga
from delaysnn.report.tables.switching import tabulate_switching
from delaysnn.report.tidy import select

PUBLISHED = yaml.safe_load((Path(__file__).parents[2] / "config/published.yaml").read_text())
AVAILABLE = {"luts": 80000, "flip_flops": 80000, "block_rams": 200, "multipliers": 100}


def engine(structure, network, bits, luts, fmax):
    used = {"luts": luts, "flip_flops": 4000, "block_rams": 80, "multipliers": 8, "fmax": fmax}
    neurons = [int(network), int(network), 20]
    used |= {"inputs": 700, "levels": 30, "neurons": neurons, "lanes": neurons, "queue_depth": 2048}
    return {"structure": structure, "network": network, "bits": bits, "chip": "ECP5-85F", "available": AVAILABLE} | used


@pytest.fixture
def table():
    engines = [engine("scdq", "24", 4, 8000, 40.0), engine("history", "24", 4, 9000, 60.0)]
    engines += [engine("scdq", "48", 8, 48000, 30.0), engine("history", "48", 8, 20000, 50.0)]
    return tabulate_fpga(engines, PUBLISHED, [])


def test_the_scarcest_part_says_how_much_of_the_chip_is_used(table):
    assert list(table.columns) == FPGA_COLUMNS
    ours = table[table["bits"].notna()]
    shares = ours[ours["quantity"] == "largest_share"].set_index(["platform", "network"])["ours_mean"]
    # 80 of 200 block RAMs, but 48,000 of 80,000 LUTs.
    assert (shares["scdq", "24"], shares["scdq", "48"]) == (40, 60)
    assert ours["published"].isna().all() and ours["difference"].isna().all()


def test_rivals_stand_as_published_with_data_set_chip_and_way_of_measuring(table):
    theirs = table[table["bits"].isna()]
    assert theirs["ours_mean"].isna().all() and set(theirs["dataset"]) == {"shd"}
    assert theirs[["chip", "measured_by", "source"]].notna().all(axis=None)
    chen = select(theirs, platform="Chen et al. 2025").set_index("quantity")["published"]
    assert (chen["samples_per_second"], chen["power"], chen["accuracy"]) == (104, 282, 93.4)


def test_readers_see_a_row_an_engine_and_a_rival(table):
    shown = find("table_fpga").show(table)
    names = [[cell.ours for cell in row[:2]] for row in shown.rows]
    assert names[0] == ["24, 4 bits", "SCDQ"] and len(names) == 4 + len(PUBLISHED["fpga_rivals"])
    assert "PYNQ-Z2, SHD: a prototype on the board" in names[4][1]


def test_a_point_an_engine_a_panel_a_width_a_colour_a_structure(table):
    panels = draw_fpga(table).axes
    assert [axis.get_title("left") for axis in panels] == ["4 bits a weight", "8 bits a weight"]
    points = {
        (to_hex(line.get_color()), line.get_xdata()[0], line.get_ydata()[0])
        for line in panels[1].lines
        if len(line.get_xdata())
    }
    assert points == {(colour_of("scdq"), 30, 48), (colour_of("history"), 50, 20)}


def test_samples_a_second_are_the_clock_over_cycles_a_sample_where_lanes_are_as_simulated():
    cycles = [{"structure": name, "cycles_mean": 20000.0, "queue_depth": 2048} for name in ("scdq", "history")]
    simulated = [Metrics("48", 1, "spoken_digits", (), {"engine": cycles}, {})]
    fewer = engine("history", "48", 8, 15000, 50.0) | {"lanes": [8, 8, 8]}
    table = tabulate_fpga([engine("scdq", "48", 8, 20000, 60.0), fewer], PUBLISHED, simulated)
    ours = table[table["bits"].notna() & (table["quantity"] == "samples_per_second")]
    assert ours[["platform", "ours_mean", "dataset", "seeds"]].to_numpy().tolist() == [
        ["scdq", 3000, "spoken_digits", 1]
    ]
    (axis,) = draw_fpga(table[table["platform"] == "scdq"]).axes
    assert (axis.get_xlabel(), axis.lines[0].get_xdata()[0]) == ("samples a second", 3000)
    # With an engine that was not simulated the clock is drawn, which all have.
    (axis,) = draw_fpga(table).axes
    assert (axis.get_xlabel(), [axis.lines[each].get_xdata()[0] for each in (0, 1)]) == ("clock (MHz)", [60, 50])


def test_the_block_diagram_has_a_delay_unit_in_all_layers_but_the_first():
    (axis,) = draw_engine(engine("scdq", "48", 8, 20000, 60.0)).axes
    texts = [(text.get_text(), text.get_position()[1]) for text in axis.texts]
    assert [round(height) for text, height in texts if text == "delay unit"] == [-1, -2]
    weights = [text for text, _ in texts if " rows of " in text]
    assert weights == ["700 rows of 48 x 8 bits", "1,440 rows of 48 x 8 bits", "1,440 rows of 20 x 8 bits"]


def test_a_part_without_gates_or_memory_has_no_row_of_them():
    parts = [
        {"part": "weights", "combinational": 0.0, "flip_flops": 0.0, "memory_bits": 5760},
        {"part": "delay_unit", "combinational": 20.5, "flip_flops": 30.0, "memory_bits": 99},
    ]
    table = tabulate_engine_parts([{"network": "48", "structure": "history", "bits": 8, "parts": parts}])
    found = table.set_index("quantity")[["ours_mean", "unit"]].T.to_dict("list")
    assert found == {
        "weights_memory_bits": [5760, "bit"],
        "delay_unit_combinational": [20.5, "gate equivalents"],
        "delay_unit_flip_flops": [30, "gate equivalents"],
        "delay_unit_memory_bits": [99, "bit"],
    }
    assert [cell.ours for cell in find("table_engine_parts").show(table).rows[0][:2]] == ["48, 8 bits", "spike history"]


def test_what_switches_stands_by_part_and_kind_in_nanojoules():
    silent = {"toggles": 0, "gates_pj": 0.0, "clock_pj": 0.0, "memories_pj": 0.0}
    parts = [{"part": "delay_unit", "toggles": 9, "gates_pj": 800.0, "clock_pj": 3600.0, "memories_pj": 40000.0}]
    head = {"network": "24", "structure": "history", "bits": 4, "dataset": "bars"}
    made = [{**head, "cycles": 10100, "parts": [*parts, {"part": "weights", **silent}]}]
    found = tabulate_switching([*made, {**head, "structure": "scdq", "parts": [], "skipped": "no c++"}])
    values = {row.quantity: (row.ours_mean, row.unit, row.platform) for row in found.itertuples()}
    assert values == {
        "cycles": (10100, "1", "history"),
        "delay_unit_gates": (0.8, "nJ", "history"),
        "delay_unit_clock_pins": (3.6, "nJ", "history"),
        "delay_unit_memories": (40, "nJ", "history"),
    }
    assert (set(found["dataset"]), set(found["seeds"])) == ({"bars"}, {1})
