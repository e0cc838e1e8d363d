"""The engine for networks of a size: the parameters that such a network asks for, and its rule."""

import dataclasses
import json
import re
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import yaml
from dry_runs import dry_run

from delaysnn.core.errors import InputError
from delaysnn.platforms.fpga.images import STRUCTURES, Options, make_images
from delaysnn.platforms.fpga.place_engine import design_for
from delaysnn.platforms.loihi.integer_network import IntegerLayer, IntegerNetwork
from delaysnn.platforms.loihi2.integer_network import AdaptiveLayer

ROOT = Path(__file__).parents[3]
QUICK = ROOT / "config/quick.yaml"
TOPOLOGY, STEPS = (9, 6, 5, 4), 24


def network(levels, adaptive=False):
    """A network of this topology, each weight of each level used; neurons of hidden layers may be adaptive."""

    def layer(delays, pre, post):
        weights = np.full((len(delays), pre, post), -256, np.int16)
        weights[:, 0] = 254
        numbers = [np.full(post, number, np.int32) for number in (500, 300, 40, 400, 100)]
        if adaptive and post != TOPOLOGY[-1]:
            return AdaptiveLayer(weights, delays, *numbers)
        return IntegerLayer(weights, delays, *numbers[:2])

    layers = [layer(levels if index else (0,), *shape) for index, shape in enumerate(pairwise(TOPOLOGY))]
    return IntegerNetwork(tuple(layers), STEPS, 8, "dense", 1, "none")


@pytest.mark.parametrize(("levels", "lanes"), [((0, 3, 6), None), ((0, 1, 2, 3), 2), ((0,), 5)])
def test_a_network_of_the_size_asks_for_the_same_engine(levels, lanes):
    for structure in STRUCTURES:
        for adaptive in (False, True):
            asked = make_images(network(levels, adaptive), Options(structure, lanes, depth=96, weight_bits=8)).design
            assert design_for(TOPOLOGY, levels, STEPS, structure, 8, lanes, 96, adaptive) == asked


@pytest.mark.parametrize(
    ("inputs", "compressed", "words"), [(65536, 0, None), (65537, 0, "65,537"), (65537, 1, "65,537")]
)
def test_an_engine_whose_words_the_load_port_does_not_reach_is_refused(inputs, compressed, words):
    design = design_for((9, 1, 1, 1), (0,), STEPS, "scdq", 8, None, 96)
    sizes = {"n_input": inputs, "compressed": compressed, "rows_first": 9 if compressed else inputs}
    if words is None:
        assert dataclasses.replace(design, **sizes).n_input == inputs
        return
    with pytest.raises(InputError, match=f"needs {words} words in a layer, but its load port reaches 65,536"):
        dataclasses.replace(design, **sizes)


def test_nothing_is_trained_or_drawn_for_an_engine(tmp_path):
    run = dry_run(tmp_path, "--configfile", QUICK, "--", "results/tables/fpga.csv")
    rules = {
        line.split()[-1].rstrip(":") for line in (run.stdout + run.stderr).splitlines() if line.startswith("rule ")
    }
    assert rules == {"build_environment", "compile_nextpnr", "place_engine", "table_fpga"}, run.stdout + run.stderr
    run = dry_run(tmp_path, "--configfile", QUICK, "--", "engine")
    assert "engine_scdq_4bit_parts.json" in run.stdout + run.stderr
    # Gates are simulated in the paper's configuration alone.
    assert "toggle_engine" not in run.stdout + run.stderr


def test_where_the_data_come_from_is_carried_along_if_the_engine_plays_samples(tmp_path):
    (tmp_path / "played.yaml").write_text("platforms: [fpga]\n")
    run = dry_run(tmp_path, "--configfile", QUICK, tmp_path / "played.yaml", "--", "results/figures/fpga.png")
    inputs = re.findall(r"^rule (\w+_fpga):\n    input: (.*)$", run.stdout + run.stderr, re.M)
    origin = "results/data/spoken_digits/provenance.json"
    assert {rule: origin in files for rule, files in inputs} == {"table_fpga": True, "figure_fpga": True}


def test_without_the_section_there_is_neither_table_nor_engine(tmp_path):
    (tmp_path / "none.yaml").write_text("fpga: null\n")
    run = dry_run(tmp_path, "--configfile", QUICK, tmp_path / "none.yaml", "--", "results/tables/fpga.csv")
    assert run.returncode != 0 and "results/tables/fpga.csv" in run.stdout + run.stderr


@pytest.mark.slow  # an environment of its own, of 200 MB
def test_the_rule_places_an_engine_and_writes_table_figure_and_bitstream(tmp_path):
    tiny = {"networks": {"4": {"hidden": [4, 4], "delays": True, "pruning": "synapse"}}}
    tiny |= {
        "delays": {"max": 8, "keep": 2, "sweep": [1]},
        "fpga": {"networks": ["4"], "structures": ["scdq", "history"]},
    }
    (tmp_path / "tiny.yaml").write_text(yaml.safe_dump(tiny))
    command = [sys.executable, "-m", "snakemake", "--snakefile", ROOT / "Snakefile", "--directory", tmp_path]
    command += ["--configfile", QUICK, tmp_path / "tiny.yaml", "--cores", "2", "--", "results/figures/fpga.png"]
    command += ["results/figures/engine.png", "results/tables/engine_parts.csv"]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout[-2000:] + run.stderr[-2000:]
    found = {
        structure: json.loads((tmp_path / f"results/metrics/spoken_digits/4/engine_{structure}_4bit.json").read_text())
        for structure in ("scdq", "history")
    }
    # Both hold the same weights; a history needs no queues of 2,048 events.
    assert found["history"]["block_rams"] < found["scdq"]["block_rams"]
    assert found["scdq"]["lanes"] == [4, 4, 20] and found["scdq"]["fmax"] > 20
    for structure in found:
        assert (tmp_path / f"results/models/spoken_digits/4/engine_{structure}_4bit.bit").stat().st_size > 100_000
