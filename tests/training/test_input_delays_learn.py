"""Delays in front of the first layer: drawn, trained, pruned, written and read again."""

import numpy as np
import pytest
import torch
from test_layers import naive_layer
from test_layers import run as differentiate

from delaysnn.core.network import read_network, write_network
from delaysnn.core.spike_trains import SpikeTrains
from delaysnn.settings.networks import DelayLevels, KeptLevels, Network, Shape
from delaysnn.settings.training import Phase, Phases
from delaysnn.training import kernels, layers
from delaysnn.training.fine_tuning import draw_coarse, fit_control, fit_pruned
from delaysnn.training.folds import train_and_score
from delaysnn.training.layers import InputBatch
from delaysnn.training.model import DelayNetwork
from delaysnn.training.optimise import fit, fit_quantised
from delaysnn.training.pruning import prune, refine
from delaysnn.training.shapes import draw_network

CHANNELS, DELAYS = 23, (0, 3, 9)


@pytest.mark.parametrize("sharing", [1, 5])
@pytest.mark.parametrize("compiled", [True, False])
def test_spikes_and_gradients_are_those_of_the_plain_loop(settings, monkeypatch, compiled, sharing):
    if compiled and kernels.library() is None:
        pytest.skip("no C++ compiler: the compiled kernels are not tested")
    monkeypatch.setattr(layers, "compiled", lambda weights: compiled)
    model = DelayNetwork([CHANNELS, 16, 3], [3, 1], 2, settings, 1, input_sharing=sharing, input_delays=DELAYS)
    assert (model.strides, model.levels) == ([3, 2], [4, 1])
    with torch.no_grad():
        model.weights[0].add_(0.01)  # so that neurons fire
    generator = torch.Generator().manual_seed(1)
    spikes = (torch.rand(4, 19, CHANNELS, generator=generator) < 0.4).float()
    probe = [torch.rand(4, 19, 16, generator=generator) for _ in range(2)]
    leaves = [model.weights[0], model.decay_logits[0]]
    batch = InputBatch.of(SpikeTrains.from_dense(spikes.numpy().transpose(1, 0, 2)))
    found = differentiate(lambda *_: model(batch)[0], leaves, probe)

    def loop(weights, logits):
        rows = [channel // sharing for channel in range(CHANNELS)]
        expanded = (weights * model.masks[0])[:, rows]
        constants = {"threshold": model.thresholds[0].double(), "stride": 3}
        return naive_layer(spikes.double(), expanded, torch.sigmoid(logits), **constants)

    double = [leaf.detach().double().requires_grad_() for leaf in leaves]
    expected = differentiate(loop, double, [each.double() for each in probe])
    assert torch.equal(found[0].double(), expected[0]) and 0.02 < expected[0].mean() < 0.9
    # Level 2 is six steps, which is none of the delays.
    assert not found[2][0][2].any() and found[2][0][3].any()
    for a, b in zip((found[1], *found[2]), (expected[1], *expected[2]), strict=True):
        assert torch.allclose(a.double(), b, atol=2e-5 * b.abs().max().item() + 1e-6)


@pytest.mark.parametrize(
    ("shape", "delays", "kept"),
    [
        ({"delays": True, "input_delays": True}, (0, 2, 4, 6, 8, 10), 6),
        ({"delays": False, "input_delays": [0, 3, 9]}, DELAYS, 3),
        ({"delays": "random", "input_delays": [0, 3, 9]}, DELAYS, 2),
        ({"delays": "random", "input_delays": True}, (0, 2, 4, 6, 8, 10), 2),
        ({"delays": "learned", "input_delays": True}, (0, 2, 4, 6, 8, 10), 2),
        ({"delays": True}, (0,), 1),
    ],
)
def test_the_configuration_draws_delays_of_inputs(train, settings, shape, delays, kept):
    shape = Shape(hidden=[10], input_sharing=5, **shape)
    model = draw_network(train, shape, DelayLevels(max=12, stride=2, keep=2), settings, seed=1)
    first = model.export(32, "", 1, "", {}).layers[0]
    assert first.delay_levels == delays and first.weights.shape == (len(delays), 3, 10)
    each = np.count_nonzero(first.weights, axis=0)
    assert each.max() == kept and (shape.delays == "learned" or each.min() == kept)
    # As large as of so many synapses.
    if shape.delays != "learned":
        assert 0.8 < np.abs(first.weights).max() * (12 * kept) ** 0.5 <= 1


@pytest.fixture
def late(settings):
    """Inputs of 12 channels in runs of five, delayed by steps of a list; all levels behind."""
    return DelayNetwork([12, 16, 3], [3, 10], 2, settings, 1, input_sharing=5, input_delays=DELAYS)


@pytest.mark.parametrize("criterion", ["synapse", "axon"])
def test_pruning_acts_on_the_first_layer_as_on_others(late, criterion):
    prune(late, criterion, 2)
    first, second = (mask.bool() for mask in late.masks)
    assert (first.sum(dim=0) == 2).all() and (second.sum(dim=0) == 2).all()
    if criterion == "axon":
        assert (first == first[:, :, :1]).all()


def test_delays_survive_the_file_and_every_way_to_another_network(late, settings, run, tmp_path):
    dense = late.export(32, "tiny", 1, "delayed_pairs", {})
    write_network(tmp_path / "a.safetensors", dense)
    network = read_network(tmp_path / "a.safetensors")
    assert network.layers[0].delay_levels == DELAYS and network.parameters == 3 * 3 * 16 + 10 * 16 * 3
    restored = DelayNetwork.restore(network, settings)
    assert torch.equal(restored.effective_weights()[0], late.effective_weights()[0])
    phases = [Phase(epochs=1, learning_rate=0.02)] * 2
    ways = {
        "restored": (restored, 3),
        "coarse": (draw_coarse(network, 2, settings, 1), 2),
        "control": (fit_control(network, "random", 2, run("a"), phases), 2),
        "pruned": (fit_pruned(network, "synapse", 2, run("b"), phases[0])[0], 2),
        "by and by": (fit_pruned(network, "gradual", 2, run("c"), Phase(epochs=2, learning_rate=0.01))[0], 2),
        "quantised": (fit_quantised(network, 8, run("d"), phases[0], 4), 3),
    }
    for name, (model, kept) in ways.items():
        first = model.export(32, name, 1, "delayed_pairs", {}).layers[0]
        assert {*first.delay_levels} <= {*DELAYS} and first.input_sharing == 5, name
        assert np.count_nonzero(first.weights, axis=0).max() == kept, name
    grid = DelayNetwork([12, 16, 3], [4, 4], 2, settings, 1)
    prune(grid, "synapse", 2)
    assert refine(grid, settings).export(32, "", 1, "", {}).layers[0].delay_levels == tuple(range(7))


def test_a_network_with_delays_of_inputs_alone_learns_what_needs_them(settings, validation, run):
    network = Network(hidden=[16], delays=False, input_delays=[0, 4, 8], pruning="synapse", keep=2)
    assert network.deployed and not Network(hidden=[16], delays=False, pruning="none").deployed
    phases = {key: Phase(epochs=n, learning_rate=0.02) for key, n in (("dense", 12), ("pruned", 4))}
    phases["quantised"] = Phase(epochs=1, learning_rate=0.001)
    course = Phases(**dict(settings), decay_groups=4, **phases)
    cells = train_and_score([run()], validation, network, KeptLevels(max=20, stride=2, keep=2), 8, course)[0]
    assert len(cells) == 6 and min(cell.value for cell in cells) > 90


@pytest.mark.parametrize("delays", [((0, 2), (0, 5)), ((2,), (5,))])
def test_a_checkpoint_of_other_delays_is_not_taken(settings, run, delays):
    one, other = (DelayNetwork([12, 8, 3], [2, 1], 2, settings, 1, input_delays=each) for each in delays)
    for model in (one, other):
        fit(model, run(choose="final"), Phase(epochs=2, learning_rate=0.02))
    assert not torch.equal(one.weights[0], other.weights[0])
