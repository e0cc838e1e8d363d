"""Checks of a network: that its arrays fit one another, that it can be deployed, and that it fits its data.

Each check raises an InputError that names its ``source``, the place, what was found and what is needed.
"""

from collections.abc import Collection, Mapping
from numbers import Integral, Real
from typing import TYPE_CHECKING

import numpy as np

from delaysnn.core.description import is_whole
from delaysnn.core.errors import InputError
from delaysnn.neurons import registered

if TYPE_CHECKING:
    from delaysnn.core.network import Layer, Network

# Events hold a neuron's number in 16 bits.
_MOST_NEURONS = 2**16 - 1
_BITS = range(2, 9)
# How far a quantised weight may be from a whole number of units: what float32 loses is far less.
_UNIT_ERROR = 1e-3
# Sums of so many as a neuron has inputs still lie within float32.
_LARGEST = 1e30


def check_neurons(network: "Network", source: object, takers: Mapping[str, Collection[str]]) -> None:
    """Refuse a network whose neurons none of ``takers`` accepts: names of models of neurons, by the taker's name."""
    if any({*network.neurons} <= {*neurons} for neurons in takers.values()):
        return
    index, layer = next(
        (index, layer)
        for index, layer in enumerate(network.layers)
        if any(layer.neuron not in neurons for neurons in takers.values())
    )
    taken = "; ".join(f"{name} takes {', '.join(neurons)}" for name, neurons in takers.items())
    raise InputError(
        f"{source}: layer {index} has neurons of the kind {layer.neuron}, but {taken}; networks of other neurons are "
        "trained and scored only."
    )


def check_deployable(network: "Network", source: object) -> None:
    """Refuse a network of another tool that cannot be deployed on any platform, with any data."""
    if len(network.layers) < 2:
        raise InputError(f"{source}: has one layer, but delays lie between two; give it a hidden layer.")


def check_fit(
    network: "Network", source: object, data: str, n_channels: int, n_steps: int, n_classes: int | None
) -> None:
    """Refuse a network that does not fit the data that it will run on.

    Args:
        source: the network's file, for errors.
        data: the data's name, for errors.
        n_classes: None where it is not known yet.
    """
    takes, *_, gives = network.topology
    if takes != n_channels:
        raise InputError(f"{source}: takes {takes} inputs, but {data} has {n_channels} channels.")
    if n_classes is not None and gives != n_classes:
        raise InputError(f"{source}: has {gives} outputs, but {data} has {n_classes} classes.")
    if network.n_steps != n_steps:
        raise InputError(
            f"{source}: is made for {network.n_steps} time steps, but samples have {n_steps}; set data.time_steps."
        )
    for index, layer in enumerate(network.layers):
        parts = [("weights", layer.delay_levels, layer.weights)]
        if layer.feedback is not None:
            parts.append(("recurrent", layer.recurrent_delays, layer.feedback))
        for name, delays, weights in parts:
            late = [delay for delay, own in zip(delays, weights, strict=True) if delay >= n_steps and own.any()]
            if late:
                raise InputError(
                    f"{source}: layer {index} has {name} at delay {late[0]}, but samples have {n_steps} time steps, so "
                    "no spike ever arrives there; leave such delays out, or set data.time_steps."
                )


