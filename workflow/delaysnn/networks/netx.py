"""Loihi's integers of a network as a NetX file of lava-dl, which Lava runs (:mod:`delaysnn.networks.readers.netx`)."""

import io
from pathlib import Path
from typing import Any

import numpy as np

from delaysnn.core.errors import InputError
from delaysnn.core.files import atomic
from delaysnn.core.readout import SPIKES
from delaysnn.platforms.loihi.integer_network import IntegerLayer, IntegerNetwork, current_decays

# What is written of a layer, whichever of it there is.
_WRITTEN = {"weights", "delay_levels", "decay", "threshold", "current_decay"}


def write_netx(path: str | Path, network: IntegerNetwork) -> None:
    """Write an integer network as NetX's HDF5: a group a layer, as lava-dl's blocks export themselves.

    Raises:
        InputError: synapses have several delays, where NetX has one (the message says how many); a layer has no
            synapse, so that NetX cannot scale it; or the network has biases or something else that is not written.
    """
    import h5py

    if network.readout != SPIKES:
        raise InputError(f"network {network.name}: is read out by {network.readout}, but NetX has neurons that fire.")
    # In memory first: on a full disk HDF5 crashes when it closes the file.
    content = io.BytesIO()
    with h5py.File(content, "w") as file:
        for index, layer in enumerate(network.layers):
            _write_layer(file.create_group(f"layer/{index}"), layer, f"network {network.name}, layer {index}")
        file["simulation/Ts"], file["simulation/tSample"] = 1, network.n_steps
    with atomic(path) as temporary:
        temporary.write_bytes(content.getbuffer())


def _write_layer(group: Any, layer: IntegerLayer, where: str) -> None:
    for key, value in vars(layer).items():
        if key not in _WRITTEN and value is not None and len(value):
            raise InputError(f"{where}: has {key}, which is not written to NetX.")
    used = layer.weights != 0
    delays = used.sum(axis=0)
    if (delays > 1).any():
        raise InputError(
            f"{where}: {(delays > 1).sum()} of {(delays > 0).sum()} synapses have more than one delay, up to "
            f"{delays.max()}; NetX has one for each. Train with delays.keep: 1, or prune the others."
        )
    if not used.any():
        raise InputError(f"{where}: has no synapse, and NetX scales weights by the largest; leave the layer out.")
    _, pre, post = layer.weights.shape
    about = {
        "shape": np.array([post]),
        "inFeatures": pre,
        "outFeatures": post,
        "weight": layer.weights.sum(axis=0).T.astype(np.float32),
        "neuron/type": "CUBA",
        "neuron/iDecay": _shared(current_decays(layer)),
        "neuron/vDecay": _shared(layer.decay),
        "neuron/vThMant": _shared(layer.threshold),
        "neuron/refDelay": 1,
        "neuron/gradedSpike": False,
    }
    if layer.delay_levels != (0,):
        about["delay"] = (used * np.array(layer.delay_levels)[:, None, None]).sum(axis=0).T.astype(np.float32)
    group.create_dataset("type", (1,), "S10", [b"dense"])
    for key, value in about.items():
        group[key] = value


def _shared(values: np.ndarray) -> np.ndarray | np.int64:
    """Return one number where all neurons have the same, as lava-dl does."""
    return np.int64(values[0]) if (values == values[0]).all() else values.astype(np.int64)
