"""From a quantised network of plain, current-based and adaptive neurons to its integer form, every width checked."""

from dataclasses import replace

import numpy as np

from delaysnn.core.errors import InputError
from delaysnn.core.features import check_features
from delaysnn.core.network import Layer, Network
from delaysnn.platforms.loihi.conversion import convert_each, convert_layer
from delaysnn.platforms.loihi.integer_network import (
    DECAY_UNITY,
    THRESHOLD_LIMIT,
    CurrentLayer,
    IntegerLayer,
    IntegerNetwork,
    current_decays,
)
from delaysnn.platforms.loihi2.integer_network import SHARE_LIMIT, SHARE_UNITY, AdaptiveLayer, ProgrammedLayer

NEURONS = ("lif", "adlif", "cuba")
FEATURES = ("bias", "reset", "recurrent", "readout")


def convert(network: Network, provenance: dict) -> IntegerNetwork:
    """Return the integer form of a network whose weights are quantised.

    Synapses, decays, thresholds and biases are those of Loihi. What a spike adds to an adaptation, or takes from a
    potential, must fit the bits of a threshold, so small weights fill their registers less where it would not.

    Raises:
        InputError: a layer is not quantised, has neurons other than these, contradicts itself or does not fit, or the
            network has features other than these, naming layer, neuron and value.
    """
    for index, layer in enumerate(network.layers):
        where = f"network {network.name}, layer {index}"
        if layer.neuron not in NEURONS:
            raise InputError(f"{where}: neurons are {layer.neuron}; Loihi 2 runs {', '.join(NEURONS)} here.")
    check_features(network, f"network {network.name}", {"loihi2": FEATURES})
    return convert_each(network, provenance, _convert_layer)


def _convert_layer(layer: Layer, where: str, fires: bool) -> tuple[IntegerLayer, float]:
    if not fires:
        layer = replace(layer, reset=None)
    if layer.neuron == "adlif":
        return _convert_adaptive(layer, where, fires)
    plain, units = convert_layer(layer, where, fires, largest=layer.reset)
    reset = _reset(layer, units, where)
    if reset is None and not (isinstance(plain, CurrentLayer) and plain.bias is not None):
        return plain, units
    own = {"current_decay": current_decays(plain), "reset": np.zeros_like(plain.decay) if reset is None else reset}
    return ProgrammedLayer(**vars(plain) | own), units


def _reset(layer: Layer, units: float, where: str) -> np.ndarray | None:
    """Return what spikes take from potentials in the chip's units, rounded, int32 [post]; None where they set them."""
    if layer.reset is None:
        return None
    reset = np.rint(units * layer.reset.astype(np.float64))
    unfit = np.flatnonzero((reset < 1) | (reset >= THRESHOLD_LIMIT))
    if len(unfit):
        raise InputError(
            f"{where}: neuron {unfit[0]} has reset {layer.reset[unfit[0]]:.6g}, which is {reset[unfit[0]]:.0f} in the "
            f"chip's units; 1 to {THRESHOLD_LIMIT - 1} is needed."
        )
    return reset.astype(np.int32)


def _convert_adaptive(layer: Layer, where: str, fires: bool) -> tuple[IntegerLayer, float]:
    names = ("adaptation_decay", "adaptation_membrane", "adaptation_spike")
    b, c, d = (layer.own[name] for name in names)
    plain, units = convert_layer(layer, where, fires, largest=d if layer.reset is None else np.maximum(d, layer.reset))
    lost = np.rint(DECAY_UNITY * (1 - b.astype(np.float64)))
    share = np.rint(SHARE_UNITY * c.astype(np.float64))
    step = np.rint(units * d.astype(np.float64))
    limits = (DECAY_UNITY, SHARE_LIMIT, THRESHOLD_LIMIT)
    for name, values, limit in zip(names, (lost, share, step), limits, strict=True):
        if (values >= limit).any():
            described = _describe(layer, name, values, int(values.argmax()))
            raise InputError(f"{where}: {described}; {(limit - 1).bit_length()} bits take up to {limit - 1}.")
    endless = np.flatnonzero((lost == 0) & ((share > 0) | (step > 0)))
    if len(endless):
        raise InputError(
            f"{where}: {_describe(layer, names[0], lost, endless[0])}, so what drives the adaptation would add up "
            f"without end; at most {1 - 1 / DECAY_UNITY:.6f} is needed."
        )
    own = (values.astype(np.int32) for values in (lost, share, step))
    adapted = dict(zip(names, own, strict=True)) | {"reset": _reset(layer, units, where)}
    return AdaptiveLayer(**vars(plain) | adapted), units


def _describe(layer: Layer, name: str, values: np.ndarray, neuron: int) -> str:
    what = {
        "adaptation_decay": f"a loss of {values[neuron]:.0f} in {DECAY_UNITY} a step",
        "adaptation_membrane": f"{values[neuron]:.0f} in {SHARE_UNITY} of the potential",
        "adaptation_spike": f"{values[neuron]:.0f} in the chip's units",
    }
    return f"neuron {neuron} has {name} {layer.own[name][neuron]:.6g}, which is {what[name]}"
