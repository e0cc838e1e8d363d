import numpy as np
import pytest
from small_networks import quantised_network

from delaysnn.core.spike_trains import SpikeTrains


@pytest.fixture
def network():
    return quantised_network()


@pytest.fixture
def inputs():
    return SpikeTrains.from_dense(np.random.default_rng(1).random((30, 9, 20)) < 0.15)
