import numpy as np
import pytest
from matplotlib.collections import LineCollection
from matplotlib.colors import to_hex
from small_tables import small_tables

from delaysnn.core.dataset import Dataset
from delaysnn.core.network import Layer, Network
from delaysnn.core.spike_trains import SpikeTrains
from delaysnn.core.traces import Traces

GREY = "#868f98"


def trains(n_neurons, seed, density=0.1):
    return SpikeTrains.from_dense(np.random.default_rng(seed).random((16, 6, n_neurons)) < density)


@pytest.fixture
def data():
    labels = np.arange(6) % 4
    return Dataset(trains(30, 0), labels, np.zeros(6), "spoken_digits", 4, 0.02)


@pytest.fixture
def traces():
    """Traces of six samples on three platforms; each platform errs on one sample more."""

    def on(platform, errors):
        labels = np.arange(6) % 4
        predictions = labels.copy()
        predictions[:errors] = (labels[:errors] + 1) % 4
        return Traces((trains(8, 1), trains(8, 2), trains(4, 3)), labels, predictions, platform)

    return [on("pytorch", 1), on("loihi", 2), on("seneca", 3)]


@pytest.fixture
def network():
    def build(keep):
        rng = np.random.default_rng(4)

        def layer(levels, pre, post):
            weights = rng.normal(size=(levels, pre, post)).astype(np.float32)
            weights[keep:] = 0
            ones = np.ones(post, np.float32)
            return Layer(weights, tuple(range(0, 2 * levels, 2)), 0.9 * ones, 0.3 * ones)

        return Network((layer(1, 30, 8), layer(6, 8, 8), layer(6, 8, 4)), 16, "tiny", 1, "spoken_digits")

    return build


@pytest.fixture
def grey_bars():
    """What a panel draws of the errors of a model along its costs: from where to where, and at which accuracy."""

    def find(axis):
        bars = [c for c in axis.collections if isinstance(c, LineCollection) and to_hex(c.get_color()[0]) == GREY]
        segments = [segment for bar in bars for segment in bar.get_segments()]
        return [(left, right, height) for (left, height), (right, _) in segments if left < right]

    return find


@pytest.fixture
def tables():
    """Small tables of the report, as they are read back from CSV."""
    return small_tables()
