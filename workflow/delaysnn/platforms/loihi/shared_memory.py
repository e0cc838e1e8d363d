"""The shared memory through which Lava's processes exchange spikes: how much a run needs, and how much is free."""

import logging
import os

from delaysnn.core.errors import InputError
from delaysnn.platforms.loihi.integer_network import IntegerNetwork

SHARED_MEMORY = "/dev/shm"
# Messages that a channel holds, where Lava's default is 64. A step ends before the next begins, so one is enough; a
# second spares waiting.
SLOTS = 2
_BYTES_A_VALUE = 4
# Semaphores and channels for commands, a page each: 51 KB a process in batches of one and 59 KB in the stock graph,
# measured with Lava 0.10.
_BYTES_A_PROCESS = 2**16
_log = logging.getLogger(__name__)


def free_bytes() -> int:
    """Return how many bytes of the shared memory are free."""
    status = os.statvfs(SHARED_MEMORY)
    return status.f_bavail * status.f_frsize


def batched_bytes(network: IntegerNetwork, batch: int) -> int:
    """Return the bytes that a batch takes: of every layer its inputs, its currents, and its spikes for two readers.

    A layer that feeds itself has a reader more, and more currents; potentials go where a reader's spikes would go.
    """
    values = sum(layer.weights.shape[1] + 3 * layer.weights.shape[2] for layer in network.layers)
    fed_back = [layer.weights.shape[2] for layer in network.layers if layer.recurrent is not None]
    processes = 1 + 3 * len(network.layers) + len(fed_back)
    return SLOTS * _BYTES_A_VALUE * batch * (values + 2 * sum(fed_back)) + processes * _BYTES_A_PROCESS


def stock_bytes(network: IntegerNetwork) -> int:
    """Return the bytes that a sample takes in the stock graph, which has a process for every delay level."""
    values = processes = 1
    for layer in network.layers:
        values += layer.weights.shape[2]
        processes += 2
        for weights in layer.arriving:
            levels, pre, post = weights.shape
            values += levels * (pre + post)
            processes += levels
    return SLOTS * _BYTES_A_VALUE * values + processes * _BYTES_A_PROCESS


def fitting_batch(network: IntegerNetwork, batch: int, stock: bool = True) -> int:
    """Return ``batch``, or the most samples below it whose spikes fit into the shared memory that is free.

    Args:
        network: to run.
        batch: wanted.
        stock: whether the stock graph runs, too.

    Raises:
        InputError: not even one sample fits, or the stock graph does not.
    """
    free = free_bytes()
    needed = max(batched_bytes(network, 1), stock_bytes(network) if stock else 0)
    if needed > free:
        raise InputError(
            f"{SHARED_MEMORY} has {free / 1e6:.1f} MB free, but Lava needs {needed / 1e6:.1f} MB for one sample of "
            f"network {network.name}. Give it more; in docker: docker run --shm-size=1g."
        )
    a_sample = batched_bytes(network, 2) - batched_bytes(network, 1)
    fits = 1 + (free - batched_bytes(network, 1)) // a_sample
    if fits < batch:
        _log.info(
            "%s has %.1f MB free, so batches are of %d samples instead of %d; in docker, --shm-size=1g gives more",
            SHARED_MEMORY, free / 1e6, fits, batch,
        )  # fmt: skip
    return min(batch, fits)
