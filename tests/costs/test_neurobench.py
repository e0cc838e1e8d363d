"""NeuroBench's counts: by hand, beside the operations that chips are counted by, and by NeuroBench itself."""

import dataclasses
import os
import subprocess
from pathlib import Path

import numpy as np
import pytest
from own_environment import build
from small_networks import adaptive_network, current_network, late_network, quantised_network, sharing_network

from delaysnn.core.dataset import Dataset, write_dataset
from delaysnn.core.errors import InputError
from delaysnn.core.metrics import Cell, Metrics, read_metrics, write_metrics
from delaysnn.core.network import Layer, Network, write_network
from delaysnn.core.spike_trains import SpikeTrains
from delaysnn.core.traces import Traces, write_traces
from delaysnn.costs.neurobench import NEUROBENCH, check, count
from delaysnn.platforms.loihi.cost import count_floats as loihi_count
from delaysnn.platforms.seneca.floats import count_floats as seneca_count
from delaysnn.report.tables.neurobench import tabulate_neurobench

ROOT = Path(__file__).parents[2]


def trains(n_steps, samples, neurons, seed, density=0.15):
    return SpikeTrains.from_dense(np.random.default_rng(seed).random((n_steps, samples, neurons)) < density)


def recorded(network, samples=7, seed=0):
    """Random spikes of inputs and layers: what is counted need not be what a network would fire."""
    first, *layers = (trains(network.n_steps, samples, size, seed + n) for n, size in enumerate(network.topology))
    if network.readout != "spikes":
        layers[-1] = SpikeTrains.from_dense(np.zeros((network.n_steps, samples, network.topology[-1])))
    return first, layers


def recurrent_network():
    network, random = quantised_network(), np.random.default_rng(3)
    first, second, last = network.layers
    back = (random.normal(size=(3, 12, 12)) * (random.random((3, 12, 12)) < 0.5)).astype(np.float32)
    first = dataclasses.replace(first, recurrent=back, recurrent_delays=(1, 4, 9))
    second = dataclasses.replace(second, recurrent=back[0])
    return dataclasses.replace(network, layers=(first, second, last))


def biased_network():
    """Biases, a reset by subtraction, and a readout by membranes."""
    network = quantised_network()
    layers = [
        dataclasses.replace(layer, bias=np.full_like(layer.decay, 0.1), reset=layer.threshold)
        for layer in network.layers
    ]
    return dataclasses.replace(network, layers=tuple(layers), readout="summed_membrane")


NETWORKS = {
    "delayed": quantised_network,
    "late": late_network,
    "sharing": sharing_network,
    "recurrent": recurrent_network,
    "adaptive": adaptive_network,
    "current": current_network,
    "biased": biased_network,
}


def test_counted_by_hand():
    weights = np.zeros((2, 3, 2), np.float32)
    weights[0, 0] = weights[1, 0, 1] = weights[1, 2, 0] = 1
    ones = np.ones(2, np.float32)
    network = Network((Layer(weights, (0, 2), ones, ones),), 4, "tiny", 1, "d")
    spikes = np.zeros((4, 2, 3))
    spikes[0, 0, 0] = spikes[2, 0, 0] = spikes[1, 1, 2] = spikes[3, 1, 1] = 1
    fired = np.zeros((4, 2, 2))
    fired[2, 0, 1] = fired[3, 1, 0] = 1
    found = count(network, SpikeTrains.from_dense(spikes), [SpikeTrains.from_dense(fired)])
    # Channel 0 reaches two synapses at once and one two steps later, which the spike of step 2 does no more; channel 2
    # reaches one, channel 1 none.
    assert found["effective_acs"] == (3 + 2 + 1 + 0) / 2
    assert found["dense"] == 4 * 12 and found["effective_macs"] == 0
    assert found["connection_sparsity"] == 8 / 12
    assert found["activation_sparsity"] == 1 - 2 / 16
    assert found["footprint"] == 4 * (12 + 2 + 2)
    assert set(found) < set(NEUROBENCH)


@pytest.mark.parametrize("name", NETWORKS)
def test_one_history_of_spikes_and_one_product_a_step_say_the_same(name):
    network = NETWORKS[name]()
    inputs, layers = recorded(network)
    effective = 0
    for layer, spikes, own in zip(network.layers, [inputs, *layers[:-1]], layers, strict=True):
        rows = np.repeat(layer.weights, layer.input_sharing, axis=1)[:, : spikes.n_neurons]
        parts = [(rows, layer.delay_levels, spikes)]
        if layer.feedback is not None:
            parts.append((layer.feedback, layer.recurrent_delays, own))
        for weights, delays, source in parts:
            dense = source.dense().astype(int)
            for kept, delay in zip(weights != 0, delays, strict=True):
                effective += (dense[: network.n_steps - delay] @ kept.astype(int)).sum()
    assert count(network, inputs, layers)["effective_acs"] == effective / len(inputs)


