"""What Lava's processes need of /dev/shm: the estimate holds, batches are cut to it, and too little is named."""

import os
import subprocess
from types import SimpleNamespace

import numpy as np
import pytest
from small_networks import quantised_network, with_features
from test_deployment import WORKFLOW

from delaysnn.core.errors import InputError
from delaysnn.platforms.loihi import shared_memory
from delaysnn.platforms.loihi.conversion import convert
from delaysnn.platforms.loihi.integer_network import IntegerLayer, IntegerNetwork, write_integer_network
from delaysnn.platforms.loihi.shared_memory import batched_bytes, fitting_batch, free_bytes, stock_bytes

# As in docker without --shm-size.
DOCKERS = 64 * 2**20
BATCHES = """
import sys
import numpy as np
from delaysnn.platforms.loihi.integer_network import read_integer_network
from delaysnn.platforms.loihi.lava_graph import BATCHED_ON, run_batched, run_stock
network, spikes = read_integer_network("network.npz"), np.load("spikes.npy")
run_batched(network, spikes)
run_stock(network, spikes[:, 0], BATCHED_ON, split=False)
print("both ran")
"""


def network(*shapes):
    layers = tuple(
        IntegerLayer(np.ones(shape, np.int16), tuple(range(shape[0])), np.ones(shape[2]), np.ones(shape[2]))
        for shape in shapes
    )
    return IntegerNetwork(layers, 64, 8, "48", 1, "d")


PAPERS = network((1, 700, 48), (15, 48, 48), (15, 48, 20))


@pytest.fixture
def free(monkeypatch):
    """Say how much is free."""

    def say(size):
        status = SimpleNamespace(f_bavail=size, f_frsize=1)
        monkeypatch.setattr(shared_memory.os, "statvfs", lambda _: status)

    return say


def test_the_papers_network_fits_into_dockers_shared_memory(free):
    assert batched_bytes(PAPERS, 256) < 4e6 and stock_bytes(PAPERS) < 4e6
    free(DOCKERS)
    assert fitting_batch(PAPERS, 256) == 256


@pytest.mark.parametrize("batch", [2, 100, 1000])
def test_batches_are_cut_to_what_fits(free, batch):
    free(batched_bytes(PAPERS, batch) + stock_bytes(PAPERS))
    fits = fitting_batch(PAPERS, 10**6)
    assert fits >= batch
    assert batched_bytes(PAPERS, fits) <= free_bytes() < batched_bytes(PAPERS, fits + 1)
    assert fitting_batch(PAPERS, batch) == batch


def test_too_little_for_one_sample_is_named(free):
    free(10**6)
    with pytest.raises(InputError, match=r"/dev/shm has 1\.0 MB free, but Lava needs 2\.\d MB .* --shm-size=1g"):
        fitting_batch(PAPERS, 256)


@pytest.mark.parametrize("features", [(), ("bias", "recurrent", "readout")])
def test_both_graphs_run_in_what_they_are_said_to_need(lava, tmp_path, features):
    """On a /dev/shm of this command alone, of just that size."""
    tiny = convert(with_features(quantised_network(), *features), {})
    # So that the batch needs more.
    batch = 1000
    size = batched_bytes(tiny, batch)
    assert size > stock_bytes(tiny)
    write_integer_network(tmp_path / "network.npz", tiny)
    np.save(tmp_path / "spikes.npy", (np.random.default_rng(1).random((30, batch, 20)) < 0.1).astype(np.uint8))
    mounted = f'mount -t tmpfs -o size={size} tmpfs /dev/shm && exec timeout 60 "$@"'
    command = ["unshare", "--mount", "sh", "-c", mounted, "sh", lava, "-c", BATCHES]
    environment = {"PYTHONPATH": str(WORKFLOW), "PATH": os.environ["PATH"]}
    ran = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    if "unshare failed" in ran.stderr or "permission denied" in ran.stderr:
        pytest.skip("a /dev/shm of one's own needs the rights of root")
    assert "both ran" in ran.stdout, ran.stderr
