"""Test samples through the engine: every comparison in a row, and a difference is an error."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from random_engines import inputs, network

from delaysnn.core.dataset import read_dataset
from delaysnn.core.errors import InputError
from delaysnn.core.network import read_network
from delaysnn.core.spike_trains import SpikeTrains
from delaysnn.platforms import registered
from delaysnn.platforms.fpga.simulate import compare
from delaysnn.platforms.loihi.fixed_point import simulate

EXAMPLE = Path(__file__).parents[3] / "examples/networks"


@pytest.mark.slow
def test_a_row_for_each_structure_and_a_difference_ends_the_run(rtl):
    integer, spikes = network(1), inputs(1)
    layers = simulate(integer, spikes).layers
    found = compare(integer, spikes, layers, rtl, 96, ["history", "scdq"])
    fired = sum(len(layer.steps) for layer in layers)
    row = {"platform": "Verilator", "samples": 4, "spikes": fired, "differences": 0}
    assert found["equality"] == [{"comparison": f"fpga_{name}", **row} for name in ("history", "scdq")]
    history, scdq = found["engine"]
    # Both read the same rows of weights; a step takes a cycle a neuron at the least.
    assert history["weight_reads_mean"] == scdq["weight_reads_mean"]
    assert min(history["cycles_mean"], scdq["cycles_mean"]) > 20 * 6
    last = layers[-1].dense()
    last[3, 0, 0] ^= 1
    changed = (*layers[:-1], SpikeTrains.from_dense(last))
    with pytest.raises(InputError, match="the engine with history and the integer reference differ in 1 spikes"):
        compare(integer, spikes, changed, rtl, 96, ["history"])


def adaptive_48():
    """The example's network 48, whose hidden neurons adapt as they do before training."""
    network, random = read_network(EXAMPLE / "48.safetensors"), np.random.default_rng(1)
    layers = list(network.layers)
    for index in (0, 1):
        layer, post = layers[index], len(layers[index].decay)
        decay = random.uniform(0.8, 0.99, post)
        by_membrane = 2 * random.uniform(0, 1, post) * (1 - decay)
        by_spike = 4 * random.uniform(0, 1, post) * layer.threshold * (1 - decay)
        own = {"adaptation_decay": decay, "adaptation_membrane": by_membrane, "adaptation_spike": by_spike}
        own = {name: np.float32(values) for name, values in own.items()}
        layers[index] = dataclasses.replace(layer, neuron="adlif", own=own)
    return dataclasses.replace(network, layers=tuple(layers))


@pytest.mark.slow
def test_network_48_with_adaptive_neurons_fires_as_its_reference(rtl):
    fpga, spikes = registered()["fpga"], read_dataset(EXAMPLE / "48_samples.npz").spikes
    deployed = fpga.deploy(adaptive_48())
    found = compare(deployed, spikes, fpga.run(deployed, spikes).layers, rtl, 2048, ["history", "scdq_strided"])
    assert [(row["samples"], row["differences"]) for row in found["equality"]] == [(100, 0)] * 2
    assert found["equality"][0]["spikes"] > 50_000


def test_without_a_compiler_nothing_is_compared_and_why_is_said(monkeypatch, tmp_path):
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.setattr("delaysnn.queues.verilog.verilate.shutil.which", lambda tool: None)
    found = compare(network(1), inputs(1), [], tmp_path, 96)
    assert found["equality"] == found["engine"] == [] and "no c++" in found["skipped"]
