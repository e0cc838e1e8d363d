"""From a quantised network to its integer form, with every width checked."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from delaysnn.core.errors import InputError
from delaysnn.core.features import check_features
from delaysnn.core.network import Layer, Network, expand_inputs
from delaysnn.core.network_checks import check_network, check_neurons
from delaysnn.core.readout import SPIKES
from delaysnn.platforms.loihi.integer_network import (
    DECAY_UNITY,
    DELAY_LIMIT,
    STATE_SHIFT,
    THRESHOLD_LIMIT,
    CurrentLayer,
    IntegerLayer,
    IntegerNetwork,
)
from delaysnn.platforms.loihi.units import common_unit, fitting_thresholds, rounded_biases

NEURONS = ("lif", "cuba")
FEATURES = ("bias", "recurrent", "readout")


def convert(network: Network, provenance: dict) -> IntegerNetwork:
    """Return the integer form of a network whose weights are quantised.

    - Weights of any width are shifted to the top of Loihi's 9 bits, so that thresholds are as fine as the chip allows.
      Where the accumulators of currents could then overflow, weights of fewer than 8 bits are made smaller.
    - Loihi's neurons fire above their threshold, ours at it. So a threshold that is a whole number of the chip's units
      is set one lower. Where nothing decays, a potential is a sum of whole weights, and the threshold is set below the
      first sum that reaches it.
    - A bias is rounded to the nearest number of 13 bits with the smallest exponent that holds it, in 1/64 of a weight's
      unit. Recurrent weights have the same unit as the others.
    - A last layer whose membranes decide gets the highest threshold; its own thresholds have no effect.
    - Input channels that share weights get a row each, since each has an axon.

    Args:
        network: quantised, of neurons that Loihi runs.
        provenance: how the integer form is made; it carries it.

    Raises:
        InputError: a layer is not quantised, has neurons or features that Loihi does not run, has biases and currents
            that last (Loihi adds a bias to the potential), contradicts itself or does not fit. The message names layer,
            neuron and value.

    Examples:
        >>> from delaysnn import read_network
        >>> integers = convert(read_network("examples/networks/48.safetensors"), {})
        >>> [str(layer.weights.dtype) for layer in integers.layers]
        ['int16', 'int16', 'int16']
    """
    source = f"network {network.name}"
    check_neurons(network, source, {"loihi": NEURONS})
    check_features(network, source, {"loihi": FEATURES})
    check_biases(network, source)
    return convert_each(network, provenance, convert_layer)


def check_biases(network: Network, source: object) -> None:
    """Refuse biases of neurons whose currents last: here a bias is added to the current, on Loihi to the potential.

    Raises:
        InputError: naming source and layer.
    """
    for index, layer in enumerate(network.layers):
        if layer.neuron == "cuba" and layer.bias is not None:
            raise InputError(
                f"{source}: layer {index} has biases that reach currents that last (neurons of the kind cuba), but "
                "Loihi adds a bias to the potential; take the biases out, or deploy it on loihi2."
            )


def convert_each(
    network: Network, provenance: dict, convert_one: Callable[[Layer, str, bool], tuple[IntegerLayer, float]]
) -> IntegerNetwork:
    """Return the integer form of a network whose layers have theirs by ``convert_one``.

    Args:
        network: to convert.
        provenance: of the form.
        convert_one: takes a layer, its place for errors, and whether it fires; as :func:`convert_layer`.
    """
    check_network(network, f"network {network.name}")
    expanded, last = expand_inputs(network).layers, len(network.layers) - 1
    layers, units = zip(
        *(
            convert_one(layer, f"network {network.name}, layer {index}", index < last or network.readout == SPIKES)
            for index, layer in enumerate(expanded)
        ),
        strict=True,
    )
    about = (network.n_steps, network.bits, network.name, network.seed, network.dataset, provenance)
    integer = IntegerNetwork(layers, *about, input_sharing=network.layers[0].input_sharing)
    if network.readout == SPIKES:
        return integer
    return replace(integer, readout=network.readout, unit=1 / (units[-1] * (1 << STATE_SHIFT)))


def convert_layer(
    layer: Layer, where: str, fires: bool = True, largest: np.ndarray | None = None
) -> tuple[IntegerLayer, float]:
    """Return the integer form of a layer's synapses, decays, thresholds and biases, and how many of its units are 1.

    Args:
        layer: of neurons that have these, and may have more, of which only the decays of currents are converted.
        where: network and layer, for errors.
        fires: whether it does; thresholds are the highest that there are where it does not.
        largest: of each neuron, what must fit a threshold's bits beside the threshold itself, [post]; or nothing.
    """
    if layer.scale is None or layer.bits is None:
        raise InputError(f"{where}: weights are not quantised; give scale and bits, or take the quantised network.")
    _check_longest(layer.delay_levels[-1], DELAY_LIMIT, where)
    mantissas = [np.rint(layer.weights.astype(np.float64) / layer.scale)]
    if layer.feedback is not None:
        # What comes back a step later needs no delay.
        _check_longest(layer.recurrent_delays[-1], DELAY_LIMIT + 1, where)
        mantissas.append(np.rint(layer.feedback.astype(np.float64) / layer.scale))
    decay = np.rint(DECAY_UNITY * (1 - layer.decay.astype(np.float64)))
    must_fit = [*([layer.threshold] if fires else []), *([] if largest is None else [largest])]
    biases = np.zeros_like(decay) if layer.bias is None else layer.bias.astype(np.float64) / layer.scale
    unit = common_unit(mantissas, [each / layer.scale for each in must_fit], biases, layer.bits)
    lost = _lost_current(layer, where)
    threshold = np.full(decay.shape, THRESHOLD_LIMIT - 1)
    if fires:
        sums = (decay == 0) & (biases == 0) & (layer.reset is None) & (True if lost is None else lost == DECAY_UNITY)
        threshold = fitting_thresholds(layer.threshold.astype(np.float64) / layer.scale * unit, unit, sums)
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
        (mantissas[0] * unit).astype(np.int16), layer.delay_levels, decay.astype(np.int32), threshold.astype(np.int32)
    )
    if layer.bias is not None:
        integer = replace(integer, bias=rounded_biases(layer.bias, biases * unit * (1 << STATE_SHIFT), where))
    if layer.feedback is not None:
        recurrent = (mantissas[1] * unit).astype(np.int16)
        integer = replace(integer, recurrent=recurrent, recurrent_delays=layer.recurrent_delays)
    if lost is not None:
        integer = CurrentLayer(**vars(integer), current_decay=lost)
    return integer, unit / layer.scale


def _check_longest(delay: int, limit: int, where: str) -> None:
    if delay > limit:
        raise InputError(f"{where}: a delay of {delay} steps is above Loihi's {limit}.")


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
