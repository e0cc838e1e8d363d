"""The engine in standard cells: each part's memory by hand, and where its gates are."""

from pathlib import Path

import pandas as pd
import pytest

from delaysnn.platforms.fpga.measure_engine import measure_engine
from delaysnn.platforms.fpga.place_engine import design_for

RTL = Path(__file__).parents[3] / "workflow/rtl"
# 9 inputs, layers of 4, 3 and 2 neurons, three delays of 0, 2 and 4 time steps.
TOPOLOGY, LEVELS, BITS = (9, 4, 3, 2), (0, 2, 4), 4


@pytest.fixture(scope="module")
def parts():
    design = design_for(TOPOLOGY, LEVELS, 20, "history", BITS, None)
    return pd.DataFrame(measure_engine(RTL, design)).set_index("part")


def test_memories_of_each_part_hold_what_they_hold_by_hand(parts):
    assert parts.memory_bits["weights"] == BITS * (9 * 4 + 3 * 4 * 3 + 3 * 3 * 2)
    # A potential of 24 bits and 30 of decay and threshold.
    assert parts.memory_bits["neurons"] == (24 + 30) * (4 + 3 + 2)
    # Of every neuron that is delayed 4 past steps, and which of 3 levels are useful.
    assert parts.memory_bits["delay_unit"] == (4 + 3) * (4 + 3)
    # Between layers 512 words of an EOT's bit and a neuron's number.
    assert parts.memory_bits["control"] == 2 * 512 * (1 + 2)
    assert parts.memory_bits["sums"] == 0


def test_every_part_but_the_memory_of_weights_has_gates(parts):
    gates = parts.combinational + parts.flip_flops
    assert gates["weights"] == 0 and (gates.drop("weights") > 0).all()
    # A multiplier a layer is there and nowhere else.
    assert parts.combinational.idxmax() == "neurons"
