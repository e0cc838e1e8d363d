"""What a network in memory is refused for; test_network.py has what its file is refused for."""

import dataclasses

import numpy as np
import pytest
from small_networks import quantised_network

from delaysnn.core.errors import InputError
from delaysnn.core.network import write_network
from delaysnn.core.network_checks import check_deployable, check_fit, check_network


def floats():
    network = quantised_network()
    layers = tuple(dataclasses.replace(layer, scale=None, bits=None) for layer in network.layers)
    return dataclasses.replace(network, layers=layers)


def with_layer(index, **changes):
    network = floats()
    layers = list(network.layers)
    layers[index] = dataclasses.replace(layers[index], **changes)
    return dataclasses.replace(network, layers=tuple(layers))


def large(value):
    weights = floats().layers[0].weights.copy()
    weights[0, 0, 0] = value
    return weights


@pytest.mark.parametrize(
    ("index", "changes", "said"),
    [
        (
            0,
            {"weights": np.zeros((20, 12), np.float32)},
            r"weights must be \[delay, pre, post\], found shape \(20, 12\)",
        ),
        (0, {"weights": np.zeros((1, 20, 70000), np.float32)}, "70000 neurons are more"),
        (0, {"weights": large(-1e35)}, r"weights holds 1e\+35 in size; 1e\+30 is the most"),
        (0, {"weights": large(np.nan)}, "weights holds a value that is not finite"),
        (1, {"decay": np.full(12, np.nan, np.float32)}, "decay holds a value that is not finite"),
        (1, {"decay": np.full(12, 1.5, np.float32)}, r"decay must lie in 0 to 1, found 1\.5"),
        (1, {"threshold": np.full(12, np.nan, np.float32)}, "threshold holds a value that is not finite"),
        (1, {"threshold": np.zeros(12, np.float32)}, r"threshold must be above 0, found 0\.0"),
        (
            0,
            {"recurrent": np.ones((12, 4), np.float32)},
            r"recurrent must be .* same 12 neurons, found shape \(12, 4\)",
        ),
        (0, {"recurrent": np.full((12, 12), np.inf, np.float32)}, "recurrent holds a value that is not finite"),
        (1, {"weights": np.ones((5, 9, 12), np.float32)}, "takes 9 inputs, but the layer before has 12 neurons"),
    ],
)
def test_arrays_that_cannot_be_are_refused(index, changes, said):
    check_network(floats(), "a")
    with pytest.raises(InputError, match=rf"^a: layer {index}: {said}"):
        check_network(with_layer(index, **changes), "a")


def test_what_cannot_be_is_not_written(tmp_path):
    with pytest.raises(InputError, match=r"a\.safetensors: layer 0: weights holds"):
        write_network(tmp_path / "a.safetensors", with_layer(0, weights=large(np.inf)))
    assert not list(tmp_path.iterdir())


def test_only_networks_with_a_hidden_layer_are_deployed():
    for network in (floats(), with_layer(0, delay_levels=(2,))):
        check_deployable(network, "a")
    with pytest.raises(InputError, match=r"^a: has one layer"):
        check_deployable(dataclasses.replace(floats(), layers=floats().layers[:1]), "a")


def test_a_network_fits_data_of_its_channels_steps_and_classes():
    for n_classes in (4, None):
        check_fit(floats(), "a", "mine", 20, 30, n_classes)
    for data, said in (
        ((19, 30, 4), "takes 20 inputs, but mine has 19 channels"),
        ((20, 30, 5), "has 4 outputs, but mine has 5 classes"),
        ((20, 31, 4), "is made for 30 time steps, but samples have 31"),
    ):
        with pytest.raises(InputError, match=f"^a: {said}"):
            check_fit(floats(), "a", "mine", *data)


def test_a_synapse_whose_spikes_never_arrive_is_named():
    late = with_layer(1, delay_levels=(0, 2, 4, 6, 30))
    with pytest.raises(InputError, match=r"^a: layer 1 has weights at delay 30, but samples have 30 time steps, so no"):
        check_fit(late, "a", "mine", 20, 30, 4)
    late.layers[1].weights[-1] = 0
    check_fit(late, "a", "mine", 20, 30, 4)
    recurrent = np.ones((2, 12, 12), np.float32)
    returning = with_layer(0, recurrent=recurrent, recurrent_delays=(1, 31))
    with pytest.raises(InputError, match=r"^a: layer 0 has recurrent at delay 31, but samples have 30"):
        check_fit(returning, "a", "mine", 20, 30, 4)
