"""Build a delay queue's Verilog with Verilator, play spikes through it in cocotb, and compare with the simulator."""

import os
import sys
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path

from delaysnn.core.errors import InputError
from delaysnn.queues.verilog.cycles import QueueTrace
from delaysnn.queues.verilog.stimulus import RtlRun, Stimulus, read_run, write_stimulus
from delaysnn.queues.verilog.verilate import errors, missing_compiler, verilate

# What the bench touches; with every signal in its reach a netlist takes minutes to build.
_PORTS = ("clk", "rst", "wvu_*", "in_*", "out_*", "overflow")


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
    if missing := missing_compiler():
        return missing
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

    libraries = cocotb_tools.config.libs_dir
    main = cocotb_tools.config.share_dir / "lib/verilator/verilator.cpp"
    # Most of the time goes into Verilator's own library.
    command = ["--vpi", "-MAKEFLAGS", "OPT_GLOBAL=-O0", "-MAKEFLAGS", "OPT_SLOW=-O0", "-MAKEFLAGS", "OPT_FAST=-O1"]
    command += [f"-G{key}={value}" for key, value in (parameters or {}).items()]

    def prepare(plain: Path) -> list[str]:
        ports = ["`verilator_config", *(f'public_flat_rw -module "{name}" -var "{p}"' for p in _PORTS)]
        (plain / "ports.vlt").write_text("\n".join(ports))
        (plain / libraries.name).symlink_to(libraries.absolute())
        linked = plain / libraries.name
        return ["-LDFLAGS", f"-Wl,-rpath-link,{linked} -L{linked} -lcocotbvpi_verilator", "ports.vlt"]

    verilate(name, [main, *sources], command, folder, prepare)


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
        raise InputError(f"The bench of {name} fails: {errors((folder / 'run.log').read_text())}")
    return read_run(files["RTL_RUN"])
