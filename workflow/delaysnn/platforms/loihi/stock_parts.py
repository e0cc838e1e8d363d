"""A network too large for Lava's stock graph to run at once: it runs layer by layer, and some neurons of a layer at a
time.

In every step Lava's DelayDense builds a matrix with as many rows as neurons times delays, up to its own delay, and
holds it three times: together 2.8 GB for 512 neurons behind 512, with 30 delay levels. Neurons of one layer do not
interact, so they may run apart. The spikes of a layer are then the inputs of the next.
"""

from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np

from delaysnn.core.readout import SPIKES
from delaysnn.platforms.loihi.integer_network import IntegerLayer, IntegerNetwork

# What matrices of a run may take together, in bytes.
MEMORY = 1 << 30
# Three matrices of int32: of each delay, stacked, and times the spikes.
_BYTES = 3 * 4


def stock_memory(layer: IntegerLayer) -> int:
    """Return the bytes of the matrices of a layer's DelayDense, of which each delay with a synapse has one."""
    levels = (layer.delay_levels, [delay - 1 for delay in layer.recurrent_delays])
    return _BYTES * sum(
        (delay + 1) * each.size
        for weights, delays in zip(layer.arriving, levels, strict=False)
        for each, delay in zip(weights, delays, strict=True)
        if each.any()
    )


def in_parts(network: IntegerNetwork) -> list[list[IntegerNetwork]] | None:
    """Return what runs one after the other, a list a layer of networks of one layer; None where all runs at once.

    A layer that feeds itself is not divided, whatever it takes.
    """
    if sum(map(stock_memory, network.layers)) <= MEMORY:
        return None
    last = network.layers[-1]
    return [
        [
            replace(network, layers=(part,), readout=network.readout if layer is last else SPIKES)
            for part in _divide(layer)
        ]
        for layer in network.layers
    ]


def _divide(layer: IntegerLayer) -> list[IntegerLayer]:
    if layer.recurrent is not None:
        return [layer]
    post = layer.weights.shape[2]
    parts = min(post, -(-stock_memory(layer) // MEMORY) or 1)
    edges = [post * part // parts for part in range(parts + 1)]
    return [_neurons(layer, slice(first, last)) for first, last in pairwise(edges)]


def _neurons(layer: IntegerLayer, own: slice) -> IntegerLayer:
    """Return some neurons of a layer."""
    changed: dict[str, Any] = {
        name: values[..., own] for name, values in vars(layer).items() if isinstance(values, np.ndarray)
    }
    return replace(layer, **changed)
