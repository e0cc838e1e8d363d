"""Brian2Loihi fires the spikes of the integer reference."""

import dataclasses
import os
import subprocess
from pathlib import Path

import numpy as np
import pytest
from own_environment import build
from small_networks import current_network, late_network, quantised_network

from delaysnn.core.dataset import Dataset, write_dataset
from delaysnn.core.errors import InputError
from delaysnn.core.metrics import read_metrics
from delaysnn.core.spike_trains import SpikeTrains
from delaysnn.core.traces import Traces, write_traces
from delaysnn.platforms.loihi import fixed_point
from delaysnn.platforms.loihi.conversion import convert
from delaysnn.platforms.loihi.emulation import check_plain, compare_emulator
from delaysnn.platforms.loihi.fixed_point import simulate
from delaysnn.platforms.loihi.integer_network import write_integer_network

ROOT = Path(__file__).parents[3]
# Also with currents that last, and with delays in front of the first layer.
NETWORKS = {"lif": quantised_network, "cuba": current_network, "late": late_network}


def fires(layer, spikes):
    return SpikeTrains.from_dense(fixed_point.run_layer(layer, spikes).fired.transpose(1, 0, 2))


def test_an_emulator_is_fed_with_its_own_spikes_and_a_difference_ends_the_run(inputs):
    integer = convert(quantised_network(), {})
    reference = simulate(integer, inputs).layers
    row = compare_emulator(integer, inputs, reference, fires, "mine")
    assert row == {
        "comparison": "mine",
        "platform": "",
        "samples": 9,
        "spikes": sum(len(layer.steps) for layer in reference),
        "differences": 0,
    }

    def late_by_one(layer, spikes):
        return fires(dataclasses.replace(layer, threshold=layer.threshold + 40), spikes)

    with pytest.raises(InputError, match=r"^mine: network tiny, layer 0 differs .* in \d+ places, first in sample \d"):
        compare_emulator(integer, inputs, reference, late_by_one, "mine")


def test_what_an_emulator_lacks_is_refused_by_its_name():
    layer = convert(quantised_network(), {}).layers[0]
    check_plain(layer, "emulator")
    with pytest.raises(InputError, match=r"^emulator: cannot run a layer with bias"):
        check_plain(dataclasses.replace(layer, bias=np.ones(12, np.int32)), "emulator")
    back = {"recurrent": np.ones((1, 12, 12), np.int16), "recurrent_delays": (1,)}
    with pytest.raises(InputError, match=r"^emulator: cannot run a layer with recurrent"):
        check_plain(dataclasses.replace(layer, **back), "emulator")


@pytest.fixture(scope="session")
def brian2loihi(tmp_path_factory):
    """Python of Brian2Loihi's environment, built by its rule."""
    return build(tmp_path_factory.mktemp("brian2loihi"), "brian2loihi")


@pytest.mark.slow  # an environment of its own, of 170 MB
@pytest.mark.parametrize("name", NETWORKS)
def test_brian2loihi_fires_the_spikes_of_the_integer_reference(brian2loihi, tmp_path, name):
    integer = convert(NETWORKS[name](), {})
    random, labels = np.random.default_rng(1), np.arange(9) % 4
    shape = (integer.n_steps, len(labels), integer.layers[0].weights.shape[1])
    inputs = SpikeTrains.from_dense(random.random(shape) < 0.15)
    reference = simulate(integer, inputs).layers
    # Negative potentials and currents, in which rounding towards zero shows.
    assert min(layer.weights.min() for layer in integer.layers) < 0 and all(len(each.steps) for each in reference)
    write_integer_network(tmp_path / "network.npz", integer)
    write_dataset(tmp_path / "test.npz", Dataset(inputs, labels, labels, "random", 4, 0.01))

    def emulate(layers):
        write_traces(tmp_path / "reference.npz", Traces(tuple(layers), labels, labels, "loihi"))
        files = {"network": "network.npz", "test": "test.npz", "reference": "reference.npz"}
        files |= {"output": "found.json", "log": "log.txt"}
        command = [brian2loihi, ROOT / "workflow/scripts/emulate_loihi.py", "--samples", "9", "--code", "x"]
        command += [part for option, file in files.items() for part in (f"--{option}", tmp_path / file)]
        environment = os.environ | {"PYTHONPATH": str(ROOT / "workflow")}
        return subprocess.run(command, capture_output=True, text=True, check=False, env=environment)

    run = emulate(reference)
    assert run.returncode == 0, run.stderr[-2000:]
    (row,) = read_metrics(tmp_path / "found.json").details["equality"]
    assert row["differences"] == 0 and row["spikes"] == sum(len(layer.steps) for layer in reference) > 200
    # A spike that is not the emulator's ends the run.
    wrong = reference[1].dense()
    wrong[5, 3, 2] ^= 1
    run = emulate((reference[0], SpikeTrains.from_dense(wrong), reference[2]))
    assert run.returncode != 0 and "layer 1 differs from the integer reference in 1 places" in run.stderr
