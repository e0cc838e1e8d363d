"""The engine in standard cells: each part's memory by hand, and where its gates are."""

import json

import pandas as pd
import pytest
import yaml
from forked_runs import ROOT, snakemake

from delaysnn.platforms.fpga.measure_engine import measure_engine
from delaysnn.platforms.fpga.place_engine import design_for

RTL = ROOT / "workflow/rtl"
# 9 inputs, layers of 4, 3 and 2 neurons, three delays of 0, 2 and 4 time steps.
TOPOLOGY, LEVELS, BITS = (9, 4, 3, 2), (0, 2, 4), 4


def measured(adaptive, structure="history"):
    design = design_for(TOPOLOGY, LEVELS, 20, structure, BITS, None, 2048, adaptive)
    return pd.DataFrame(measure_engine(RTL, design)).set_index("part")


@pytest.fixture(scope="module")
def parts():
    return measured(False)


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


def test_a_ring_of_sums_is_of_the_delay_unit_all_but_its_adders(parts):
    ring = measured(False, "ring_buffer")
    # Sums of 16 bits in this step and the 4 coming ones, and which of 3 levels are useful.
    assert ring.memory_bits["delay_unit"] == 16 * 5 * (3 + 2) + 3 * (4 + 3)
    assert ring.memory_bits["sums"] == 0
    # Sums of one step stay in the first layer alone; the adders of all layers are as they were.
    assert ring.flip_flops["sums"] < 0.6 * parts.flip_flops["sums"]
    assert ring.combinational["sums"] > 0.6 * parts.combinational["sums"]


@pytest.mark.slow  # synthesised by the rule
def test_the_rule_takes_the_depth_of_queues_from_the_constants_of_the_chip(tmp_path):
    constants = yaml.safe_load((ROOT / "config/hardware/fpga.yaml").read_text())
    (tmp_path / "shallow.yaml").write_text(yaml.safe_dump(constants | {"queue_depth": 96}))
    own = {"networks": {"4": {"hidden": [4, 4], "delays": True, "pruning": "synapse"}}}
    own |= {"delays": {"max": 8, "keep": 2, "sweep": [1]}, "hardware": {"fpga": str(tmp_path / "shallow.yaml")}}
    own |= {"fpga": {"networks": ["4"], "structures": ["scdq"]}}
    (tmp_path / "own.yaml").write_text(yaml.safe_dump(own))
    made = "results/metrics/spoken_digits/4/engine_scdq_4bit_parts.json"
    run = snakemake(
        tmp_path, "--cores", "1", "--configfile", ROOT / "config/quick.yaml", tmp_path / "own.yaml", "--", made
    )
    assert run.returncode == 0, run.stdout + run.stderr
    parts = {part["part"]: part for part in json.loads((tmp_path / made).read_text())["parts"]}
    # In both layers two queues, whose events are one of 4 neurons and one of delays 0 to 6.
    assert parts["delay_unit"]["memory_bits"] == 2 * 2 * 96 * (2 + 3)


@pytest.mark.slow  # synthesised twice
def test_adaptive_neurons_add_memory_and_two_multipliers_a_hidden_layer_and_change_no_other_part(parts):
    adaptive = measured(True)
    # A second state of 24 bits, and 43 of what it keeps, takes of the potential and gets from a spike.
    added = adaptive.memory_bits - parts.memory_bits
    assert added[added != 0].to_dict() == {"neurons": (24 + 43) * (4 + 3)}
    gates = adaptive.combinational - parts.combinational
    # One multiplier is most of a LIF layer's neurons, of which there are three; these are four more.
    assert 0.8 < gates["neurons"] / parts.combinational["neurons"] < 1.6
    others = ["weights", "delay_unit", "sums", "control"]
    # What logic synthesis makes of the same circuit may differ by a few gates.
    assert gates[others].to_numpy() == pytest.approx(0, abs=20)
