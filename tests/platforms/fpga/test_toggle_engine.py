"""What switches in the engine's gates: toggles and loads by hand, and a whole engine with its spikes compared."""

import dataclasses
import json
import os
import re
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest
import yaml
from forked_runs import ROOT, snakemake
from random_engines import inputs, network
from small_networks import quantised_network

from delaysnn.core.dataset import Dataset, write_dataset
from delaysnn.core.errors import InputError
from delaysnn.core.network import write_network
from delaysnn.platforms.fpga.images import Options, make_images
from delaysnn.platforms.fpga.toggle_engine import (
    Cells,
    build_gates,
    part_of,
    play_gates,
    read_cells,
    read_toggles,
    toggle_engine,
    weigh,
)

CONSTANTS = {"sram_word_pj": 10, "sram_word_bits": 64, "sram_bits": 65536}
SAIF = r"""
 (INSTANCE TOP
  (NET (a (T0 1) (T1 1) (TZ 0) (TX 0) (TB 0) (TC 99)))
  (INSTANCE engine
   (NET
    (a (T0 1) (T1 1) (TZ 0) (TX 0) (TB 0) (TC 6))
    (core_first.neurons.v\[10\] (T0 1) (T1 1) (TZ 0) (TX 0) (TB 0) (TC 4))
   )
  )
 )
"""


def test_nets_have_the_toggles_of_the_engine_not_of_what_is_around(tmp_path):
    (tmp_path / "toggles").write_text(SAIF)
    assert read_toggles(tmp_path / "toggles") == {("a", 0): 6, ("core_first.neurons.v", 10): 4}


def test_the_library_has_a_load_for_inputs_alone():
    cells = read_cells()
    assert cells.volts == 1.1
    assert cells.capacitances["NAND2_X1"] == {"A1": 1.599032, "A2": 1.664199}
    assert set(cells.capacitances["DFF_X1"]) == {"D", "CK"}


def test_the_path_in_a_cells_name_tells_its_part():
    assert part_of(r"$flatten\core_first.\present.sums.\add_lanes.$abc$1$blif$1$7") == "sums"
    assert part_of(r"$flatten\core_second.\genblk1.strided.delay.$auto$ff.cc:337:slice$1") == "delay_unit"
    assert part_of("core_output.weights") == "weights"
    # A ring of sums delays spikes, all but its adders.
    assert part_of("core_second.later.sums.memory") == "delay_unit"
    assert part_of(r"$flatten\core_second.\later.sums.$auto$ff.cc:337:slice$1") == "delay_unit"
    assert part_of(r"$flatten\core_second.\later.sums.\add_lanes.$abc$1$blif$1$7") == "sums"
    # Of a file of Yosys, not of an instance, is what stands behind the first dollar.
    assert part_of(r"$flatten\core_first.$auto$delay.sums") == part_of("$abc$3$blif$3$0") == "control"


def test_a_gate_pays_for_the_pins_that_it_charges_and_a_flip_flop_for_its_clock():
    cells = {
        "$flatten\\core_first.\\neurons.$1": {"type": "DFF", "connections": {"D": [2], "CK": [1], "Q": [3], "QN": [9]}},
        "$flatten\\core_first.\\present.sums.$2": {"type": "NAND", "connections": {"A": [3], "B": [3], "Z": [2]}},
        "core_first.weights": {"type": "memory", "connections": {"read_word": [4, 5], "read": [2]}},
        "$3": {"type": "NAND", "connections": {"A": [4], "B": ["1"], "Z": [6]}},
    }
    nets = {"clk": {"bits": [1]}, "d": {"bits": [2]}, "q": {"bits": [3, 9]}, "word": {"bits": [4, 5], "offset": 1}}
    graph = {"modules": {"engine": {"cells": cells, "netnames": nets}}}
    toggles = {("clk", 0): 20, ("d", 0): 3, ("q", 0): 2, ("q", 1): 2, ("word", 1): 5, ("word", 2): 7}
    library = Cells({"DFF": {"D": 1.0, "CK": 2.0}, "NAND": {"A": 3.0, "B": 4.0}}, volts=2.0)
    rows = weigh(graph, toggles, library)
    # Half of C V^2 is 2 fJ for a femtofarad; a net that charges no pin of a cell is not counted.
    toggled = {"neurons": 2, "sums": 3, "weights": 5, "delay_unit": 0, "control": 0}
    assert {part: row["toggles"] for part, row in rows.items()} == toggled
    charged = {"neurons": 2 * 7, "sums": 3 * 1, "weights": 5 * 3, "delay_unit": 0, "control": 0}
    assert {part: row["gates_pj"] / 2e-3 for part, row in rows.items()} == pytest.approx(charged)
    assert rows["neurons"]["clock_pj"] == pytest.approx(20 * 2 * 2e-3)
    assert sum(row["clock_pj"] for row in rows.values()) == rows["neurons"]["clock_pj"]


