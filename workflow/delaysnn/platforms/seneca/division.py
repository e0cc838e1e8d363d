"""Layers divided over Seneca's cores. Each layer has as few cores as hold it, each with a Delay IP of its own.

Every core of a layer receives every spike of the layer before, and all have about as many neurons.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

from delaysnn.core.errors import InputError
from delaysnn.core.network import Layer, Network
from delaysnn.platforms.seneca.counts import beyond_lif
from delaysnn.queues.delays import Parts

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Placed(Network):
    """A network whose layers have their cores.

    Attributes:
        parts: neurons that each of them holds.
    """

    parts: Parts = ()


def place(network: Network, constants: Mapping[str, float]) -> Placed:
    """Divide a network's layers over cores, and log over how many where there are more than layers.

    Raises:
        InputError: as of :func:`divide`.
    """
    parts = divide(network, constants)
    if (cores := sum(map(len, parts))) > len(parts):
        _log.info(
            "%s on %d of Seneca's cores, %s a layer", network.name, cores, ", ".join(str(len(own)) for own in parts)
        )
    return Placed(**vars(network), parts=parts)


def divide(network: Network, constants: Mapping[str, float]) -> Parts:
    """Return the neurons of each layer that each of its cores holds, first and last + 1.

    Memory of a core holds the weights of all delay levels, pruned or not, and what is stored of a neuron.

    Raises:
        InputError: a neuron alone needs more than a core has, naming layer and value.
    """
    found = []
    for index, layer in enumerate(network.layers):
        post = layer.weights.shape[2]
        parameters, states, _ = beyond_lif(network, layer)
        bits = int(constants["weight_bits"]) * (_weights(layer) + 1 + parameters + states)
        most = int(constants["core_memory_bits"] // bits)
        if not most:
            raise InputError(
                f"Network {network.name}: a neuron of layer {index} needs {bits} bits, weights of "
                f"{len(layer.delay_levels)} delay levels from {layer.weights.shape[1]} neurons each among them, but a "
                f"core of Seneca has {constants['core_memory_bits']}; give it fewer neurons in the layer before or "
                "fewer delay levels."
            )
        cores = -(-post // most)
        found.append(tuple(pairwise(post * core // cores for core in range(cores + 1))))
    return tuple(found)


def _weights(layer: Layer) -> int:
    """Return the weights in memory of one neuron."""
    return sum(weights[:, :, 0].size for weights in (layer.weights, layer.feedback) if weights is not None)
