"""Networks of the configuration: as many weights as it says, and every one of them learns."""

import numpy as np
import pytest
import torch

from delaysnn.core.dataset import Dataset
from delaysnn.core.network import read_network, write_network
from delaysnn.core.spike_trains import SpikeTrains
from delaysnn.settings.networks import DelayLevels, Shape
from delaysnn.settings.training import Phase
from delaysnn.training.evaluate import run_network
from delaysnn.training.model import DelayNetwork
from delaysnn.training.optimise import fit
from delaysnn.training.pruning import prune
from delaysnn.training.shapes import draw_network

DELAYS = DelayLevels(max=60, stride=2)
RECURRENT = Shape(hidden=[85, 85], delays=False, recurrent=True)
RANDOM = Shape(hidden=[48, 48], delays="random")
SMALL = Shape(hidden=[10, 8], delays=False, recurrent=True)
PHASE = Phase(epochs=2, learning_rate=0.01)


@pytest.fixture
def shd():
    return Dataset(SpikeTrains.from_dense(np.zeros((64, 1, 700))), np.zeros(1), np.zeros(1), "shd", 20, 1 / 64)


def test_the_recurrent_baseline_has_as_many_weights_as_network_48_keeps(shd, settings):
    exported = draw_network(shd, RECURRENT, DELAYS, settings, seed=1).export(64, "85recurrent", 1, "shd", {})
    assert exported.parameters == 700 * 85 + 2 * 85 * 85 + 85 * 85 + 85 * 20 == 82875
    assert [layer.delay_levels for layer in exported.layers] == [(0,)] * 3
    assert [layer.recurrent is not None for layer in exported.layers] == [True, True, False]


def test_recurrent_weights_learn_and_come_back_from_the_file(train, validation, settings, run, tmp_path):
    model = draw_network(train, SMALL, DELAYS, settings, seed=1)
    drawn = [weights.detach().clone() for weights in model.recurrent.values()]
    assert [tuple(weights.shape) for weights in drawn] == [(10, 10), (8, 8)]
    fit(model, run(), PHASE)
    assert all((a != b).any() for a, b in zip(drawn, model.recurrent.values(), strict=True))
    write_network(tmp_path / "a.safetensors", model.export(32, "small", 1, train.name, {}))
    again = DelayNetwork.restore(read_network(tmp_path / "a.safetensors"), settings)
    assert list(again.recurrent) == ["0", "1"]
    (_, ours), (_, theirs) = (next(run_network(each, validation.spikes)) for each in (model, again))
    assert all(torch.equal(a, b) for (a, _), (b, _) in zip(ours, theirs, strict=True))


def test_random_delays_are_as_many_as_pruning_keeps_of_every_pair(shd, settings):
    delays = DelayLevels(max=60, stride=2, keep=15)
    model, again, other = (draw_network(shd, RANDOM, delays, settings, seed) for seed in (1, 1, 2))
    assert model.export(64, "48random", 1, "shd", {}).parameters == 82560
    for index, mask in enumerate(model.masks[1:], 1):
        assert (mask.sum(dim=0) == 15).all()
        assert torch.equal(mask, again.masks[index]) and not torch.equal(mask, other.masks[index])
        # Every level is drawn equally often, and weights are as large as those of as many synapses.
        assert (mask.mean(dim=(1, 2)) - 0.5).abs().max() < 0.08
        assert 0.9 < model.weights[index].abs().max() * (48 * 15) ** 0.5 <= 1


def test_random_delays_never_change(train, settings, run, tmp_path):
    shape, delays = Shape(hidden=[10], delays="random"), DelayLevels(max=12, stride=2, keep=2)
    model = draw_network(train, shape, delays, settings, seed=1)
    drawn = [mask.clone() for mask in model.masks]
    for _ in range(2):
        prune(model, "none", 2)
        fit(model, run(), PHASE)
        write_network(tmp_path / "a.safetensors", model.export(32, "small", 1, train.name, {}))
        model = DelayNetwork.restore(read_network(tmp_path / "a.safetensors"), settings)
        assert all(torch.equal(mask, was) for mask, was in zip(model.masks, drawn, strict=True))


def test_pruning_leaves_a_recurrent_network_whole(train, settings):
    model = draw_network(train, SMALL, DELAYS, settings, seed=1)
    prune(model, "none", 15)
    assert all((mask == 1).all() for mask in model.masks)