@pytest.mark.slow  # the compiler takes a minute
def test_gates_fire_as_the_reference_and_switch_in_every_part(rtl, tmp_path):
    images = make_images(network(1), Options("history", depth=96, weight_bits=8))
    one, silent = (inputs(1, rate=rate).select(np.array([0])) for rate in (0.25, 0))
    build_gates(rtl, images, tmp_path)
    found = play_gates(tmp_path, images, one, "history", CONSTANTS)
    rows = {row["part"]: row for row in found["parts"]}
    assert all(row["toggles"] > 0 and row["gates_pj"] > 0 for row in rows.values())
    assert {part for part, row in rows.items() if row["memories_pj"]} == {"weights", "delay_unit", "neurons", "control"}
    # A cycle a neuron of the first layer and step at the least.
    assert found["cycles"] > 20 * 6
    quiet = {row["part"]: row for row in play_gates(tmp_path, images, silent, "history", CONSTANTS)["parts"]}
    assert quiet["weights"]["toggles"] == 0 and quiet["sums"]["toggles"] < 0.1 * rows["sums"]["toggles"]
    # The weights that are loaded are of another network.
    other = dataclasses.replace(images, network=network(2))
    with pytest.raises(InputError, match="the gates of the engine with history and the integer reference differ in"):
        play_gates(tmp_path, other, one, "history", CONSTANTS)


def test_the_rule_takes_the_lanes_of_the_configuration_and_runs_again_if_these_change(tmp_path):
    target = "results/metrics/spoken_digits/24/engine_history_8bit_toggles.json"
    model, data = (tmp_path / f"results/{name}" for name in ("models/spoken_digits/24/seed1", "data/spoken_digits"))
    for folder in (model, data, tmp_path / "bin"):
        folder.mkdir(parents=True)
    write_network(model / "8bit.safetensors", quantised_network())
    labels = np.zeros(4, np.uint8)
    write_dataset(data / "test.npz", Dataset(inputs(1), labels, labels, "spoken_digits", 4, 0.01))
    # Without a compiler nothing is simulated, but the engine is designed.
    for tool in ("bash", "sh"):
        (tmp_path / "bin" / tool).symlink_to(shutil.which(tool))
    environment = os.environ | {"PATH": f"{tmp_path / 'bin'}:{Path(sys.executable).parent}"}
    environment.pop("CI", None)
    section = {"structures": ["history"], "bits": [8], "switching": ["24"]}

    def run(lanes, *arguments):
        (tmp_path / "own.yaml").write_text(yaml.safe_dump({"fpga": section | {"lanes": lanes}}))
        files = ("--configfile", ROOT / "config/quick.yaml", tmp_path / "own.yaml", "--allowed-rules", "toggle_engine")
        ran = snakemake(tmp_path, *arguments, *files, "--", target, environment=environment)
        assert ran.returncode == 0, ran.stdout + ran.stderr
        return ran.stdout + ran.stderr

    run(5, "--cores", "1")
    # Of 12, 12 and 4 neurons.
    assert json.loads((tmp_path / target).read_text())["lanes"] == [5, 5, 4]
    assert re.search(r"rule toggle_engine:[^$]* Params have changed .*before: 5 now: 6", run(6, "--dry-run"))


def test_without_a_compiler_nothing_switches_and_why_is_said(monkeypatch, tmp_path):
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.setattr("delaysnn.queues.verilog.verilate.shutil.which", lambda tool: None)
    found = toggle_engine(tmp_path, make_images(network(1)), inputs(1), "scdq", CONSTANTS)
    assert found["parts"] == [] and "no c++" in found["skipped"]
