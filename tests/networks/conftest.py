import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).parents[2]
TOOLS = Path(__file__).parent / "tools"


@pytest.fixture(scope="session")
def peers():
    """Python of the environment that holds other tools, built by its rule where it is not there."""
    folder = ROOT / ".envs/peers"
    if not (folder / "ready").exists():
        command = [sys.executable, "-m", "snakemake", "--cores", "1", ".envs/peers/ready"]
        subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    return folder / "bin/python"


@pytest.fixture(scope="module")
def tool(peers, tmp_path_factory, request):
    """Run the script of ``tools/`` that is called as the test's TOOL in the environment of other tools.

    Returns the folder in which it wrote networks as the tool saves them, what it ran them on and what they fired there.
    """
    folder = tmp_path_factory.mktemp(request.module.TOOL)
    script = TOOLS / f"{request.module.TOOL}_networks.py"
    run = subprocess.run([peers, script, folder], capture_output=True, text=True, check=False, cwd=folder)
    assert run.returncode == 0, run.stdout[-2000:] + run.stderr[-4000:]
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
