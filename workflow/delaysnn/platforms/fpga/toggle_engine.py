"""What switches in the engine's gates while a sample passes: toggles, weighted by the load they charge, by part."""

import json
import logging
import os
import re
import tempfile
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from delaysnn.core.errors import InputError
from delaysnn.core.spike_trains import SpikeTrains
from delaysnn.platforms.fpga.accesses import count
from delaysnn.platforms.fpga.cost import access_pj
from delaysnn.platforms.fpga.images import Images
from delaysnn.platforms.fpga.verilog import Handshakes, count_differences, engine_sources, play
from delaysnn.platforms.loihi2.fixed_point import simulate
from delaysnn.platforms.protocol import Constants
from delaysnn.queues.verilog.synthesis import MEMORY, liberty, synthesise, write_cell_models
from delaysnn.queues.verilog.verilate import missing_compiler, verilate

_log = logging.getLogger(__name__)
PARTS = ("weights", "delay_unit", "sums", "neurons", "control")
# Names of instances in the Verilog: the first of them on a gate's path tells its part; without one it is control.
_INSTANCES = {"neurons": "neurons", "sums": "sums", "delay": "delay_unit", "weights": "weights"}
_GRAPH = "graph.json"
# Pins of a cell that its clock enters, or leaves where that is gated.
_CLOCKS = ("CK", "GCK")


@dataclass(frozen=True)
class Cells:
    """What the liberty file says of the standard cells.

    Attributes:
        capacitances: of every cell's input pins, in fF.
        volts: the supply that they were characterised at.
    """

    capacitances: Mapping[str, Mapping[str, float]]
    volts: float


def toggle_engine(
    rtl: Path, images: Images, spikes: SpikeTrains, structure: str, constants: Constants
) -> dict[str, Any]:
    """Simulate the engine's gates with one sample, and weigh what switches.

    Args:
        rtl: folder of the Verilog.
        images, spikes, structure, constants: as :func:`play_gates` takes them.

    Returns:
        What that returns; on a machine without compiler no ``parts``, and ``skipped`` says why.

    Raises:
        InputError: the gates fire other spikes than the integer reference; or a tool fails.
    """
    if (missing := missing_compiler()) and not os.environ.get("CI"):
        _log.warning("%s", missing)
        return {"parts": [], "skipped": missing}
    with tempfile.TemporaryDirectory() as folder:
        build_gates(rtl, images, Path(folder))
        return play_gates(Path(folder), images, spikes, structure, constants)


def build_gates(rtl: Path, images: Images, folder: Path) -> None:
    """Synthesise the engine that a network needs, and build a simulation of its gates, in a folder."""
    netlist, models = folder / "netlist.v", folder / "cells.v"
    synthesise("engine", engine_sources(rtl), images.design.parameters, [rtl / MEMORY], netlist, folder / _GRAPH)
    write_cell_models(models)
    # The nets alone, not what is inside of cells. A sample is short, and the compiler takes longer than it.
    options = ["--trace-saif", "--trace-depth", "1", "-MAKEFLAGS", "OPT_FAST=-O0", "-MAKEFLAGS", "OPT_SLOW=-O0"]
    sources = [rtl / "engine/bench.cpp", netlist, models, rtl / "clock_gate.v", rtl / MEMORY]
    verilate("engine", sources, options, folder)


def play_gates(
    folder: Path, images: Images, spikes: SpikeTrains, structure: str, constants: Constants
) -> dict[str, Any]:
    """Play a sample through the gates in ``folder``, and weigh what switches from its first spike to its last.

    Args:
        folder: where :func:`build_gates` built.
        images: the network on the engine.
        spikes: of the input channels, of one sample.
        structure: of the engine, by its name.
        constants: prices of accesses to memories.

    Returns:
        ``cycles``, and ``parts``: a row for each of :data:`PARTS` with ``toggles`` of its gates, and pJ of what these
        charge (``gates_pj``), of clock pins (``clock_pj``) and of accesses to its memories (``memories_pj``).

    Raises:
        InputError: the gates fire other spikes than the integer reference.
    """
    toggles = folder / "toggles"
    played = play(folder, images, spikes, Handshakes(), "engine", str(toggles))
    layers = simulate(images.network, spikes).layers
    if differences := sum(map(count_differences, played.layers, layers)):
        raise InputError(
            f"Network {images.network.name}: the gates of the engine with {structure} and the integer reference "
            f"differ in {differences} spikes."
        )
    parts = weigh(json.loads((folder / _GRAPH).read_text()), read_toggles(toggles), read_cells())
    for memory in count(images, spikes, layers)[structure].memories:
        part = memory.part if memory.part in PARTS else "control"
        parts[part]["memories_pj"] += (memory.reads + memory.writes) * access_pj(memory, constants)
    cycles = int(played.end[0] - played.begin[0])
    _log.info("%d cycles, %d toggles", cycles, sum(each["toggles"] for each in parts.values()))
    return {"cycles": cycles, "parts": [{"part": part, **each} for part, each in parts.items()]}


