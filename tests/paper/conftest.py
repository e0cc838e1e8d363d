import numpy as np
import pandas as pd
import pytest

from delaysnn.formats.dataset import Dataset
from delaysnn.formats.network import Layer, Network
from delaysnn.formats.spike_trains import SpikeTrains
from delaysnn.formats.traces import Traces


def trains(n_neurons, seed, density=0.1):
    return SpikeTrains.from_dense(np.random.default_rng(seed).random((16, 6, n_neurons)) < density)


@pytest.fixture
def data():
    labels = np.arange(6) % 4
    return Dataset(trains(30, 0), labels, np.zeros(6), "spoken_digits", 4, 0.02)


@pytest.fixture
def traces():
    """Traces of six words on three platforms; each platform errs on one word more."""

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


def tidy(rows):
    columns = ["network", "platform", "quantity", "unit", "ours_mean", "ours_sd", "seeds", "dataset", "published"]
    table = pd.DataFrame([(*row[:6], 2, "spoken_digits", row[6]) for row in rows], columns=columns)
    return table.assign(difference=np.nan)


def estimates(rows):
    """Calibrated cells, and beside each as counted half of it."""
    calibrated = tidy(rows).assign(how="calibrated", model_error_pct=5.0, outside_fit=0)
    counted = calibrated.assign(how="counted", ours_mean=calibrated["ours_mean"] / 2, model_error_pct=np.nan)
    return pd.concat([calibrated, counted], ignore_index=True)


@pytest.fixture
def tables():
    """Small tables of the report, as they are read back from CSV."""
    equality = [("lava_batched", "simulation", "48", 1, 400, 90000, 0), ("scdq_simulator", "", "48", 1, 400, 80000, 0)]
    return {
        "models": tidy(
            [
                ("48", "pytorch", "parameters", "synapses", 82560.0, 0.0, 82560.0),
                ("48", "pytorch", "accuracy", "%", 86.0, 1.25, 87.0),
                ("48ax", "pytorch", "accuracy", "%", 84.0, 1.0, 76.0),
                ("48nodelay", "pytorch", "accuracy", "%", 75.0, 1.0, np.nan),
            ]
        ),
        "fidelity": tidy(
            [
                ("48", "loihi", "accuracy", "%", 85.5, 1.0, 87.0),
                ("48", "loihi", "agreement", "%", 96.0, 1.0, 97.0),
            ]
        ),
        "energy": estimates(
            [
                ("48", "seneca_scdq", "energy", "uJ", 44.0, 1.0, 43.6),
                ("48", "seneca_scdq", "latency", "ms", 4.0, 0.1, 4.25),
                ("48", "seneca_scdq", "delay_ip_energy", "uJ", 1.0, 0.1, 0.98),
                ("48", "seneca_software", "energy", "uJ", 176.0, 1.0, 152.0),
                ("48", "seneca_software", "latency", "ms", 16.0, 0.1, 18.3),
                ("48ax", "seneca_scdq", "energy", "uJ", 33.0, 1.0, 31.4),
                ("48ax", "seneca_scdq", "delay_ip_energy", "uJ", 0.75, 0.1, 0.72),
            ]
        ),
        "quantisation": tidy(
            [
                ("48", "loihi", "accuracy_2bit", "%", 70.0, 1.0, np.nan),
                ("48", "loihi", "accuracy_8bit", "%", 85.5, 1.0, np.nan),
            ]
        ),
        "equality": pd.DataFrame(
            equality, columns=["comparison", "platform", "network", "seed", "samples", "spikes", "differences"]
        ),
    }
