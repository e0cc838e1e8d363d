"""Engines under test in one simulation, which the argument +design=N chooses from: one build serves them all."""

import re
from collections.abc import Sequence
from pathlib import Path

from delaysnn.platforms.fpga.images import Design
from delaysnn.platforms.fpga.verilog import engine_sources

# File, what it says once, what the mutant says instead.
Mutant = tuple[str, str, str]


def write_top(folder: Path, rtl: Path, designs: Sequence[Design], mutants: Sequence[Mutant | None]) -> list[Path]:
    """Write a top module ``designs`` with the ports of engine.v, and mutants; return all its sources.

    Args:
        folder: for both.
        rtl: folder of the Verilog.
        designs: that stand side by side, in the order of their numbers.
        mutants: what each of them is a mutant by; None for the engine as it is.
    """
    texts = {file.name: file.read_text() for file in sorted((rtl / "engine").glob("*.v"))}
    changed, top = folder / "mutants.v", folder / "designs.v"
    changed.write_text("\n".join(_mutant(texts, number, each) for number, each in enumerate(mutants) if each))
    top.write_text(_top(texts["engine.v"], designs, mutants))
    return [*engine_sources(rtl), changed, top]


def _mutant(texts: dict[str, str], number: int, mutant: Mutant) -> str:
    file, said, instead = mutant
    assert texts[file].count(said) == 1, f"{file} does not say {said!r} once"
    text = "\n".join((texts | {file: texts[file].replace(said, instead)}).values())
    for name in (file.removesuffix(".v") for file in texts):
        text = re.sub(rf"^(module | +){name} #", rf"\g<1>{name}_{number} #", text, flags=re.M)
    return text


def _top(engine: str, designs: Sequence[Design], mutants: Sequence[Mutant | None]) -> str:
    names = re.findall(r"parameter (\w+)", engine)
    header = engine[engine.index("module engine") : engine.index("\n);") + 3]
    inputs = re.findall(r"input wire (?:\[.*?\] )?(\w+)", header)
    outputs = re.findall(r"output wire (\[.*?\] )?(\w+)", header)
    lines = [header.replace("module engine", "module designs")]
    lines.append('integer chosen; initial if (!$value$plusargs("design=%d", chosen)) chosen = -1;')
    for number, (design, mutant) in enumerate(zip(designs, mutants, strict=True)):
        lines += [f"wire {width}{name}_{number};" for width, name in outputs]
        ports = [f".{name}({name}{f' && chosen == {number}' if 'valid' in name else ''})" for name in inputs]
        ports += [f".{name}({name}_{number})" for _, name in outputs]
        settings = ", ".join(f".{name}({value})" for name, value in design.parameters.items() if name in names)
        lines.append(f"engine{f'_{number}' if mutant else ''} #({settings}) design_{number} ({', '.join(ports)});")
    for _, name in outputs:
        choice = " : ".join(f"chosen == {number} ? {name}_{number}" for number in range(len(designs)))
        lines.append(f"assign {name} = {choice} : 0;")
    return "\n".join([*lines, "endmodule", ""])
