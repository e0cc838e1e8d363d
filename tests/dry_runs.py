"""Dry runs of Snakemake, each in a process of its own, forked from one that has read Snakemake and the library.

So they are what a command line does, without the seconds that it takes to begin.
"""

import atexit
import json
import os
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]


def dry_run(folder, *arguments):
    """Return what ``snakemake --dry-run`` says in a folder, as :func:`subprocess.run` does."""
    command = ["snakemake", "--snakefile", ROOT / "Snakefile", "--directory", folder, "--dry-run", *arguments]
    command = list(map(str, command))
    with tempfile.TemporaryDirectory() as screens:
        out, err = Path(screens) / "out", Path(screens) / "err"
        server = _server()
        server.stdin.write(json.dumps([command, str(Path.cwd()), str(out), str(err)]) + "\n")
        server.stdin.flush()
        code = int(server.stdout.readline())
        return subprocess.CompletedProcess(command, code, out.read_text(), err.read_text())


@cache
def _server():
    pipe = subprocess.PIPE
    server = subprocess.Popen([sys.executable, __file__], stdin=pipe, stdout=pipe, text=True)
    atexit.register(server.communicate)
    return server


def _serve():
    """Answer every line of commands with a code, until there is none."""
    import snakemake.cli

    import delaysnn.settings.configuration  # noqa: F401
    from delaysnn.core.imports import code_of
    from delaysnn.report.registry import registered

    registered()
    code_of(*(ROOT / "workflow").rglob("*.py"))
    for line in sys.stdin:
        if process := os.fork():
            print(os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]), flush=True)
            continue
        sys.argv, folder, *screens = json.loads(line)
        for number, file in enumerate((os.devnull, *screens)):
            os.dup2(os.open(file, os.O_RDWR | os.O_CREAT), number)
        os.chdir(folder)
        # Ends this process as it ends a command line.
        snakemake.cli.main()


if __name__ == "__main__":
    _serve()
