"""Test samples through the engine: every comparison in a row, and a difference is an error."""

import numpy as np
import pytest
from random_engines import inputs, network
from small_networks import adaptive_network

from delaysnn.core.errors import InputError
from delaysnn.core.spike_trains import SpikeTrains
from delaysnn.platforms import registered
from delaysnn.platforms.fpga.simulate import compare
from delaysnn.platforms.loihi.fixed_point import simulate


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


@pytest.mark.slow
def test_a_network_of_adaptive_neurons_fires_as_it_is_deployed(rtl):
    fpga, spikes = registered()["fpga"], SpikeTrains.from_dense(np.random.default_rng(1).random((30, 9, 20)) < 0.2)
    deployed = fpga.deploy(adaptive_network())
    found = compare(deployed, spikes, fpga.run(deployed, spikes).layers, rtl, 512, ["history", "scdq_strided"])
    assert [row["differences"] for row in found["equality"]] == [0, 0]
    assert found["equality"][0]["spikes"] > 300


def test_without_a_compiler_nothing_is_compared_and_why_is_said(monkeypatch, tmp_path):
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.setattr("delaysnn.queues.verilog.verilate.shutil.which", lambda tool: None)
    found = compare(network(1), inputs(1), [], tmp_path, 96)
    assert found["equality"] == found["engine"] == [] and "no c++" in found["skipped"]
