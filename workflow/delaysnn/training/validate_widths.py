"""How well a network does on validation samples with integer weights of each width: what a width is chosen by."""

from collections.abc import Sequence

import numpy as np

from delaysnn.core.dataset import Dataset
from delaysnn.core.metrics import Cell
from delaysnn.core.network import Layer, Network
from delaysnn.core.widths import show
from delaysnn.settings.training import Training
from delaysnn.training.evaluate import trace
from delaysnn.training.model import DelayNetwork


def validate_widths(
    floats: Network, integers: Sequence[Network], validation: Dataset, training: Training
) -> tuple[Cell, ...]:
    """Return the memory of the weights and the accuracy in validation, at each width.

    Args:
        floats: the network before quantisation. Its weights are counted, since quantisation rounds some to zero.
        integers: the same network at each width.
        validation: samples that training chose by; test samples choose nothing.
        training: as the network was trained.

    Returns:
        For each width ``weights_memory`` in kB of 1000 bytes, indices not counted, and ``accuracy`` in percent of the
        split ``validation``, as PyTorch computes the network.
    """
    counts = [_count(layer) for layer in floats.layers]
    cells = []
    for network in integers:
        memory = sum(count * (layer.bits or 0) for count, layer in zip(counts, network.layers, strict=True)) / 8e3
        right = trace(DelayNetwork.restore(network, training), validation, {}).accuracy
        bits = show(network.bits)
        cells += [
            Cell("pytorch", "weights_memory", "kB", memory, "counted", bits=bits),
            Cell("pytorch", "accuracy", "%", 100 * right, samples=len(validation), bits=bits, split="validation"),
        ]
    return tuple(cells)


def _count(layer: Layer) -> int:
    return sum(int(np.count_nonzero(layer.arrays[name])) for name in ("weights", "recurrent") if name in layer.arrays)
