"""Properties of workflow/rtl/formal, by Yosys' SAT solver, of the Verilog as it is or with a line changed."""

import re
from pathlib import Path

from delaysnn.queues.verilog.plain import plain_folder
from delaysnn.queues.verilog.synthesis import run_yosys

RTL = Path(__file__).parents[3] / "workflow/rtl"
# Asserted in every cycle; what is not driven, such as a memory that was taken out, may have any value.
_SAT = "sat -verify -prove-asserts -set-assumes"


def prove_always(folder, file, parameters, cut=()):
    """Prove by induction what formal/ says of a module: in the cycle behind a reset, and in the next one behind any.

    Args:
        folder: for files.
        file: of the module, below ``workflow/rtl``.
        parameters: of the module.
        cut: modules inside it that may do anything.

    Raises:
        InputError: it does not hold.
    """
    read = _write(folder, file, _texts(), cut)
    take_out = [f"delete t:{kind} t:$paramod*{kind}*" for kind in cut]
    solve = f"{_SAT} -tempinduct -set-at 1 rst 1 -seq 1 -maxsteps 2"
    _run(folder, Path(file).stem, parameters, read, take_out, solve)


def prove_one(folder, file, parameters, named, cycles, mutant):
    """Prove one of the properties of a module, for all inputs in as many cycles from a reset on; arguments as above.

    Args:
        folder: for files.
        file: of the module, below ``workflow/rtl``.
        parameters: of the module.
        named: the property.
        cycles: so many.
        mutant: a file, what it says once, and what instead.

    Raises:
        InputError: it does not hold.
    """
    read, name = _write(folder, file, _texts(mutant)), Path(file).stem
    path = folder / f"{name}.sv"
    others = re.sub(rf"\b(?!{named} )(\w+ :) assert", r"\1 cover", path.read_text())
    assert others.count(" : assert") == 1, f"{path.name} has no property {named}"
    path.write_text(others)
    _run(folder, name, parameters, read, ["chformal -cover -remove"], f"{_SAT} -set-at 1 rst 1 -seq {cycles}")


def prove_from_reset(folder, structure, parameters, cycles, mutant=None):
    """Prove what formal/delay_unit.sv says of a delay unit, for all inputs in as many cycles from a reset on.

    Raises:
        InputError: it does not hold.
    """
    texts = _texts(mutant)
    for file, text in texts.items():
        (folder / Path(file).name).write_text(text)
    (folder / "delay_unit.sv").write_text((RTL / "formal/delay_unit.sv").read_text())
    read = [f"read_verilog {Path(file).name}" for file in texts]
    _run(folder, "delay_unit", {"STRUCTURE": structure, **parameters}, read, [], f"{_SAT} -seq {cycles}")


def _write(folder, file, texts, cut=()):
    """Write a module with its properties, and the modules of queues; return how these are read."""
    name, text = Path(file).stem, texts[file]
    end = text.rindex("endmodule")
    properties = (RTL / f"formal/{name}.sv").read_text()
    (folder / f"{name}.sv").write_text(f"{text[:end]}{properties}{text[end:]}")
    others = [other for other in texts if "/" not in other and other != file]
    for other in others:
        (folder / other).write_text(texts[other])
    return [f"read_verilog {'-lib ' * (Path(other).stem in cut)}{other}" for other in others]


def _texts(mutant=None):
    files = [*RTL.glob("*.v"), *(RTL / "engine").glob("delay_*.v"), *(RTL / "engine").glob("stream_*.v")]
    texts = {file.relative_to(RTL).as_posix(): file.read_text() for file in [*files, RTL / "engine/levels.v"]}
    if mutant:
        file, said, instead = mutant
        assert texts[file].count(said) == 1, f"{file} does not say {said!r} once"
        texts[file] = texts[file].replace(said, instead)
    return texts


def _run(folder, top, parameters, read, take_out, solve):
    settings = " ".join(f"-set {name} {value}" for name, value in parameters.items())
    elaborate = [f"chparam {settings} {top}", f"hierarchy -check -top {top}", "proc", "flatten", "memory -nordff"]
    lower = ["async2sync", "chformal -lower", "opt -full", "opt_clean", *take_out]
    with plain_folder(*folder.iterdir()) as plain:
        run_yosys([*read, f"read_verilog -formal -sv {top}.sv", *elaborate, *lower, solve], plain)
