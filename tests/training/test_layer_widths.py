"""A width of weights for each layer, from training to the chip and its tables."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
import yaml
from small_networks import quantised_network

from delaysnn.core.errors import InputError
from delaysnn.core.metrics import Cell, Metrics
from delaysnn.core.network import read_network, write_network
from delaysnn.core.spike_trains import SpikeTrains
from delaysnn.core.widths import each_layer, shortest, show
from delaysnn.platforms.loihi.conversion import convert
from delaysnn.platforms.loihi.cost import count, counted
from delaysnn.platforms.loihi.demand import plan
from delaysnn.platforms.loihi.fixed_point import simulate
from delaysnn.platforms.loihi.integer_network import read_integer_network, write_integer_network
from delaysnn.platforms.loihi.mapping import map_network
from delaysnn.report.figures.quantisation import draw_quantisation
from delaysnn.report.tidy import add_intervals, read_table, summarise, write_table
from delaysnn.settings.training import Phase
from delaysnn.training.model import DelayNetwork
from delaysnn.training.optimise import fit_quantised
from delaysnn.training.quantisation import requantise

CONSTANTS = yaml.safe_load((Path(__file__).parents[2] / "config/hardware/loihi.yaml").read_text())


@pytest.fixture
def mixed():
    """Layers of 8, 4 and 7 bits."""
    return requantise(quantised_network(8), [8, 4, 7])


def test_a_number_stands_for_all_layers_and_a_list_for_each():
    assert each_layer(4, 3) == (4, 4, 4) and each_layer([8, 4], 2) == (8, 4)
    assert shortest([4, 4]) == 4 and shortest([8, 4]) == (8, 4)
    assert show(4) == 4 and show((8, 4, 4)) == "8/4/4" and show([8, 4], "-") == "8-4"
    with pytest.raises(InputError, match="2 widths of weights, 8/4, for 3 layers; give one each"):
        each_layer([8, 4], 3)


def test_each_layer_is_trained_with_its_width_one_scale_and_few_decays(settings, run, tmp_path):
    dense = DelayNetwork([12, 16, 8, 3], [1, 10, 10], 2, settings, seed=1).export(32, "tiny", 1, "delayed_pairs", {})
    phase = Phase(epochs=2, learning_rate=0.02)
    model = fit_quantised(dense, [8, 2, 4], run(), phase, decay_groups=4)
    network = model.export(32, "tiny", 1, "delayed_pairs", {})
    write_network(tmp_path / "a.safetensors", network)
    again = read_network(tmp_path / "a.safetensors")
    assert again.bits == (8, 2, 4) and again.quantised
    for layer, top in zip(again.layers, (127, 1, 7), strict=True):
        units = layer.weights / layer.scale
        assert np.abs(units - np.rint(units)).max() < 1e-3 and np.abs(np.rint(units)).max() == top
        assert len(np.unique(layer.decay)) <= 4
    assert again.layers[0].scale != again.layers[1].scale


def test_floats_behind_four_bits_and_shared_decays_get_the_gradient(settings):
    model = DelayNetwork([7, 6, 3], [1, 6], 2, settings, seed=1)
    before = [weight.detach().clone() for weight in model.effective_weights()]
    model.quantise([4, 4])
    model.share_decays(2)
    rounded = model.effective_weights()
    for float_weight, weight, scale in zip(before, rounded, model.scales, strict=True):
        inside = float_weight.abs() <= 7 * scale
        assert ((weight - float_weight).abs() <= scale / 2 + 1e-6)[inside].all()
    (sum(weight.sum() for weight in rounded) + sum(decay.sum() for decay in model.decays())).backward()
    for weight, scale, logits in zip(model.weights, model.scales, model.decay_logits, strict=True):
        # As if nothing were rounded, but where a weight is clipped.
        assert torch.equal(weight.grad != 0, weight.abs() <= 7 * scale)
        assert len(logits) == 2 and (logits.grad != 0).all()


def test_loihi_stores_each_layer_at_its_width(mixed, tmp_path):
    write_integer_network(tmp_path / "a.npz", convert(mixed, {}))
    integer = read_integer_network(tmp_path / "a.npz")
    (core,) = map_network(integer, 1, CONSTANTS, {})
    kept = [int(np.count_nonzero(layer.weights)) for layer in integer.layers]
    # Weights of 7 bits are stored in 8; delays of up to 8 steps take 4 bits.
    assert core.synapse_bits == sum(n * bits for n, bits in zip(kept, (8, 4 + 4, 8 + 4), strict=True))
    planned = plan((20, 12, 12, 4), 5, 8, 12, [8, 4, 7], CONSTANTS)
    assert [layer.whole.synapse_bits for layer in planned] == [20 * 12 * 8, 5 * 12 * 12 * (4 + 4), 5 * 12 * 4 * (8 + 4)]
    inputs = SpikeTrains.from_dense(np.random.default_rng(1).random((30, 3, 20)) < 0.2)
    counts = count(integer, inputs, simulate(integer, inputs).as_run().layers)
    exact = sum(n * (bits + CONSTANTS["delay_bits"]) for n, bits in zip(kept, (8, 4, 7), strict=True))
    assert counted(counts, CONSTANTS)["memory"] == pytest.approx(exact * 1e-6)


def test_tables_and_figure_name_the_widths_behind_those_of_all_layers(tmp_path):
    def cell(value, bits=None, platform="loihi"):
        return Cell(platform, "accuracy", "%", value, samples=40, right="1" * 40, bits=bits)

    metrics = [
        Metrics("a", 1, "bars", (cell(80, "8/4/4"), cell(81, None, "pytorch"))),
        Metrics("b", 1, "bars", (cell(70, 4), cell(75, 8))),
    ]
    table = add_intervals(summarise(metrics, {}, ["pytorch", "loihi"], ["accuracy"], ["bits"]), metrics)
    write_table(tmp_path / "t.csv", table, {})
    again = read_table(tmp_path / "t.csv")
    assert [None if pd.isna(bits) else bits for bits in again["bits"]] == [None, "8/4/4", 4, 8]
    assert (again["samples"] == 40).all()
    (axis,) = draw_quantisation(again).axes
    assert [label.get_text() for label in axis.get_xticklabels()] == ["4", "8", "8/4/4"]
