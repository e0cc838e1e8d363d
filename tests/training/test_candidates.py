import numpy as np
import pytest

from delaysnn.frontier.space import Candidate
from delaysnn.frontier.training import score, train
from delaysnn.settings.training import Phase, Phases

SETTINGS = {"hidden": [16], "delays": True, "pruning": "synapse", "max": 20, "stride": 2, "keep": 5, "bits": 4}
SETTINGS |= {"recurrent": False, "recipe": None, "neuron": "lif", "input_sharing": 1, "input_delays": False}
SETTINGS |= {"bias": False, "reset": "zero", "readout": None}


@pytest.fixture
def candidate():
    return Candidate.of(SETTINGS, 12, 3)


@pytest.fixture
def course(settings):
    parts = {"dense": (8, 0.02), "pruned": (3, 0.01), "quantised": (1, 0.001)}
    phases = {name: Phase(epochs=epochs, learning_rate=rate) for name, (epochs, rate) in parts.items()}
    return Phases(**dict(settings), decay_groups=4, **phases)


def same(one, other):
    pairs = zip(one.layers, other.layers, strict=True)
    return all(np.array_equal(own.arrays[name], their.arrays[name]) for own, their in pairs for name in own.arrays)


def test_a_candidate_is_trained_pruned_and_has_integer_weights(candidate, course, run, validation):
    network = train(run(), candidate, course, {})
    assert network.quantised and {layer.bits for layer in network.layers} == {4}
    assert (np.count_nonzero(network.layers[1].weights, axis=0) <= 5).all()
    assert all(len(np.unique(layer.decay)) <= 4 for layer in network.layers)
    # Weights that are rounded to zero are counted, too.
    assert 0 < network.parameters <= 12 * 16 + 5 * 16 * 3
    cell = score(network, validation, course, "validation")
    assert cell.value > 90 and (cell.split, cell.bits, cell.samples) == ("validation", 4, 60)
    assert score(network, validation, course).split is None


def test_a_killed_training_goes_on_to_the_same_bytes(candidate, course, run, killed_after):
    whole = train(run("whole"), candidate, course, {})
    # In the second of its phases.
    killed_after(10, lambda: train(run("c"), candidate, course, {}))
    assert same(whole, train(run("c"), candidate, course, {}))
