"""Seneca's number format: the upper half of a 32-bit float, rounded to nearest, ties to even."""

import dataclasses

import numpy as np

from delaysnn.core.network import Network, check_feed_forward


def to_bfloat16(values: np.ndarray) -> np.ndarray:
    """Return finite float32 values rounded to bfloat16, as float32."""
    bits = np.ascontiguousarray(values, np.float32).view(np.uint32)
    rounded = bits + np.uint32(0x7FFF) + ((bits >> np.uint32(16)) & np.uint32(1))
    return (rounded & np.uint32(0xFFFF0000)).view(np.float32)


def round_network(network: Network) -> Network:
    """Return the network with weights, decays and thresholds in bfloat16.

    Raises:
        InputError: a layer feeds itself.
    """
    check_feed_forward(network, f"network {network.name}")
    layers = tuple(
        dataclasses.replace(
            layer,
            weights=to_bfloat16(layer.weights),
            decay=to_bfloat16(layer.decay),
            threshold=to_bfloat16(layer.threshold),
        )
        for layer in network.layers
    )
    return dataclasses.replace(network, layers=layers)
