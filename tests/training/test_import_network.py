import dataclasses

import numpy as np
import pytest

from delaysnn.core.errors import InputError
from delaysnn.core.features import features
from delaysnn.core.network import Layer, Network
from delaysnn.networks.importing import import_network
from delaysnn.training.evaluate import trace
from delaysnn.training.model import DelayNetwork
from delaysnn.training.quantisation import requantise


def layer(random, levels, pre, post, **quantised):
    weights = random.normal(0.1, 0.4, (len(levels), pre, post)).astype(np.float32)
    return Layer(
        weights, levels, random.uniform(0.5, 0.9, post).astype(np.float32), np.full(post, 0.8, np.float32), **quantised
    )


@pytest.fixture
def theirs():
    """Delays that no stride gives, and others in the next layer."""
    random = np.random.default_rng(8)
    layers = (layer(random, (0,), 12, 9), layer(random, (1, 4, 9), 9, 7), layer(random, (0, 6), 7, 3))
    return Network(layers, 32, "somebody's", 77, "their_samples", {"tool": "another"})


def bring_in(network, data):
    return import_network(network, "a.safetensors", data, "theirs", 2, {"rule": "import_network"})


def test_it_runs_under_our_names_and_remembers_its_own(theirs, validation):
    ours = bring_in(theirs, validation)
    assert (ours.name, ours.seed, ours.dataset) == ("theirs", 2, "delayed_pairs")
    assert ours.provenance["imported"] == {
        "name": "somebody's",
        "seed": 77,
        "dataset": "their_samples",
        "provenance": {"tool": "another"},
    }
    assert all((a.weights == b.weights).all() for a, b in zip(ours.layers, theirs.layers, strict=True))


@pytest.mark.parametrize(
    ("change", "samples"),
    [
        ({"n_steps": 30}, "for 30 time steps, but samples have 32"),
        (0, "takes 9 inputs, but delayed_pairs has 12"),
        (-1, "has 7 outputs, but delayed_pairs has 3"),
        (1, "has one layer, but delays lie between two"),
    ],
)
def test_what_does_not_fit_the_data_is_named(theirs, validation, change, samples):
    if change == 0:
        change = {"layers": (dataclasses.replace(theirs.layers[1], delay_levels=(0,)), theirs.layers[2])}
    elif change == -1:
        change = {"layers": theirs.layers[:2]}
    elif change == 1:
        change = {"layers": theirs.layers[:1]}
    with pytest.raises(InputError, match=f"a.safetensors: .*{samples}"):
        bring_in(dataclasses.replace(theirs, **change), validation)


def test_delayed_inputs_are_taken(theirs, validation):
    first, *rest = theirs.layers
    late = dataclasses.replace(first, delay_levels=(3,))
    assert bring_in(dataclasses.replace(theirs, layers=(late, *rest)), validation).layers[0].delay_levels == (3,)


def test_further_features_are_taken(theirs, validation):
    first, *rest = theirs.layers
    more = dataclasses.replace(first, recurrent=np.ones((9, 9), np.float32), bias=np.ones(9, np.float32))
    found = bring_in(dataclasses.replace(theirs, layers=(more, *rest), readout="summed_membrane"), validation)
    assert features(found) == {"recurrent", "bias", "readout"}


def test_any_delay_levels_run_as_the_plain_loop(theirs, validation, settings):
    spikes = validation.spikes.dense().astype(np.float64)
    found = trace(DelayNetwork.restore(theirs, settings), validation, {}).layers
    for layer, trains in zip(theirs.layers, found, strict=True):
        u = np.zeros((spikes.shape[1], layer.weights.shape[2]))
        fired = np.zeros((32, *u.shape))
        for step in range(32):
            current = sum(
                spikes[step - delay] @ weights
                for weights, delay in zip(layer.weights, layer.delay_levels, strict=True)
                if step >= delay
            )
            u = u * layer.decay * (1 - (fired[step - 1] if step else 0)) + current
            fired[step] = u >= layer.threshold
        assert (trains.dense() == fired).all() and 0.02 < fired.mean() < 0.9
        spikes = fired


def test_a_quantised_network_keeps_its_values_in_more_bits_and_is_rounded_to_fewer():
    random = np.random.default_rng(1)
    integers = random.integers(-7, 8, (2, 6, 5))
    units = Layer((0.05 * integers).astype(np.float32), (0, 3), np.ones(5), np.ones(5), 0.05, 4)
    network = Network((units,), 8, "n", 1, "d")
    (same,) = requantise(network, 8).layers
    assert (same.weights == units.weights).all() and (same.scale, same.bits) == (0.05, 8)
    (fewer,) = requantise(network, 2).layers
    assert set(np.unique(np.rint(fewer.weights / fewer.scale))) <= {-1, 0, 1} and fewer.bits == 2


def test_a_membrane_that_never_decays_comes_back_so(settings):
    decay = np.array([1, 0, 0.5], np.float32)
    layer = Layer(np.ones((1, 2, 3), np.float32), (0,), decay, np.ones(3, np.float32))
    (found,) = DelayNetwork.restore(Network((layer,), 5, "a", 1, "b"), settings).decays()
    assert found.tolist() == decay.tolist()
