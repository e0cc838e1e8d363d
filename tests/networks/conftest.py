"""Environments of other tools, built once for every lock file (pytest's cache keeps them), and programs run there."""

import fcntl
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from delaysnn.core import environments
from delaysnn.core.files import sha256

ROOT = Path(__file__).parents[2]
TOOLS = Path(__file__).parent / "tools"
TORCH = ROOT / "envs/torch.txt"


@pytest.fixture(scope="session")
def python_of(request):
    """Return the Python of an environment of ``envs``, which is built where it is not there."""

    def python(name, of=sys.executable):
        lock = ROOT / f"envs/{name}/requirements.txt"
        folder = request.config.cache.mkdir(name) / (sha256(lock)[:8] + sha256(TORCH)[:8])
        # Of two workers one builds and the other waits.
        with folder.with_suffix(".lock").open("w") as held:
            fcntl.flock(held, fcntl.LOCK_EX)
            if not (folder / "ready").exists():
                environments.create(folder, of)
                environments.install(folder, lock, TORCH)
                (folder / "ready").touch()
        return folder / "bin/python"

    return python


@pytest.fixture(scope="session")
def in_tool(python_of):
    """Run a program of ``tools`` in the environment of a name, beside whose files it is; return what it saved."""

    def run(name, program, folder, chosen, of=sys.executable):
        command = [python_of(name, of), TOOLS / f"{program}.py", folder, json.dumps(chosen)]
        environment = os.environ | {"PYTHONPATH": "", "OMP_NUM_THREADS": "1"}
        done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment, cwd=folder)
        assert done.returncode == 0, done.stdout + done.stderr
        return dict(np.load(folder / "ran.npz"))

    return run


@pytest.fixture(scope="session")
def run_tool(python_of):
    """Run a script of ``tools/`` on a folder, in the environment of other tools."""

    def run(script, folder):
        command = [python_of("peers"), TOOLS / script, folder]
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder)
        assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-4000:]

    return run


@pytest.fixture(scope="module")
def tool(run_tool, tmp_path_factory, request):
    """The folder in which the script that is called as the test's TOOL wrote networks and what they fire."""
    folder = tmp_path_factory.mktemp(request.module.TOOL)
    run_tool(f"{request.module.TOOL}_networks.py", folder)
    return folder


@pytest.fixture
def theirs(tool):
    """What the tool ran, by the case's name: inputs [time, sample, channel] and spikes or potentials of its layers."""

    def read(case):
        with np.load(tool / f"{case}.npz") as arrays:
            return dict(arrays)

    return read


@pytest.fixture
def write_state(tmp_path):
    """Write a state dict and the JSON that names its layers; return the state dict's path."""

    def write(arrays, layers, **more):
        import torch

        torch.save({name: torch.as_tensor(values) for name, values in arrays.items()}, tmp_path / "theirs.pt")
        (tmp_path / "theirs.json").write_text(json.dumps({"layers": layers, **more}))
        return tmp_path / "theirs.pt"

    return write
