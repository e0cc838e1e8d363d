"""Gates and bits of the delay queues, from synthesis."""

import pandas as pd
import pytest

from delaysnn.queues.verilog.area import measure_area
from delaysnn.queues.verilog.synthesis import cell_areas, synthesise

SIZES = {"address_bits": 4, "axons": 5, "delays": 6, "depth": 8}


@pytest.fixture(scope="module")
def area(rtl):
    return pd.DataFrame(measure_area(rtl, SIZES, {"delays": [12, 6], "depth": [16, 8, 4]}))


def bits(area, design, queues, delays, depth):
    wanted = (area.design == design) & (area.queues == queues) & (area.delays == delays) & (area.depth == depth)
    return area[wanted].set_index("part")


def test_queues_hold_depth_words_of_an_event_each(area):
    event_bits = 4 + 3
    assert bits(area, "scdq", "sram", 6, 8).memory_bits["queues"] == 2 * 8 * event_bits
    assert bits(area, "scdq", "sram", 12, 8).memory_bits["queues"] == 2 * 8 * (event_bits + 1)
    assert (area[area.part == "wvu"].memory_bits == 5 * area[area.part == "wvu"].delays).all()


def test_a_swept_size_that_is_the_designs_own_counts_once(area):
    assert not area.duplicated(["design", "queues", "delays", "depth", "part"]).any()


def test_sram_takes_the_queues_out_of_the_gates_and_nothing_else(area):
    in_gates, in_sram = (bits(area, "scdq", queues, 6, 8) for queues in ("flip_flop", "sram"))
    assert in_sram.flip_flops["queues"] == in_sram.combinational["queues"] == 0
    # A flip-flop is several gates; every bit of the queues is one.
    assert in_gates.flip_flops["queues"] > 4 * in_gates.memory_bits["queues"]
    for part in ("filter", "wvu"):
        assert in_gates.flip_flops[part] == in_sram.flip_flops[part]


def test_queues_of_half_the_depth_hold_half_the_bits(area):
    assert bits(area, "scdq", "sram", 6, 4).memory_bits["queues"] == 8 * 7
    assert bits(area, "scdq", "flip_flop", 6, 4).memory_bits["queues"] == 8 * 7


def test_a_flip_flop_takes_the_gates_that_the_documentation_names():
    gates = {name: area / cell_areas()["NAND2_X1"] for name, area in cell_areas().items()}
    assert gates["DFF_X1"] == min(area for name, area in gates.items() if name.startswith("DFF"))
    assert (round(gates["DFF_X1"], 2), round(gates["SDFFR_X1"], 2)) == (5.67, 8.33)


def test_flip_flops_of_the_queues_grow_with_depth(area):
    shallow, deep = (bits(area, "scdq", "flip_flop", 6, depth).flip_flops["queues"] for depth in (8, 16))
    assert 1.8 < deep / shallow < 2.2


def test_a_fifo_a_level_takes_more_control_than_two_queues(area):
    scdq, shared = (bits(area, design, "sram", 12, 8).loc["control"] for design in ("scdq", "shared_queue"))
    assert shared.combinational + shared.flip_flops > scdq.combinational + scdq.flip_flops


def test_a_module_with_one_parameter_is_counted_by_its_name_too(tmp_path):
    ports = "(input wire [WIDTH-1:0] word, output wire [WIDTH-1:0] other)"
    (tmp_path / "two.v").write_text(
        f"module part #(parameter WIDTH = 2) {ports}; assign other = ~word; endmodule\n"
        f"module whole #(parameter WIDTH = 2) {ports}; part #(.WIDTH(WIDTH)) part (word, other); endmodule\n"
    )
    assert synthesise("whole", [tmp_path / "two.v"], {"WIDTH": 3}).cells == {"part": {"INV_X1": 3}}
