"""From a quantised network to its integer form, every width checked."""

from collections.abc import Callable

import numpy as np

from delaysnn.core.errors import InputError
from delaysnn.core.features import check_features
from delaysnn.core.network import Layer, Network, expand_inputs
from delaysnn.core.network_checks import check_network, check_neurons
from delaysnn.platforms.loihi.integer_network import (
    ACCUMULATOR_LIMIT,
    DECAY_UNITY,
    DELAY_LIMIT,
    SMALLEST_UNIT,
    STATE_SHIFT,
    THRESHOLD_LIMIT,
    WEIGHT_BITS,
    CurrentLayer,
    IntegerLayer,
    IntegerNetwork,
)

NEURONS = ("lif", "cuba")
FEATURES = ()


def convert(network: Network, provenance: dict) -> IntegerNetwork:
    """Return the integer form of a network whose weights are quantised.

    Weights of any width fill Loihi's 9 bits from above, so that thresholds are as fine as the chip allows. Where the
    accumulators of currents could then overflow, those of fewer than 8 bits are made smaller. Loihi's neurons fire
    above their threshold, ours at it, so one that is whole in the chip's units is set one of them lower. Where
    nothing decays, a potential is a sum of whole weights; there it is set below the first sum that reaches it.

    Input channels that share weights have a row each, since each has an axon.

    Raises:
        InputError: a layer is not quantised, feeds itself, has other neurons than these, contradicts itself or does not
            fit, naming layer, neuron and value.
    """
    check_neurons(network, f"network {network.name}", {"loihi": NEURONS})
    check_features(network, f"network {network.name}", {"loihi": FEATURES})
    return convert_each(network, provenance, lambda layer, where: convert_layer(layer, where)[0])


def convert_each(
    network: Network, provenance: dict, convert_one: Callable[[Layer, str], IntegerLayer]
) -> IntegerNetwork:
    """Return the integer form of a network whose layers have theirs by ``convert_one``, of a layer and its place."""
    check_network(network, f"network {network.name}")
    expanded = expand_inputs(network).layers
    layers = tuple(convert_one(layer, f"network {network.name}, layer {index}") for index, layer in enumerate(expanded))
    about = (network.n_steps, network.bits, network.name, network.seed, network.dataset, provenance)
    return IntegerNetwork(layers, *about, input_sharing=network.layers[0].input_sharing)


def convert_layer(layer: Layer, where: str, largest: np.ndarray | None = None) -> tuple[IntegerLayer, float]:
    """Return the integer form of a layer's synapses, decays and thresholds, and how many of its units are 1.

    Args:
        layer: of neurons that have these, and may have more, of which only the decays of currents are converted.
        where: network and layer, for errors.
        largest: of each neuron, what must fit a threshold's bits, [post]; the threshold itself where it is None.
    """
    if layer.scale is None or layer.bits is None:
        raise InputError(f"{where}: weights are not quantised; give scale and bits, or take the quantised network.")
    if layer.delay_levels[-1] > DELAY_LIMIT:
        raise InputError(f"{where}: a delay of {layer.delay_levels[-1]} steps is above Loihi's {DELAY_LIMIT}.")
    mantissas = np.rint(layer.weights.astype(np.float64) / layer.scale)
    decay = np.rint(DECAY_UNITY * (1 - layer.decay.astype(np.float64)))
    largest = layer.threshold if largest is None else np.maximum(layer.threshold, largest)
    unit = _unit(mantissas, largest / layer.scale, layer.bits)
    lost = _lost_current(layer, where)
    sums = decay == 0 if lost is None else (decay == 0) & (lost == DECAY_UNITY)
    threshold = _thresholds(layer.threshold.astype(np.float64) / layer.scale * unit, unit, sums)
    unfit = np.flatnonzero((threshold < 1) | (threshold >= THRESHOLD_LIMIT))
    if len(unfit):
        raise InputError(
            f"{where}: neuron {unfit[0]} has threshold {layer.threshold[unfit[0]]}, which is {threshold[unfit[0]]} in "
            f"the chip's units; Loihi takes 1 to {THRESHOLD_LIMIT - 1}."
        )
    if (decay >= DECAY_UNITY).any():
        worst = np.argmax(decay)
        raise InputError(
            f"{where}: neuron {worst} has decay {layer.decay[worst]}, a loss of {DECAY_UNITY} in {DECAY_UNITY} a step; "
            f"Loihi's {DECAY_UNITY.bit_length() - 1} bits take a loss of up to {DECAY_UNITY - 1}."
        )
    integer = IntegerLayer(
        (mantissas * unit).astype(np.int16), layer.delay_levels, decay.astype(np.int32), threshold.astype(np.int32)
    )
    if lost is not None:
        integer = CurrentLayer(**vars(integer), current_decay=lost)
    return integer, unit / layer.scale


def _lost_current(layer: Layer, where: str) -> np.ndarray | None:
    """Return what each neuron's current loses a step, int32 [post] in 1/4096; None where no current lasts."""
    if "current_decay" not in layer.own:
        return None
    decays = layer.own["current_decay"]
    lost = np.rint(DECAY_UNITY * (1 - decays.astype(np.float64))).astype(np.int32)
    if (lost == 0).any():
        worst = int(lost.argmin())
        raise InputError(
            f"{where}: neuron {worst} has current_decay {decays[worst]:.6g}, a loss of 0 in {DECAY_UNITY} a step; "
            f"Loihi's currents lose 1 at least, so at most {1 - 1 / DECAY_UNITY:.6f} is needed."
        )
    return lost


def _unit(mantissas: np.ndarray, largest: np.ndarray, bits: int) -> int:
    """Return the factor from weights as integers to weights in Loihi's 9 bits."""
    # By the width that the largest weight needs, since a network of 2 bits may say that it has 8; less where thresholds
    # would not fit, or the worst spikes that could come at once.
    unit = 2 ** (WEIGHT_BITS - max(2, int(np.abs(mantissas).max(initial=0)).bit_length() + 1))
    while unit > 2 ** (WEIGHT_BITS - bits) and (largest * unit >= THRESHOLD_LIMIT).any():
        unit //= 2
    worst = max(sign.clip(min=0).sum(axis=(0, 1)).max() for sign in (mantissas, -mantissas))
    while unit > SMALLEST_UNIT and int(worst) * unit << STATE_SHIFT >= ACCUMULATOR_LIMIT:
        unit //= 2
    return unit


def _thresholds(exact: np.ndarray, unit: int, sums: np.ndarray) -> np.ndarray:
    """Return thresholds that are exact in the chip's units as whole numbers of them, int64 [post].

    ``sums`` says of each neuron whether its potential is a sum of weights, since nothing decays.
    """
    whole = np.abs(exact - np.rint(exact)) <= 1e-6 * exact
    nearest = np.rint(exact) - whole
    # Such a potential is a whole number of weights: the first at the threshold or above it must fire.
    first = np.ceil(exact * (1 - 1e-6) / unit) * unit
    return np.where(sums, np.minimum(nearest, first - 1), nearest).astype(np.int64)