def check_network(network: "Network", source: object) -> None:
    """Check that shapes, levels and values fit one another."""
    for index, layer in enumerate(network.layers):
        _check_neuron(layer, f"{source}: layer {index}")
        _check_kinds(layer, f"{source}: layer {index}")
        _check_sharing(layer, index, f"{source}: layer {index}")
    partly = [index for index, layer in enumerate(network.layers) if layer.bits is None]
    if partly and len(partly) < len(network.layers):
        raise InputError(
            f"{source}: layer {partly[0]} is not quantised, others are; give scale and bits to all or none."
        )
    pre = network.topology[0]
    for index, layer in enumerate(network.layers):
        where = f"{source}: layer {index}"
        levels, _, post = layer.weights.shape
        if layer.inputs != pre:
            raise InputError(f"{where}: takes {layer.inputs} inputs, but the layer before has {pre} neurons.")
        if len(layer.delay_levels) != levels:
            raise InputError(f"{where}: {levels} weight matrices but {len(layer.delay_levels)} delay levels.")
        if any(level < 0 for level in layer.delay_levels) or list(layer.delay_levels) != sorted(
            set(layer.delay_levels)
        ):
            raise InputError(f"{where}: delay levels must increase from 0 or more, found {layer.delay_levels}.")
        for name in [name for name in layer.arrays if name not in ("weights", "recurrent")]:
            shape = layer.arrays[name].shape
            if shape != (post,):
                raise InputError(f"{where}: {name} must have one value for each of {post} neurons, found {shape}.")
        _check_recurrent(layer, where)
        for name, values in layer.arrays.items():
            if not np.isfinite(values).all():
                raise InputError(f"{where}: {name} holds a value that is not finite.")
            if (largest := float(np.abs(values).max())) > _LARGEST:
                raise InputError(f"{where}: {name} holds {largest:.3g} in size; {_LARGEST:g} is the most.")
        if ((layer.decay < 0) | (layer.decay > 1)).any():
            raise InputError(f"{where}: decay must lie in 0 to 1, found {layer.decay.min()} to {layer.decay.max()}.")
        if (layer.threshold <= 0).any():
            raise InputError(f"{where}: threshold must be above 0, found {layer.threshold.min()}.")
        if layer.reset is not None and (layer.reset <= 0).any():
            raise InputError(
                f"{where}: reset must be above 0, found {layer.reset.min()}; without it neurons are reset to zero."
            )
        _check_own(layer, where)
        if layer.bits is not None and layer.scale is not None:
            for name in ("weights", "recurrent"):
                if name in layer.arrays:
                    _check_units(layer.arrays[name], layer.bits, layer.scale, f"{where}: {name}")
        pre = post


def _check_neuron(layer: "Layer", where: str) -> None:
    """Check that the layer has what its neurons need, and nothing of other neurons."""
    neurons = registered()
    if layer.neuron not in neurons:
        raise InputError(f"{where}: neuron is {layer.neuron!r}; choose one of {', '.join(neurons)}.")
    needed = {array.name for array in neurons[layer.neuron].arrays}
    for name in sorted(needed ^ set(layer.own)):
        if name in needed:
            raise InputError(f"{where}: neuron is {layer.neuron}, which needs {name}, but there is none; add it.")
        raise InputError(f"{where}: holds {name}, which neuron {layer.neuron} does not have; take it out.")


def _check_recurrent(layer: "Layer", where: str) -> None:
    """Check what the layer feeds to itself, and when."""
    delays, post = layer.recurrent_delays, layer.weights.shape[2]
    if not all(is_whole(delay) for delay in delays) or list(delays) != sorted({0, *delays})[1:]:
        raise InputError(
            f"{where}: recurrent_delays must be whole numbers that increase from 1 or more, found {delays}."
        )
    if layer.recurrent is None:
        if delays != (1,):
            raise InputError(f"{where}: recurrent_delays is {delays}, but there is no recurrent; leave it out.")
        return
    needed, shape = (
        ("[pre, post]", (post, post)) if delays == (1,) else ("[delay, pre, post]", (len(delays), post, post))
    )
    if layer.recurrent.shape != shape:
        raise InputError(
            f"{where}: recurrent must be {needed} of the same {post} neurons, found shape {layer.recurrent.shape}, "
            f"with recurrent_delays {delays}."
        )


