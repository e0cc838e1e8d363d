"""Limits of Loihi, checked before anything is trained."""

import dataclasses
from collections.abc import Callable, Mapping

from delaysnn.core.errors import InputError
from delaysnn.core.network import Layer, Network
from delaysnn.core.widths import Widths, each_layer
from delaysnn.platforms.loihi.conversion import check_biases, convert
from delaysnn.platforms.loihi.demand import layers_of, plan
from delaysnn.platforms.loihi.division import FEWEST
from delaysnn.platforms.loihi.integer_network import DELAY_LIMIT, IntegerNetwork
from delaysnn.platforms.loihi.mapping import map_each
from delaysnn.platforms.protocol import Constants, Planned


def check(planned: Planned, cores: list[int | str], excess: Mapping[str, float], constants: Constants) -> None:
    """Check delays and biases, and that a network fits on these numbers of cores, or on a chip for the fewest.

    Classes of one's own data are not known yet, nor what floats from files will need; what they add is checked when
    the network is mapped.

    Raises:
        InputError: naming the key or file, the value and the limit.
    """
    check_delays(planned)
    if "cuba" in planned.neurons and "bias" in planned.features:
        raise InputError(
            f"Configuration: networks.{planned.name}.bias is true and neuron is cuba, whose biases reach currents that "
            "last, but Loihi adds a bias to the potential; write bias: false, another neuron, or platforms without "
            "loihi."
        )
    for file, network in planned.files.items():
        check_biases(network, file)
    longest = planned.levels[-1] if planned.levels else 0
    known = (planned.topology, planned.kept, longest, planned.decays, planned.bits)
    inputs = (planned.input_sharing, planned.input_kept, planned.input_delays[-1])
    layers = plan(*known, constants, *inputs)
    brought = integer_forms(planned, convert)
    for each in (layers, *(layers_of(form, constants) for form in brought)):
        map_each(planned.name, each, cores, constants, excess)


def sweeps_on_one_core(planned: Planned, excess: Mapping[str, float], constants: Constants) -> bool:
    """Return whether one core may hold the network with one delay a synapse and weights of two bits, as sweeps need."""
    longest = planned.levels[-1] if planned.levels else 0
    inputs = (planned.input_sharing, 1, planned.input_delays[-1])
    layers = plan(planned.topology, 1, longest, planned.decays, 2, constants, *inputs)
    return not map_each(planned.name, layers, [1, FEWEST], constants, excess).too_few


def check_delays(planned: Planned) -> None:
    """Refuse delays that are too long, naming the key or file."""
    if planned.levels:
        _check_levels(planned.levels)
    if planned.input_delays[-1] > DELAY_LIMIT:
        raise InputError(
            f"Configuration: networks.{planned.name}.input_delays has a delay of {planned.input_delays[-1]} steps, but "
            f"Loihi delays by {DELAY_LIMIT} at the most; write shorter ones."
        )
    for file, network in planned.files.items():
        _check_delays(network, file)


def integer_forms(planned: Planned, convert: Callable[[Network, dict], IntegerNetwork]) -> list[IntegerNetwork]:
    """Return the forms by ``convert`` of networks that come as files, of those whose weights will not be rounded anew.

    Floats, and weights of more bits, will: what they need is known when that is done.
    """
    return [
        convert(dataclasses.replace(network, layers=_of_width(network, planned.bits), name=planned.name), {})
        for network in planned.files.values()
        if all(
            layer.bits is not None and layer.bits <= most
            for layer, most in zip(network.layers, each_layer(planned.bits, len(network.layers)), strict=True)
        )
    ]


def _of_width(network: Network, bits: Widths) -> tuple[Layer, ...]:
    layers = zip(network.layers, each_layer(bits, len(network.layers)), strict=True)
    return tuple(dataclasses.replace(layer, bits=own) for layer, own in layers)


def _check_levels(levels: tuple[int, ...]) -> None:
    if levels[-1] > DELAY_LIMIT:
        stride = levels[1] - levels[0]
        raise InputError(
            f"Configuration: by delays.max and stride {stride} the longest delay is {levels[-1]} steps, but Loihi "
            f"delays by {DELAY_LIMIT} at the most; write delays.max {DELAY_LIMIT // stride * stride + stride} or less."
        )


def _check_delays(network: Network, file: str) -> None:
    for index, layer in enumerate(network.layers):
        if layer.delay_levels[-1] > DELAY_LIMIT:
            raise InputError(
                f"{file}: layer {index} has a delay of {layer.delay_levels[-1]} steps, but Loihi delays by "
                f"{DELAY_LIMIT} at the most; take it out."
            )
        if layer.recurrent_delays[-1] > DELAY_LIMIT + 1:
            raise InputError(
                f"{file}: layer {index} feeds itself after {layer.recurrent_delays[-1]} steps, but Loihi does so after "
                f"{DELAY_LIMIT + 1} at the most; take it out."
            )
