"""Neurons of Loihi 2 in Lava's own environment, by the script as the rule calls it: all is as in the reference."""

import subprocess
from pathlib import Path

import numpy as np
import pytest
from small_networks import adaptive_network, current_network, one_hidden_layer, quantised_network, with_features
from test_adaptive_reference import extreme_network

from delaysnn.core.dataset import Dataset, write_dataset
from delaysnn.core.metrics import read_metrics
from delaysnn.core.spike_trains import SpikeTrains
from delaysnn.core.traces import Traces, decide, write_traces
from delaysnn.platforms.loihi.integer_network import write_integer_network
from delaysnn.platforms.loihi2.conversion import convert
from delaysnn.platforms.loihi2.fixed_point import simulate

WORKFLOW = Path(__file__).parents[3] / "workflow"


@pytest.fixture
def compared(lava, tmp_path):
    """Compare Lava with a reference that ``alter`` may change; return status, log and comparison."""

    def compare(network, spikes, alter=lambda layers: None):
        run = simulate(network, spikes).as_run()
        layers = [layer.dense() for layer in run.layers]
        alter(layers)
        trains, none = tuple(SpikeTrains.from_dense(layer) for layer in layers), np.zeros(len(spikes))
        write_integer_network(tmp_path / "network.npz", network)
        write_dataset(tmp_path / "test.npz", Dataset(spikes, none, none, "random", 4, 0.02))
        traces = Traces(trains, none, decide(trains[-1]), "loihi2", scores=run.scores, potentials=run.potentials)
        write_traces(tmp_path / "reference.npz", traces)
        command = [lava, WORKFLOW / "scripts/deploy_loihi2.py", "--code", "x", "--batch", "5", "--timeout", "100"]
        for name, file in {
            "network": "network.npz", "test": "test.npz", "reference": "reference.npz", "output": "lava.json",
            "log": "log",
        }.items():  # fmt: skip
            command += [f"--{name}", tmp_path / file]
        done = subprocess.run(
            command, env={"PYTHONPATH": str(WORKFLOW), "TMPDIR": "/tmp"}, capture_output=True, text=True, check=False
        )
        made = (tmp_path / "lava.json").exists()
        (comparison,) = read_metrics(tmp_path / "lava.json").details["equality"] if made else (None,)
        return done.returncode, (tmp_path / "log").read_text() + done.stderr, comparison

    return compare


def random_spikes(samples, channels=20):
    return SpikeTrains.from_dense(np.random.default_rng(1).random((30, samples, channels)) < 0.2)


def test_no_spike_of_a_random_network_differs(compared):
    status, log, comparison = compared(convert(adaptive_network(), {}), random_spikes(12))
    assert status == 0, log
    assert comparison.pop("spikes") > 500
    assert comparison == {"comparison": "lava_loihi2", "platform": "simulation", "samples": 12, "differences": 0}


def test_no_spike_of_a_trained_network_differs(compared, trained):
    spikes = trained.test.spikes.select(np.arange(40))
    status, log, comparison = compared(convert(trained.network, {}), spikes)
    assert status == 0, log
    assert comparison["spikes"] > 500 and (comparison["samples"], comparison["differences"]) == (40, 0)


def test_no_spike_differs_where_states_stop_at_their_ends(compared):
    status, log, comparison = compared(*extreme_network(np.random.default_rng(2)))
    assert status == 0, log
    assert comparison["spikes"] > 500 and comparison["differences"] == 0


def test_a_spike_that_differs_is_named_and_fails_the_run(compared):
    def alter(layers):
        layers[1][12, 6, 3] ^= 1

    status, log, comparison = compared(convert(adaptive_network(), {}), random_spikes(8), alter)
    assert status == 1 and comparison is None
    assert "in 1 spike of layer 1, first at neuron 3, step 12, sample 6." in log


FEATURES = ("bias", "reset", "recurrent", "readout")


@pytest.mark.parametrize(
    "network",
    [
        one_hidden_layer("bias", "reset", "readout"),
        with_features(quantised_network(), *FEATURES),
        with_features(current_network(), "current_bias", *FEATURES),
        with_features(adaptive_network(), *FEATURES),
    ],
    ids=["one", "plain", "currents", "adaptive"],
)
def test_no_spike_and_no_potential_differs_with_features(compared, network):
    status, log, comparison = compared(convert(network, {}), random_spikes(12, network.topology[0]))
    assert status == 0, log
    assert comparison.pop("spikes") > 500
    expected = {"comparison": "lava_loihi2", "platform": "simulation", "samples": 12, "differences": 0}
    assert comparison == expected | {"potentials": 12 * 30 * 4}