@pytest.mark.parametrize("name", ["delayed", "late", "sharing", "recurrent"])
def test_effective_acs_are_senecas_operations_within_the_sample_less_those_with_pruned_weights(name):
    network = NETWORKS[name]()
    inputs, layers = recorded(network)

    def filled(weights):
        """No weight of a useful axon and delay is zero, as where whole axons are pruned."""
        kept = (weights != 0).any(axis=-1, keepdims=True)
        return None if weights is None else np.where((weights == 0) & kept, np.float32(0.1), weights)

    # Seneca's first layer has no queue where it has no delays: it meets every weight.
    whole = [
        dataclasses.replace(
            layer,
            weights=np.where(layer.weights == 0, np.float32(0.1), layer.weights)
            if index == 0 and layer.delay_levels == (0,)
            else filled(layer.weights),
            recurrent=layer.recurrent if layer.recurrent is None else filled(layer.recurrent),
        )
        for index, layer in enumerate(network.layers)
    ]
    as_seneca = sum(seneca_count(network, inputs, layers, within_sample=True).operations).mean()
    assert count(dataclasses.replace(network, layers=tuple(whole)), inputs, layers)["effective_acs"] == as_seneca
    assert count(network, inputs, layers)["effective_acs"] < as_seneca


@pytest.mark.parametrize("name", ["delayed", "late", "sharing", "recurrent", "current", "adaptive"])
def test_effective_acs_are_loihis_synaptic_operations_where_every_delay_ends_within_the_sample(name):
    network = NETWORKS[name]()
    inputs, layers = recorded(network)
    longest = max(max(layer.delay_levels + layer.recurrent_delays) for layer in network.layers)
    longer = dataclasses.replace(network, n_steps=network.n_steps + longest)
    theirs = loihi_count(network, inputs, layers, 8).synaptic_operations
    inputs, *layers = (dataclasses.replace(spikes, n_steps=longer.n_steps) for spikes in (inputs, *layers))
    assert count(longer, inputs, layers)["effective_acs"] == pytest.approx(theirs, rel=1e-12)


def test_a_layer_that_never_fires_by_its_readout_has_no_activations():
    network = biased_network()
    inputs, layers = recorded(network)
    hidden = layers[:-1]
    silent = 1 - sum(len(each.steps) for each in hidden) / sum(30 * 7 * each.n_neurons for each in hidden)
    assert count(network, inputs, layers)["activation_sparsity"] == pytest.approx(silent)


def test_another_count_is_refused_with_both():
    network = quantised_network()
    ours = count(network, *recorded(network)) | {"classification_accuracy": 0.5}
    check(network.name, ours, {**ours, "connection_sparsity": round(ours["connection_sparsity"], 4)})
    with pytest.raises(InputError, match=r"network tiny: NeuroBench counts effective_acs 7, .* [0-9.]+ here"):
        check(network.name, ours, ours | {"effective_acs": 7})
    with pytest.raises(InputError, match="network tiny: NeuroBench returned no dense"):
        check(network.name, ours, {key: value for key, value in ours.items() if key != "dense"})


def test_the_table_has_a_row_a_network_and_metric_in_neurobenchs_words():
    def metrics(seed, effective):
        values = dict.fromkeys(NEUROBENCH, 0.5) | {"effective_acs": effective}
        cells = [Cell("pytorch", name, NEUROBENCH[name][0], value, "counted") for name, value in values.items()]
        return Metrics("48", seed, "d", tuple(cells))

    table = tabulate_neurobench([metrics(1, 10.0), metrics(2, 12.0)])
    assert table["quantity"].tolist() == list(NEUROBENCH)
    (row,) = table[table["quantity"] == "effective_acs"].itertuples()
    assert (row.ours_mean, row.seeds, row.unit) == (11.0, 2, "1")


@pytest.fixture(scope="session")
def neurobench(tmp_path_factory):
    """Python of NeuroBench's environment, built by its rule."""
    return build(tmp_path_factory.mktemp("neurobench"), "neurobench")


@pytest.mark.slow  # an environment of 1.5 GB
def test_neurobench_itself_counts_the_same(neurobench, tmp_path):
    for name, make in NETWORKS.items():
        network, labels = make(), np.arange(7) % 3
        inputs, layers = recorded(network)
        write_network(tmp_path / "network.safetensors", network)
        write_dataset(tmp_path / "test.npz", Dataset(inputs, labels, labels, "random", 4, 0.01))
        write_traces(tmp_path / "traces.npz", Traces(tuple(layers), labels, np.arange(7) % 4, "pytorch"))
        ours = {"classification_accuracy": (labels == np.arange(7) % 4).mean()} | count(network, inputs, layers)
        cells = tuple(Cell("pytorch", quantity, "1", value, "counted") for quantity, value in ours.items())
        run = run_neurobench(neurobench, tmp_path, Metrics(name, 1, "random", cells))
        assert run.returncode == 0, run.stderr
        theirs = {cell.quantity: cell.value for cell in read_metrics(tmp_path / "theirs.json").cells}
        assert all(theirs[exact] == ours[exact] for exact in ("effective_acs", "effective_macs", "dense", "footprint"))
        check(name, ours, theirs)
    # The last of them, with one addition too many.
    wrong = [Cell("pytorch", quantity, "1", value + (quantity == "effective_acs")) for quantity, value in ours.items()]
    run = run_neurobench(neurobench, tmp_path, Metrics(name, 1, "random", tuple(wrong)))
    assert run.returncode != 0 and f"network {name}: NeuroBench counts effective_acs" in run.stderr


def run_neurobench(python, folder, counted):
    write_metrics(folder / "counted.json", counted)
    (folder / "theirs.json").unlink(missing_ok=True)
    files = {"network": "network.safetensors", "test": "test.npz", "traces": "traces.npz", "counted": "counted.json"}
    files |= {"output": "theirs.json", "log": "log.txt"}
    command = [python, ROOT / "workflow/scripts/run_neurobench.py", "--code", "x"]
    command += [part for name, file in files.items() for part in (f"--{name}", folder / file)]
    environment = os.environ | {"PYTHONPATH": str(ROOT / "workflow")}
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
