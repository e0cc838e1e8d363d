from typing import NamedTuple

import numpy as np
import pytest
from small_networks import adaptive_network
from small_training import SETTINGS, delayed_pairs

from delaysnn.core.dataset import Dataset
from delaysnn.core.network import Network
from delaysnn.core.spike_trains import SpikeTrains
from delaysnn.settings.networks import DelayLevels, Shape
from delaysnn.settings.training import Adaptation, Phase


class Trained(NamedTuple):
    network: Network
    test: Dataset


@pytest.fixture
def network():
    return adaptive_network()


@pytest.fixture
def inputs():
    return SpikeTrains.from_dense(np.random.default_rng(1).random((30, 9, 20)) < 0.2)


@pytest.fixture(scope="session")
def trained(tmp_path_factory):
    """A small network of adaptive neurons that learned to tell delays, quantised to eight bits."""
    from delaysnn.training.optimise import Run, fit, fit_quantised
    from delaysnn.training.shapes import draw_network

    train, validation, test = (delayed_pairs(samples, seed) for samples, seed in ((192, 0), (60, 1), (120, 2)))
    # By which no neuron takes more of its potential than 12 bits hold.
    adaptation = Adaptation(decay=[0.8, 0.99], membrane=[0, 0.5], membrane_most=0.5, spike=[0, 1], spike_most=2)
    settings = SETTINGS.model_copy(update={"adaptation": adaptation})
    run = Run(train, validation, settings, 1, tmp_path_factory.mktemp("trained") / "c")
    shape = Shape(hidden=[16, 16], delays=True, neuron="adlif")
    model = draw_network(train, shape, DelayLevels(max=20, stride=2), settings, seed=1)
    fit(model, run, Phase(epochs=10, learning_rate=0.02))
    network = model.export(32, "small", 1, train.name, {})
    quantised = fit_quantised(network, 8, run, Phase(epochs=2, learning_rate=0.001), decay_groups=10)
    return Trained(quantised.export(32, "small", 1, train.name, {}), test)