def weigh(graph: Mapping[str, Any], toggles: Mapping[tuple[str, int], int], cells: Cells) -> dict[str, dict[str, Any]]:
    """Return toggles of nets and what they charge, a row for each of :data:`PARTS`; the gate that drives a net pays.

    A clock's pins are paid by the flip-flop or clock gate that has them. What nets charge in memories is left out.

    Args:
        graph: the gates as Yosys writes them, one flat module ``engine``.
        toggles: of each net's bits, by its name and index (:func:`read_toggles`).
        cells: of the liberty file.
    """
    module = graph["modules"]["engine"]
    of_bit: dict[Any, int] = {}
    for name, net in module["netnames"].items():
        for index, bit in enumerate(net["bits"], net.get("offset", 0)):
            if (name, index) in toggles:
                of_bit[bit] = toggles[name, index]
    loads: defaultdict[Any, float] = defaultdict(float)
    drivers: dict[Any, str] = {}
    rows: dict[str, dict[str, Any]] = {
        part: {"toggles": 0, "gates_pj": 0.0, "clock_pj": 0.0, "memories_pj": 0.0} for part in PARTS
    }
    # A toggle charges or discharges its load, at half of C V^2 each; fF V^2 are fJ.
    toggle_pj = cells.volts**2 / 2 * 1e-3
    for name, cell in module["cells"].items():
        part, inputs = part_of(name), cells.capacitances.get(cell["type"])
        for pin, (bit, *more) in cell["connections"].items():
            if inputs is None:
                if pin == "read_word":
                    drivers |= dict.fromkeys((bit, *more), part)
            elif pin in _CLOCKS:
                rows[part]["clock_pj"] += of_bit.get(bit, 0) * inputs.get(pin, 0) * toggle_pj
            elif pin in inputs:
                loads[bit] += inputs[pin]
            else:
                drivers[bit] = part
    for bit, part in drivers.items():
        if loads[bit]:
            rows[part]["toggles"] += of_bit.get(bit, 0)
            rows[part]["gates_pj"] += of_bit.get(bit, 0) * loads[bit] * toggle_pj
    return rows


def part_of(cell: str) -> str:
    """Return the part of the engine that a cell or memory of the flat module belongs to, by the path in its name."""
    path = cell.removeprefix("$flatten").replace("\\", "").partition("$")[0].split(".")
    if "later" in path:
        # A ring of sums delays spikes; what adds to it does not.
        return "sums" if "add_lanes" in path else "delay_unit"
    return next((_INSTANCES[name] for name in path if name in _INSTANCES), "control")


def read_toggles(saif: Path) -> dict[tuple[str, int], int]:
    """Return how often each bit of the engine's nets changes, by name and index, from a file in SAIF."""
    nets = saif.read_text().partition("(INSTANCE engine")[2]
    found = re.findall(r"^\s*\((\S+?)(?:\\\[(\d+)\\\])? \(T0 .*\(TC (\d+)\)\)$", nets, re.M)
    return {(name.replace("\\", ""), int(index or 0)): int(count) for name, index, count in found}


@lru_cache(maxsize=1)
def read_cells() -> Cells:
    """Return capacitances of the standard cells' input pins, and their supply, from the liberty file."""
    text = liberty().read_text()
    unit = re.search(r"capacitive_load_unit\s*\(\s*1\s*,\s*ff\s*\)", text)
    volts = re.search(r"nom_voltage\s*:\s*([\d.]+)", text)
    if not (unit and volts):
        raise InputError(f"{liberty()}: has no nom_voltage, or capacitances in another unit than 1 fF.")
    pin = re.compile(r"^\s*pin \((\w+)\) \{\s*direction\s*:\s*input;.*?\bcapacitance\s*:\s*([\d.]+)", re.M | re.S)
    capacitances = {}
    for cell in re.split(r"^\s*cell \(", text, flags=re.M)[1:]:
        capacitances[cell.partition(")")[0]] = {name: float(value) for name, value in pin.findall(cell)}
    return Cells(capacitances, float(volts[1]))
