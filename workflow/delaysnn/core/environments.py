"""Environments of Python, filled by uv: ``python -m delaysnn.core.environments FOLDER LOCK TORCH``."""

import os
import subprocess
import sys
from ast import literal_eval
from pathlib import Path

from delaysnn.core.errors import InputError

# What pip is told on this machine, and uv by other names.
_AS_PIP = {"cert": "SSL_CERT_FILE", "index-url": "UV_DEFAULT_INDEX"}


def refuse_link(folder: Path) -> None:
    """Refuse to make an environment in a folder that is a link, since this would delete what the link leads to.

    Raises:
        InputError: the folder, or the one around it, is a link.
    """
    for path in (folder, folder.parent):
        if path.is_symlink():
            raise InputError(
                f"{path}: is a link to {path.readlink()}, so nothing is built or deleted there. Remove the link. Or, "
                f"if the packages there fit, create the empty file {folder / 'ready'}."
            )


def create(folder: Path, python: str) -> None:
    """Make an empty environment in ``folder``, in place of what is there.

    Args:
        folder: where it is made.
        python: the path of a Python, or a version such as 3.10, which uv finds or fetches.

    Raises:
        InputError: the folder is a link, or there is no such Python.
    """
    refuse_link(folder)
    _run("uv", "venv", "--quiet", "--clear", "--python", python, str(folder))


def install(folder: Path, lock: Path, torch: Path | None = None) -> None:
    """Install the packages of a lock file into an environment, with every checksum verified, and PyTorch by pip.

    In many containers Python is told to write no bytecode. There the bytecode of all packages is written here;
    otherwise every start of Python would compile its imports again, which takes seconds.

    Args:
        folder: of the environment.
        lock: as ``make lock`` writes it.
        torch: a requirements file for pip.

    Raises:
        InputError: a package cannot be installed.
    """
    checked = ("--no-deps", "--require-hashes", "--require-build-hashes", "--build-constraints", str(lock))
    _run("uv", "pip", "install", "--quiet", "--python", str(folder), *checked, "--requirement", str(lock))
    if torch is not None:
        _run("pip", "--python", str(folder), "install", "--quiet", "--no-compile", "--requirement", str(torch))
    if sys.dont_write_bytecode:
        compile_packages(folder)


def compile_packages(folder: Path) -> None:
    """Write the bytecode of an environment's packages, but for their tests."""
    quietly = ("-q", "-j", "0", "-x", "/tests?/")
    command = [str(folder / "bin/python"), "-m", "compileall", *quietly, *map(str, folder.glob("lib/python*"))]
    # Files that are written for other versions of Python do not compile, which is no error.
    subprocess.run(command, capture_output=True, check=False)


def as_pip() -> dict[str, str]:
    """Return environment variables for uv: certificates and index of pip's configuration, unless uv has its own."""
    command = [sys.executable, "-m", "pip", "config", "list"]
    said = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    # Backwards, so that pip's environment variables come after its files, and win.
    settings = (line.partition("=") for line in reversed(said.splitlines()))
    told = {key.rpartition(".")[2]: literal_eval(value) for key, _, value in settings}
    return {name: told[key] for key, name in _AS_PIP.items() if key in told} | os.environ


def _run(*command: str) -> None:
    run = subprocess.run([sys.executable, "-m", *command], env=as_pip(), capture_output=True, text=True, check=False)
    if run.returncode:
        raise InputError(f"{' '.join(command[:3])} ... failed: {run.stderr.strip()[-800:]}")


if __name__ == "__main__":
    try:
        install(*map(Path, sys.argv[1:]))
    except InputError as error:
        sys.exit(str(error))
