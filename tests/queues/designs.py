"""Every design under test in one simulation, which the argument +design=N chooses from: one build serves them all."""

import re
from collections.abc import Sequence
from pathlib import Path

from delaysnn.queues.verilog.synthesis import queue_sources, synthesise, write_cell_models

# File, what it says, what the mutant says instead.
MUTANTS = [
    ("scdq.v", "swapped <= !swapped;", "swapped <= swapped;"),
    ("scdq.v", "tail <= kept;", "tail <= 0;"),
    ("scdq.v", "counter - 1'b1", "counter"),
    ("scdq.v", " && tail != FULL", ""),
    ("scdq.v", "overflow <= 1'b1", "overflow <= 1'b0"),
    ("scdq.v", "in_ready = advance && !closing", "in_ready = advance"),
    ("scdq.v", "in_ready = advance && !closing", "in_ready = !closing"),
    ("scdq.v", "head == tail && !popped", "head == tail"),
    ("scdq.v", "pop = advance && head", "pop = head"),
    ("scdq.v", "popped && useful || swap", "popped || swap"),
    ("filter.v", ">> counter", ">> counter >> 1"),
    ("filter.v", "row[delay]", "row[counter]"),
    ("filter.v", "|(row & longer)", "&(row | ~longer) && longer[LEVELS-1]"),
]
DESIGNS = ["scdq", "shared_queue", "gates", *(f"mutant_{number}" for number in range(len(MUTANTS)))]


def write_designs(rtl: Path, folder: Path, parameters: dict[str, int]) -> list[Path]:
    """Write the gates, the mutants and a top module ``designs`` with the ports of scdq.v; return all its sources."""
    netlist, mutants, top = folder / "netlist.v", folder / "mutants.v", folder / "designs.v"
    synthesise("scdq", queue_sources(rtl), parameters, netlist=netlist)
    netlist.write_text(netlist.read_text().replace("module scdq(", "module gates("))
    write_cell_models(folder / "cells.v")
    texts = {name: (rtl / name).read_text() for name in ("scdq.v", "filter.v")}
    mutants.write_text("\n".join(_mutant(texts, number) for number in range(len(MUTANTS))))
    top.write_text(_top(texts["scdq.v"], DESIGNS))
    return [*queue_sources(rtl), rtl / "clock_gate.v", netlist, folder / "cells.v", mutants, top]


def _mutant(texts: dict[str, str], number: int) -> str:
    file, said, instead = MUTANTS[number]
    assert texts[file].count(said) == 1, f"{file} does not say {said!r} once"
    faulty = "\n".join((texts | {file: texts[file].replace(said, instead)}).values())
    faulty = re.sub(r"\bmodule scdq #", f"module mutant_{number} #", faulty)
    return re.sub(r"^(module|  )( ?)filter #", rf"\1\2filter_{number} #", faulty, flags=re.M)


def _top(scdq: str, designs: Sequence[str]) -> str:
    header = scdq[scdq.index("module scdq") : scdq.index("\n);") + 3]
    parameters = ", ".join(f".{name}({name})" for name in re.findall(r"parameter (\w+)", header))
    inputs = re.findall(r"input wire (?:\[.*?\] )?(\w+)", header)
    outputs = re.findall(r"output (?:reg|wire) (\[.*?\] )?(\w+)", header)
    lines = [header.replace("module scdq", "module designs").replace("output reg", "output wire")]
    lines.append('integer chosen; initial if (!$value$plusargs("design=%d", chosen)) chosen = -1;')
    for number, design in enumerate(designs):
        lines += [f"wire {width}{name}_{number};" for width, name in outputs]
        ports = [f".{name}({name}{f' && chosen == {number}' if name == 'in_valid' else ''})" for name in inputs]
        ports += [f".{name}({name}_{number})" for _, name in outputs]
        settings = "" if design == "gates" else f"#({parameters}) "
        lines.append(f"{design} {settings}design_{number} ({', '.join(ports)});")
    for _, name in outputs:
        choice = " : ".join(f"chosen == {number} ? {name}_{number}" for number in range(len(designs)))
        lines.append(f"assign {name} = {choice} : 0;")
    return "\n".join([*lines, "endmodule", ""])
