"""What is promised of every platform, checked on each that is there."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from small_networks import adaptive_network, current_network, quantised_network, with_features

from delaysnn.core.imports import imported
from delaysnn.core.spike_trains import SpikeTrains
from delaysnn.neurons import registered as neurons
from delaysnn.platforms import registered
from delaysnn.platforms.protocol import Priced, PricesFloats, Recorded, Validated

WORKFLOW = Path(__file__).parents[2] / "workflow"
NETWORK = quantised_network()
INPUTS = SpikeTrains.from_dense(np.random.default_rng(1).random((30, 9, 20)) < 0.15)


@pytest.mark.parametrize("name", registered())
def test_every_platform_fires_nearly_what_the_reference_fires(name):
    platform, reference = registered()[name], registered()["pytorch"]
    run = platform.run(platform.deploy(NETWORK), INPUTS)
    expected = reference.run(reference.deploy(NETWORK), INPUTS).layers
    assert [layer.n_neurons for layer in run.layers] == [12, 12, 4]
    for ours, theirs in zip(run.layers, expected, strict=True):
        assert len(ours.steps) == pytest.approx(len(theirs.steps), rel=0.1)
        assert len(ours.steps) > 20
    assert set(run.beside) <= set(dict(platform.labels))


@pytest.mark.parametrize("name", registered())
def test_a_membrane_crosses_its_threshold_where_the_platform_fires(name):
    platform = registered()[name]
    assert isinstance(platform, Recorded)
    deployed, one = platform.deploy(NETWORK), INPUTS.select(np.array([0]))
    potentials = platform.membranes(deployed, one)
    for layer, potential in zip(platform.run(deployed, one).layers, potentials, strict=True):
        assert potential.shape == (30, layer.n_neurons)
        fired = sorted(zip(layer.steps.tolist(), layer.neurons.tolist(), strict=True))
        assert fired == sorted(map(tuple, np.argwhere(potential >= 1).tolist()))


@pytest.mark.parametrize("name", [name for name, each in registered().items() if "readout" in each.features])
def test_potentials_that_decide_are_in_units_of_weights(name):
    network = with_features(NETWORK, "readout", readout="largest_membrane")
    deployed = registered()[name].deploy(network)
    potentials = registered()[name].membranes(deployed, INPUTS.select(np.array([0])))
    scores = registered()[name].run(deployed, INPUTS).scores
    # Its threshold, which means nothing, is 0.61.
    assert np.allclose(potentials[-1].max(axis=0), scores[0], rtol=1e-6)


@pytest.mark.parametrize(
    ("name", "neuron"), [(name, each) for name in registered() for each in registered()[name].neurons]
)
def test_every_platform_runs_the_neurons_that_it_names(name, neuron):
    platform, reference = registered()[name], registered()["pytorch"]
    network = {"lif": NETWORK, "adlif": adaptive_network(), "cuba": current_network()}[neuron]
    ours, theirs = (each.run(each.deploy(network), INPUTS).layers for each in (platform, reference))
    for fired, expected in zip(ours, theirs, strict=True):
        assert len(fired.steps) == pytest.approx(len(expected.steps), rel=0.1)


def test_the_reference_runs_all_neurons():
    assert [name for name in neurons() if name not in registered()["pytorch"].neurons] == []


def test_the_reference_has_no_costs():
    for capability in (Priced, PricesFloats, Validated):
        assert not isinstance(registered()["pytorch"], capability)
        assert all(isinstance(registered()[chip], capability) for chip in ("loihi", "seneca"))


@pytest.mark.parametrize(
    ("name", "others"), [("loihi", {"loihi2", "seneca", "queues"}), ("seneca", {"loihi", "loihi2"})]
)
def test_what_changes_in_one_platform_runs_no_other_anew(name, others):
    platforms = WORKFLOW / "delaysnn/platforms"
    for script in ("run_platform", "record_platform", "estimate_platform", "validate_platform"):
        files = imported(WORKFLOW / f"scripts/{script}.py", platforms / name / "platform.py")
        assert platforms / name / "cost.py" in files
        assert not [file for file in files if file.parent.name in others]


def test_what_settings_look_at_imports_nothing_heavy():
    command = "import sys; from delaysnn.platforms import registered; registered(); print(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", command], capture_output=True, text=True, check=True)
    assert not {"torch", "numba", "matplotlib", "pandas"} & set(run.stdout.split())
