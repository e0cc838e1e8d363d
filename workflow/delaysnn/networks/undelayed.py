"""A network without delays that fires as one with delays, if it is fed with delayed copies of the inputs.

Tools without delays can run it. A spike that arrives later is that of a copy of the neuron, whose inputs are later by
the same number of steps. So a layer has a copy for each delay with which later layers need its spikes, and its weights
connect copies.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from delaysnn.core.errors import InputError
from delaysnn.core.network import Layer, Network, expand_inputs

_MOST = 2**27  # weights of a layer, half a gigabyte


def undelay(network: Network) -> tuple[Network, tuple[int, ...]]:
    """Return the network without delays, and the delay of each copy of the inputs in time steps.

    Its inputs are :func:`delay_inputs` of the network's own. Its output layer is a single copy, with the spikes or
    potentials of the network's own at every step.

    Raises:
        InputError: a layer that needs delayed copies has biases, which would act too early there; recurrent spikes
            return later than after one step; or a layer would have too many weights. Names the layer.
    """
    network = expand_inputs(network)
    layers: list[Layer] = []
    late: tuple[int, ...] = (0,)
    for index, layer in reversed([*enumerate(network.layers)]):
        copied, late = _copied(layer, late, f"network {network.name}: layer {index}")
        layers.append(copied)
    return replace(network, layers=tuple(reversed(layers))), late


def delay_inputs(inputs: np.ndarray, delays: Sequence[int]) -> np.ndarray:
    """Return spikes [time, sample, channel] side by side for each delay, [time, sample, delay * channel]."""
    copies = np.zeros((len(delays), *inputs.shape), inputs.dtype)
    for copy, delay in zip(copies, delays, strict=True):
        copy[delay:] = inputs[: max(len(inputs) - delay, 0)]
    return np.concatenate(copies, axis=2)


def _copied(layer: Layer, late: tuple[int, ...], where: str) -> tuple[Layer, tuple[int, ...]]:
    """Return a layer with a copy for each of ``late`` steps, and how late the copies before it must be."""
    if layer.bias is not None and late != (0,):
        raise InputError(
            f"{where} has biases, so it cannot have the copies that this form needs, delayed by up to {late[-1]} "
            "steps; write the network with delays."
        )
    if layer.recurrent_delays != (1,):
        raise InputError(
            f"{where}: recurrent spikes return after {layer.recurrent_delays} steps, but without delays they return "
            "after 1."
        )
    used = [level for level, weights in zip(layer.delay_levels, layer.weights, strict=True) if weights.any()]
    before = tuple(sorted({copy + delay for copy in late for delay in used or layer.delay_levels[:1]}))
    _, pre, post = layer.weights.shape
    if (size := len(before) * pre * len(late) * post) > _MOST:
        raise InputError(
            f"{where} would have {size:,} weights without delays, {len(before)} copies of {pre} neurons to {len(late)} "
            f"of {post}; {_MOST:,} are the most."
        )
    weights = np.zeros((len(before), pre, len(late), post), np.float32)
    for delay, part in zip(layer.delay_levels, layer.weights, strict=True):
        for place, copy in enumerate(late):
            if copy + delay in before:
                weights[before.index(copy + delay), :, place] += part
    arrays: dict[str, Any] = {
        name: np.tile(values, len(late)) for name, values in layer.arrays.items() if values.ndim == 1
    }
    own = {name: arrays.pop(name) for name in layer.own}
    if layer.recurrent is not None:
        arrays["recurrent"] = np.kron(np.eye(len(late), dtype=np.float32), layer.recurrent)
    flat = weights.reshape(1, len(before) * pre, len(late) * post)
    return replace(layer, weights=flat, delay_levels=(0,), own=own, **arrays), before
