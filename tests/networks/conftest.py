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
TORCH = ROOT / "envs/torch.txt"


@pytest.fixture(scope="session")
def in_tool(request):
    """Run a program of ``tools`` in the environment of a name, beside whose files it is; return what it saved."""

    def python(name, of):
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

    def run(name, program, folder, chosen, of=sys.executable):
        script = ROOT / f"tests/networks/tools/{program}.py"
        command = [python(name, of), script, folder, json.dumps(chosen)]
        environment = os.environ | {"PYTHONPATH": "", "OMP_NUM_THREADS": "1"}
        done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment, cwd=folder)
        assert done.returncode == 0, done.stdout + done.stderr
        return dict(np.load(folder / "ran.npz"))

    return run
