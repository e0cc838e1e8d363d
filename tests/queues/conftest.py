import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from delaysnn.core.network import Layer, Network
from delaysnn.core.spike_trains import SpikeTrains
from delaysnn.queues.verilog.rtl import missing_tools


@pytest.fixture(scope="session")
def rtl():
    """The folder of the Verilog, where it can be simulated."""
    if missing := missing_tools():
        pytest.fail(missing) if os.environ.get("CI") else pytest.skip(missing)
    return Path(__file__).parents[2] / "workflow/rtl"


def _trace(hidden, levels, of_inputs=1, returns=()):
    """A network with delays 0, 2, ..., so many of inputs, and its input spikes: three samples of 24 steps.

    Spikes of the second layer return to it after these delays, if any.
    """
    random = np.random.default_rng(3)

    def layer(levels, pre, post):
        weights = random.normal(0.2, 0.4, (levels, pre, post)).astype(np.float32)
        weights[random.random((levels, pre)) < 0.5] = 0
        ones = np.ones(post, np.float32)
        return Layer(weights, tuple(range(0, 2 * levels, 2)), 0.9 * ones, 0.6 * ones)

    layers = (layer(of_inputs, 20, hidden), layer(levels, hidden, hidden), layer(levels, hidden, 4))
    if returns:
        feedback = random.normal(0, 0.4, (len(returns), hidden, hidden)).astype(np.float32)
        second = replace(layers[1], recurrent=feedback, recurrent_delays=returns)
        layers = (layers[0], second, layers[2])
    network = Network(layers, 24, f"random{hidden}", 1, "random")
    return network, SpikeTrains.from_dense(random.random((24, 3, 20)) < 0.1)


@pytest.fixture(scope="session")
def trace():
    """A network of 6 neurons a layer and 5 delay levels, and its input spikes."""
    return _trace(6, 5)


@pytest.fixture(scope="session")
def smaller():
    """A network of 4 neurons a layer and 3 delay levels, 2 of inputs and 2 back to a layer, and its input spikes."""
    return _trace(4, 3, of_inputs=2, returns=(1, 4))
