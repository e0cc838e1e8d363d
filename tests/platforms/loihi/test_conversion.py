import dataclasses

import numpy as np
import pytest
from small_networks import quantised_network

from delaysnn.core.errors import InputError
from delaysnn.core.network import Layer, Network
from delaysnn.platforms.loihi.conversion import convert
from delaysnn.platforms.loihi.fixed_point import most_accumulated
from delaysnn.platforms.loihi.integer_network import read_integer_network, write_integer_network


@pytest.mark.parametrize("bits", [2, 3, 4, 8])
def test_weights_of_every_width_fill_the_registers(bits):
    network = quantised_network(bits)
    for layer, integer in zip(network.layers, convert(network, {}).layers, strict=True):
        unit = 2 ** (9 - bits)
        assert (integer.weights % unit == 0).all() and np.abs(integer.weights).max() == unit * (2 ** (bits - 1) - 1)
        assert np.allclose(integer.weights / unit * layer.scale, layer.weights, atol=1e-6)
        assert np.abs(integer.threshold / unit * layer.scale - layer.threshold).max() <= layer.scale / unit / 2 + 1e-6
        assert np.abs(1 - integer.decay / 4096 - layer.decay).max() <= 0.5 / 4096 + 1e-7


@pytest.mark.parametrize(
    ("bits", "inputs", "unit"), [(2, 255, 128), (2, 256, 64), (2, 3000, 8), (7, 3000, 2), (8, 3000, 2)]
)
def test_weights_of_few_bits_are_as_large_as_accumulators_allow(bits, inputs, unit):
    # All inputs may fire at once, and 16 bits end at 2^15 - 1.
    top = 2 ** (bits - 1) - 1
    layer = Layer(
        *(np.full((1, inputs, 1), -top, np.float32), (0,), np.array([0.9], np.float32), np.array([2.3], np.float32)),
        *(1.0, bits),
    )
    (integer,) = convert(Network((layer,), 3, "wide", 1, "d"), {}).layers
    assert (integer.weights == -top * unit).all() and integer.threshold == round(2.3 * unit)
    assert (most_accumulated(integer) < 1) == (bits == 2)


def test_the_file_gives_the_same_network(tmp_path, network):
    integer = convert(network, {"rule": "x"})
    write_integer_network(tmp_path / "a.npz", integer)
    again = read_integer_network(tmp_path / "a.npz")
    assert (again.name, again.seed, again.bits, again.n_steps, again.provenance) == ("tiny", 1, 8, 30, {"rule": "x"})
    for a, b in zip(again.layers, integer.layers, strict=True):
        assert a.delay_levels == b.delay_levels
        for name in ("weights", "decay", "threshold"):
            assert (getattr(a, name) == getattr(b, name)).all()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"layer1_slope": np.ones(12)}, "holds .*layer1_threshold, layer1_slope, but layer1_weights, .* are needed"),
        ({"layer2_decay": None}, "holds layer2_weights, .* but .*, layer2_decay, .* are needed; delete it"),
    ],
)
def test_a_file_of_another_layer_is_refused(tmp_path, network, change, words):
    write_integer_network(tmp_path / "a.npz", convert(network, {}))
    arrays = dict(np.load(tmp_path / "a.npz")) | change
    np.savez(tmp_path / "a.npz", **{key: values for key, values in arrays.items() if values is not None})
    with pytest.raises(InputError, match=rf"a\.npz: {words}"):
        read_integer_network(tmp_path / "a.npz")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"bits": 9}, "bits must be a whole number from 2 to 8"),
        ({"bits": 4}, "the most that bits 4 hold"),
        ({"scale": 0.0123}, "no multiple of scale"),
        ({"threshold": np.full(12, 1e-9, np.float32)}, "neuron 0 has threshold"),
        ({"threshold": np.full(12, 1e6, np.float32)}, "neuron 0 has threshold"),
        ({"decay": np.zeros(12, np.float32)}, "neuron 0 has decay 0.0"),
        ({"delay_levels": (0, 2, 4, 6, 63)}, "delay of 63 steps is above"),
    ],
)
def test_what_the_chip_cannot_hold_is_refused_with_layer_and_value(network, change, words):
    layers = list(network.layers)
    layers[1] = dataclasses.replace(layers[1], **change)
    with pytest.raises(InputError, match=f"network tiny[,:] layer 1.*{words}"):
        convert(dataclasses.replace(network, layers=tuple(layers)), {})


def test_floats_are_refused(network):
    layers = tuple(dataclasses.replace(layer, scale=None, bits=None) for layer in network.layers)
    with pytest.raises(InputError, match="network tiny, layer 0: weights are not quantised"):
        convert(dataclasses.replace(network, layers=layers), {})
