"""What is loaded into the engine is the network, and what it does not take is refused."""

import dataclasses
import re

import numpy as np
import pytest
from random_engines import LEVELS, adapting, network
from small_networks import current_network, feeding_itself, late_network, quantised_network

from delaysnn.core.errors import InputError
from delaysnn.platforms import registered
from delaysnn.platforms.fpga.images import Options, make_images
from delaysnn.platforms.loihi.conversion import convert
from delaysnn.platforms.protocol import Planned


def memories(loads):
    """What the load port makes of its words, as engine.v says: the word register, written where addresses say."""
    found, register = {}, 0
    for address, data in loads.tolist():
        layer, space = address >> 3, address & 7
        if space == 0:
            register = register << 32 | data
        else:
            found[layer, space, data] = register
    return found


def weights_in(found, layer, word, lanes, bits):
    """The weights of a word of memory, the lowest neuron in the lowest bits."""
    units = [found[layer, 1, word] >> lane * bits & 2**bits - 1 for lane in range(lanes)]
    return [unit - 2**bits * (unit >> bits - 1) for unit in units]


@pytest.mark.parametrize("bits", [2, 4, 8])
def test_dense_weights_lie_by_level_and_neuron(bits):
    integer = network(1, bits)
    images = make_images(integer, Options("history", lanes=4))
    found = memories(images.loads)
    assert (images.design.weight_bits, images.design.rows_output) == (bits, LEVELS * 6)
    for level in range(LEVELS):
        for pre in range(6):
            row = (level * 6 + pre) * 2
            stored = weights_in(found, 1, row, 4, bits) + weights_in(found, 1, row + 1, 4, bits)[:2]
            assert [2 ** (9 - bits) * each for each in stored] == integer.layers[1].weights[level, pre].tolist()
    shift = (9 - bits) + 6
    assert [(layer, index) for layer, space, index in found if space == 5] == [(layer, shift) for layer in range(3)]


def test_rows_that_are_equal_or_never_due_are_stored_once():
    integer = network(2)
    weights = integer.layers[1].weights.copy()
    weights[1:] = weights[0]
    layers = (integer.layers[0], dataclasses.replace(integer.layers[1], weights=weights), integer.layers[2])
    images = make_images(dataclasses.replace(integer, layers=layers), Options("scdq", compressed=True))
    found = memories(images.loads)
    # One of the six neurons has no weights at all.
    assert images.design.rows_second == 5
    for level in range(LEVELS):
        for pre in np.flatnonzero(weights[level].any(axis=1)):
            row = found[1, 4, level * 6 + pre] & 0xFFFF
            assert [2 * each for each in weights_in(found, 1, row, 6, 8)] == weights[level, pre].tolist()


def test_what_adapts_lies_in_one_word_of_43_bits():
    integer = adapting(network(1), 1, layers=(1,))
    images = make_images(integer)
    found = memories(images.loads)
    assert images.design.adaptive == 0b010 and make_images(network(1)).design.adaptive == 0
    assert [index for layer, space, index in found if space == 6] == list(range(6))
    layer = integer.layers[1]
    for neuron in range(6):
        word = found[1, 6, neuron] & 2**43 - 1
        assert (word >> 30, word >> 17 & 2**13 - 1, word & 2**17 - 1) == (
            4096 - layer.adaptation_decay[neuron],
            layer.adaptation_membrane[neuron],
            layer.adaptation_spike[neuron],
        )


def subtracting(integer):
    """The network with adaptive neurons that spikes take something from."""
    first, *others = adapting(integer, 1, layers=(0,)).layers
    return dataclasses.replace(integer, layers=(dataclasses.replace(first, reset=first.threshold), *others))


def test_weights_of_more_bits_than_the_engine_stores_are_refused():
    with pytest.raises(InputError, match="random1 has weights of 8 bits, but the engine stores 4"):
        make_images(network(1), Options(weight_bits=4))


@pytest.mark.parametrize(
    ("integer", "message"),
    [
        (convert(late_network(), {}), r"layer 0: delays are \(0, 3, 7\), but the engine does not delay inputs"),
        (feeding_itself(convert(quantised_network(), {})), "layer 1: the engine has LIF and adaptive neurons"),
        (convert(current_network(), {}), "layer 0: the engine has LIF and adaptive neurons"),
        (subtracting(network(1)), "layer 0: .* reset to zero"),
        (dataclasses.replace(network(1), layers=network(1).layers[1:]), "has 2 layers, but the engine has three"),
    ],
)
def test_other_networks_are_refused(integer, message):
    with pytest.raises(InputError, match=message):
        make_images(integer)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"topology": (20, 12, 4)}, "networks.mine.hidden has 1 layers, but the engine of fpga has 2"),
        ({"input_delays": (0, 8)}, "networks.mine.input_delays are (0, 8), but the engine of fpga does not delay"),
        ({"levels": (0, 70)}, "70"),
        ({"files": {"mine.safetensors": late_network()}}, "the engine does not delay inputs"),
    ],
)
def test_what_a_plan_may_not_have_is_refused_before_any_job(changes, message):
    planned = Planned(
        "mine", **({"topology": (20, 12, 12, 4), "levels": (0, 2), "kept": 2, "decays": 4, "bits": 8} | changes)
    )
    with pytest.raises(InputError, match=re.escape(message)):
        registered()["fpga"].check(planned, {}, {})