def _check_own(layer: "Layer", where: str) -> None:
    """Check the values that the layer's neurons have beside decay and threshold."""
    neuron = registered()[layer.neuron]
    for array in neuron.arrays:
        values = layer.own[array.name]
        if ((values < array.least) | (values > array.most)).any():
            needed = f"{array.least:g} or more" if np.isinf(array.most) else f"in {array.least:g} to {array.most:g}"
            raise InputError(f"{where}: {array.name} must be {needed}, found {values.min():.6g} to {values.max():.6g}.")
    if wrong := neuron.check([layer.own[array.name] for array in neuron.arrays], layer.decay):
        raise InputError(f"{where}: {wrong}.")


def _check_kinds(layer: "Layer", where: str) -> None:
    for name, values in layer.arrays.items():
        if values.dtype.kind not in "fiu":
            raise InputError(f"{where}: {name} holds {values.dtype}; real numbers are needed, best as float32.")
    shape = layer.weights.shape
    if len(shape) != 3:
        raise InputError(f"{where}: weights must be [delay, pre, post], found shape {shape}.")
    if not min(shape):
        raise InputError(f"{where}: weights of shape {shape} have no delay level or no neuron.")
    if max(shape[1:]) > _MOST_NEURONS:
        raise InputError(
            f"{where}: {max(shape[1:])} neurons are more than {_MOST_NEURONS}, the most that are numbered."
        )
    if not all(isinstance(level, Integral) and not isinstance(level, bool) for level in layer.delay_levels):
        raise InputError(f"{where}: delay levels must be whole numbers of time steps, found {layer.delay_levels}.")
    if layer.bits is not None and not (is_whole(layer.bits) and layer.bits in _BITS):
        raise InputError(
            f"{where}: bits must be a whole number from {_BITS[0]} to {_BITS[-1]} or null, found {layer.bits!r}."
        )
    scale = layer.scale
    if scale is not None and not (isinstance(scale, Real) and not isinstance(scale, bool) and 0 < scale <= _LARGEST):
        raise InputError(f"{where}: scale must be a number above 0, at most {_LARGEST:g}, or null, found {scale!r}.")
    if (scale is None) != (layer.bits is None):
        raise InputError(
            f"{where}: bits is {layer.bits!r} and scale {scale!r}; give both where weights are quantised, or neither."
        )


def _check_sharing(layer: "Layer", index: int, where: str) -> None:
    sharing, channels, rows = layer.input_sharing, layer.input_channels, layer.weights.shape[1]
    if not is_whole(sharing) or sharing < 1:
        raise InputError(f"{where}: input_sharing must be a whole number from 1, found {sharing!r}.")
    if sharing == 1 and channels is None:
        return
    if index:
        raise InputError(
            f"{where}: input_sharing is {sharing} and input_channels {channels!r}, but only layer 0 has input "
            "channels; leave both out."
        )
    if channels is None or not is_whole(channels) or not sharing <= channels <= _MOST_NEURONS:
        raise InputError(
            f"{where}: input_sharing is {sharing}, so input_channels must be a whole number from {sharing} to "
            f"{_MOST_NEURONS}, found {channels!r}."
        )
    if rows != -(-channels // sharing):
        raise InputError(
            f"{where}: weights have {rows} rows, but {channels} input channels in runs of {sharing} have "
            f"{-(-channels // sharing)}."
        )


def _check_units(weights: np.ndarray, bits: int, scale: float, where: str) -> None:
    """Check that quantised weights, of this layer and name, are whole multiples of the scale, and within their bits."""
    top = 2 ** (bits - 1) - 1
    units = weights.astype(np.float64) / scale
    for wrong, what in (
        (np.abs(units - np.rint(units)) > _UNIT_ERROR, f"is no multiple of scale {scale}"),
        (
            np.abs(np.rint(units)) > top,
            f"is more than {top} times scale {scale}, the most that bits {bits} hold",
        ),
    ):
        if wrong.any():
            place = tuple(np.argwhere(wrong)[0].tolist())
            raise InputError(f"{where}{list(place)} is {weights[place]:.6g}, which {what}.")
