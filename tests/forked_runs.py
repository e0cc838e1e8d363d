"""Snakemake and the scripts of its jobs, each in a process of its own, forked from one that has imported what they do.

So they are what a command line does, without the seconds that it takes to begin. What is killed in a test, or is to be
the same in a process that shares nothing, is started there.
"""

import atexit
import json
import os
import select
import shlex
import socket
import sys
from contextlib import suppress
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]
# The socket of the process that forks.
ADDRESS = "DELAYSNN_TESTS_FORK"
# What Snakemake takes for Python: a job's script is forked, all else started.
PYTHON = """#!/bin/sh
case "$*" in (*/.snakemake/scripts/*.py) exec {python} -IS {file} "$@";; esac
exec {python} "$@"
"""
IMPORTED = (
    *("h5py", "matplotlib.pyplot", "numba", "scipy.signal", "scipy.stats", "seaborn", "snakemake.script", "torch"),
    *("delaysnn.platforms", "delaysnn.report.registry", "delaysnn.settings.configuration"),
    "delaysnn.training.optimise",
)


def snakemake(folder, *arguments, environment=None):
    """Return what ``snakemake`` says in a folder, as :func:`subprocess.run` does."""
    import subprocess
    import tempfile

    command = ["snakemake", "--snakefile", ROOT / "Snakefile", "--directory", folder, *arguments]
    command = list(map(str, command))
    place = _server()
    with tempfile.TemporaryDirectory() as screens:
        out, err = Path(screens) / "out", Path(screens) / "err"
        with Path(os.devnull).open() as nothing, out.open("w") as first, err.open("w") as second:
            environment = dict(os.environ if environment is None else environment, **{ADDRESS: f"{place}/socket"})
            code = _ask(environment, command, (nothing.fileno(), first.fileno(), second.fileno()))
        return subprocess.CompletedProcess(command, code, out.read_text(), err.read_text())


@cache
def _server():
    """Start the process that forks; return the folder of its socket."""
    import subprocess
    import tempfile

    place = tempfile.TemporaryDirectory(prefix="fork")
    python = Path(place.name) / "python"
    python.write_text(PYTHON.format(python=shlex.quote(sys.executable), file=shlex.quote(__file__)))
    python.chmod(0o755)
    pipe = subprocess.PIPE
    server = subprocess.Popen([sys.executable, __file__, "--serve", place.name], stdin=pipe, stdout=pipe)
    server.stdout.readline()
    # It ends as its input does.
    atexit.register(lambda: (server.communicate(), place.cleanup()))
    return place.name


def _ask(environment, command, files):
    """Let a command be run in this folder with these three open files; return its code."""
    with socket.socket(socket.AF_UNIX) as connection:
        # A data set's reader may have set one for all.
        connection.settimeout(None)
        connection.connect(environment[ADDRESS])
        socket.send_fds(connection, [b"."], files)
        connection.sendall(json.dumps([command, os.getcwd(), dict(environment)]).encode())  # noqa: PTH109
        connection.shutdown(socket.SHUT_WR)
        return int(connection.makefile().read() or 1)


def _serve(place):
    """Fork for every connection, until the input ends."""
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(f"{place}/socket")
        listener.listen(64)
        _import()
        print(flush=True)
        while listener in select.select([listener, sys.stdin], [], [])[0]:
            connection, _ = listener.accept()
            if not os.fork():
                listener.close()
                return _guard(connection, f"{place}/python")
            connection.close()
            # So that their time counts as that of the tests.
            with suppress(ChildProcessError):
                while os.waitpid(-1, os.WNOHANG)[0]:
                    pass


def _import():
    """Import what all of them import, and read what Snakemake reads of every script."""
    import gc
    from importlib import import_module

    import snakemake.cli  # noqa: F401

    for name in IMPORTED:
        import_module(name)
    from delaysnn.core.imports import code_of
    from delaysnn.report.registry import registered

    registered()
    code_of(*(ROOT / "workflow").rglob("*.py"))
    gc.freeze()


def _guard(connection, python):
    """Run what is asked for in a process of its own, and say how it ended."""
    _, files, _, _ = socket.recv_fds(connection, 1, 3)
    command, folder, environment = json.loads(connection.makefile().read())
    if process := os.fork():
        code = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
        connection.sendall(str(code if code >= 0 else 128 - code).encode())
        os._exit(0)
    connection.close()
    for number, file in enumerate(files):
        os.dup2(file, number)
        os.close(file)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = command
    # Each ends this process as it ends its own.
    if command[0] == "snakemake":
        import snakemake.cli

        sys.executable = python
        snakemake.cli.main()
    else:
        import runpy

        sys.path[0] = str(Path(command[0]).parent)
        runpy.run_path(command[0], run_name="__main__")


if __name__ == "__main__":
    if sys.argv[1] == "--serve":
        _serve(sys.argv[2])
    else:
        sys.exit(_ask(os.environ, sys.argv[1:], (0, 1, 2)))
