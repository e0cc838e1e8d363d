"""Seneca's number format: the upper half of a 32-bit float, rounded to nearest, ties to even."""

import dataclasses

import ml_dtypes
import numpy as np

from delaysnn.core.features import check_features
from delaysnn.core.network import Network
from delaysnn.platforms.seneca.limits import FEATURES


def to_bfloat16(values: np.ndarray) -> np.ndarray:
    """Return values rounded to bfloat16, as float32."""
    return np.asarray(values).astype(ml_dtypes.bfloat16).astype(np.float32)


def round_network(network: Network) -> Network:
    """Return the network with weights, decays, thresholds and what else its layers have in bfloat16.

    Raises:
        InputError: the network has a feature that Seneca does not run.
    """
    check_features(network, f"network {network.name}", {"seneca": FEATURES})
    layers = tuple(
        dataclasses.replace(
            layer,
            weights=to_bfloat16(layer.weights),
            decay=to_bfloat16(layer.decay),
            threshold=to_bfloat16(layer.threshold),
            recurrent=_if_any(layer.recurrent),
            bias=_if_any(layer.bias),
            reset=_if_any(layer.reset),
            own={name: to_bfloat16(values) for name, values in layer.own.items()},
        )
        for layer in network.layers
    )
    return dataclasses.replace(network, layers=layers)


def _if_any(values: np.ndarray | None) -> np.ndarray | None:
    return None if values is None else to_bfloat16(values)
