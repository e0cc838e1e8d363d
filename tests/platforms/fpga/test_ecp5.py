"""A small design on the ECP5-85F: what it takes by hand, and what is said of one that does not fit."""

import pytest
from own_environment import build

from delaysnn.core.errors import InputError
from delaysnn.platforms.fpga.ecp5 import place_design, read_report

# A memory of 1024 x 18 bit is one block RAM of 18 kbit; a sum that is registered on both sides has as many flip-flops.
ONE_OF_EACH = """
module one_of_each #(parameter WIDTH = 18) (
    input wire clk,
    input wire write,
    input wire [9:0] index,
    input wire [WIDTH-1:0] word,
    output reg [WIDTH-1:0] product,
    output reg [WIDTH-1:0] watched
);
  reg [WIDTH-1:0] words[0:1023];
  reg [WIDTH-1:0] read, factor;
  always @(posedge clk) begin
    if (write) words[index] <= word;
    read <= words[index];
    factor <= word;
    product <= read * factor;
    watched <= watched + word;
  end
endmodule
"""


@pytest.fixture(scope="module")
def tools(tmp_path_factory):
    """The environment with nextpnr, built by its rule."""
    return build(tmp_path_factory.mktemp("fpga"), "fpga").parents[1]


@pytest.fixture(scope="module")
def placed(tools, tmp_path_factory):
    folder = tmp_path_factory.mktemp("place")
    (folder / "one_of_each.v").write_text(ONE_OF_EACH)
    bitstream = folder / "one.bit"
    found = place_design("one_of_each", [folder / "one_of_each.v"], {"WIDTH": 18}, tools, 1, bitstream, ["watched"])
    return found, bitstream


@pytest.mark.slow  # an environment of its own, of 200 MB
def test_a_memory_a_product_and_their_registers_are_counted(placed):
    found, _ = placed
    assert (found.block_rams, found.multipliers) == (1, 1)
    # The registers of the product; its factor's may lie in the multiplier. None are of what has no pin.
    assert found.flip_flops <= 36
    assert found.luts < 18
    assert found.available == {"luts": 83640, "flip_flops": 83640, "block_rams": 208, "multipliers": 156}


@pytest.mark.slow  # an environment of its own, of 200 MB
def test_the_clock_is_as_fast_as_the_slowest_path(placed):
    found, _ = placed
    assert 50 < found.fmax < 200
    assert found.fmax == pytest.approx(1000 / found.slowest["ns"], rel=0.01)
    assert 0 < found.slowest["routing_ns"] < found.slowest["ns"]
    assert found.slowest["from"].startswith("words")


@pytest.mark.slow  # an environment of its own, of 200 MB
def test_the_bitstream_names_the_chip(placed):
    content = placed[1].read_bytes()
    assert content.startswith(b"\xff\x00") and b"LFE5U-85F" in content[:200]


@pytest.mark.slow
def test_the_same_seed_gives_the_same_bitstream(placed, tools, tmp_path):
    (tmp_path / "one_of_each.v").write_text(ONE_OF_EACH)

    def again(seed):
        place_design("one_of_each", [tmp_path / "one_of_each.v"], {}, tools, seed, tmp_path / "one.bit", ["watched"])
        return (tmp_path / "one.bit").read_bytes()

    assert again(1) == placed[1].read_bytes() != again(2)


@pytest.mark.slow
def test_what_the_chip_has_no_room_for_is_said(tools, tmp_path):
    wide = "module wide (input wire clk, input wire [399:0] in, output reg out);"
    (tmp_path / "wide.v").write_text(f"{wide} always @(posedge clk) out <= ^in; endmodule")
    with pytest.raises(InputError, match=r"^nextpnr gives up wide on the ECP5-85F: .*TRELLIS_IO"):
        place_design("wide", [tmp_path / "wide.v"], {}, tools, 1, tmp_path / "wide.bit")


def test_where_nextpnr_is_missing_its_environment_is_named(tmp_path):
    (tmp_path / "one_of_each.v").write_text(ONE_OF_EACH)
    with pytest.raises(InputError, match=r"mine: has no nextpnr, which places one_of_each; make .*mine/ready first\.$"):
        place_design("one_of_each", [tmp_path / "one_of_each.v"], {}, tmp_path / "mine", 1, tmp_path / "one.bit")


def test_a_design_without_a_clock_has_no_speed():
    with pytest.raises(
        InputError, match=r"^gate: is timed by one clock between its registers, but nextpnr found none\.$"
    ):
        read_report("gate", {"fmax": {}, "critical_paths": [], "utilization": {}})
