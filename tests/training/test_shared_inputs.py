"""A weight that several input channels share, against the plain loop over time in double precision."""

import pytest
import torch
from test_layers import naive_layer, run

from delaysnn.core.network import expand_inputs, read_network, write_network
from delaysnn.core.spike_trains import SpikeTrains
from delaysnn.settings.networks import DelayLevels, KeptLevels, Network, Shape
from delaysnn.settings.training import Phase, Phases
from delaysnn.training import kernels, layers
from delaysnn.training.evaluate import fired
from delaysnn.training.fine_tuning import draw_coarse, fit_control, fit_pruned
from delaysnn.training.folds import train_and_score
from delaysnn.training.layers import InputBatch
from delaysnn.training.model import DelayNetwork
from delaysnn.training.optimise import fit, fit_quantised
from delaysnn.training.pruning import prune, refine
from delaysnn.training.shapes import draw_network

CHANNELS, SHARING, ROWS = 23, 5, 5


def model_of(settings, width, recurrent=()):
    topology = [CHANNELS, width, 3]
    model = DelayNetwork(topology, [1, 4], 2, settings, 1, recurrent, input_sharing=SHARING)
    with torch.no_grad():
        model.weights[0].add_(0.05)  # so that neurons fire
    return model


def summed(spikes):
    """Sum spikes [batch, time, channel] over runs of channels."""
    runs = [spikes[:, :, first : first + SHARING].sum(dim=2) for first in range(0, CHANNELS, SHARING)]
    return torch.stack(runs, dim=2)


# Widths on either side of what the kernels sum in registers.
@pytest.mark.parametrize(("width", "recurrent"), [(16, ()), (150, ()), (16, (0,))])
@pytest.mark.parametrize("compiled", [True, False])
def test_spikes_of_one_step_in_one_run_all_count(settings, monkeypatch, width, recurrent, compiled):
    if compiled and kernels.library() is None:
        pytest.skip("no C++ compiler: the compiled kernels are not tested")
    monkeypatch.setattr(layers, "compiled", lambda weights: compiled)
    model = model_of(settings, width, recurrent)
    spikes = torch.rand(4, 19, CHANNELS, generator=torch.Generator().manual_seed(1)) < 0.4
    assert summed(spikes).max() >= 4
    probe = [torch.rand(4, 19, width, generator=torch.Generator().manual_seed(seed)) for seed in (2, 3)]
    leaves = [model.weights[0], model.decay_logits[0], *model.recurrent.values()]

    def ours(*_):
        batch = InputBatch.of(SpikeTrains.from_dense(spikes.numpy().transpose(1, 0, 2)))
        return model(batch)[0]

    found = run(ours, leaves, probe)
    double = [leaf.detach().double().requires_grad_() for leaf in leaves]

    def loop(weights, logits, *fed_back):
        inputs = summed(spikes).double()
        constants = {"threshold": model.thresholds[0].double(), "stride": 1}
        return naive_layer(inputs, weights, torch.sigmoid(logits), *fed_back, **constants)

    expected = run(loop, double, [each.double() for each in probe])
    assert torch.equal(found[0].double(), expected[0]) and 0.02 < expected[0].mean() < 0.9
    assert found[2][0].shape == (1, ROWS, width)
    for a, b in zip((found[1], *found[2]), (expected[1], *expected[2]), strict=True):
        assert torch.allclose(a.double(), b, atol=2e-5 * b.abs().max().item() + 1e-6)


def test_only_the_first_layer_shares_and_its_weights_are_as_large_as_of_all_channels(settings):
    shared, plain = (DelayNetwork([700, 48, 20], [1, 30], 2, settings, 1, input_sharing=n) for n in (5, 1))
    assert [tuple(weights.shape) for weights in shared.weights] == [(1, 140, 48), (30, 48, 20)]
    assert [tuple(mask.shape) for mask in shared.masks] == [(1, 140, 48), (30, 48, 20)]
    for model in (shared, plain):
        assert 0.99 < model.weights[0].abs().max() * 700**0.5 <= 1


@pytest.fixture
def small(settings):
    """On the samples of 12 channels: runs of five, five and two."""
    return DelayNetwork([12, 16, 3], [1, 10], 2, settings, 1, input_sharing=5)


def test_sharing_survives_the_file_and_every_way_to_another_network(small, settings, run, tmp_path):
    prune(small, "synapse", 4)
    write_network(tmp_path / "a.safetensors", small.export(32, "tiny", 1, "delayed_pairs", {}))
    network = read_network(tmp_path / "a.safetensors")
    assert (network.topology, network.parameters) == ((12, 16, 3), 3 * 16 + 4 * 16 * 3)
    restored = DelayNetwork.restore(network, settings)
    assert torch.equal(restored.weights[0], small.weights[0])
    phases = [Phase(epochs=1, learning_rate=0.02)] * 2
    ways = {
        "restored": restored,
        "refined": refine(restored, settings),
        "coarse": draw_coarse(network, 4, settings, 1),
        "control": fit_control(network, "random", 4, run("a"), phases),
        "trained coarse": fit_control(network, "coarse", 4, run("b"), phases),
        "pruned and refined": fit_pruned(network, "refined", 4, run("c"), Phase(epochs=2, learning_rate=0.01))[0],
        "quantised": fit_quantised(network, 4, run("d"), phases[0], 4),
    }
    for name, model in ways.items():
        exported = model.export(32, name, 1, "delayed_pairs", {})
        assert exported.topology == (12, 16, 3), name
        assert (exported.layers[0].input_sharing, exported.layers[0].weights.shape) == (5, (1, 3, 16)), name
    assert ways["quantised"].export(32, "q", 1, "d", {}).layers[0].bits == 4


def test_a_network_that_is_restored_expanded_fires_the_same_spikes(small, validation, settings):
    network = small.export(32, "tiny", 1, "delayed_pairs", {})
    expanded = DelayNetwork.restore(expand_inputs(network), settings)
    for ours, theirs in zip(fired(small, validation.spikes), fired(expanded, validation.spikes), strict=True):
        assert (ours.neurons == theirs.neurons).all() and (ours.steps == theirs.steps).all()


def test_a_checkpoint_of_other_runs_of_channels_is_not_taken(settings, run, train):
    """Twelve channels in runs of five and in runs of four: three weights to a neuron, of the same values."""
    phase = Phase(epochs=2, learning_rate=0.02)
    shared = DelayNetwork([12, 8, 3], [1, 4], 2, settings, 1, input_sharing=5)
    other = DelayNetwork([12, 8, 3], [1, 4], 2, settings, 1, input_sharing=4)
    other.load_state_dict(shared.state_dict())
    fit(shared, run(), phase)
    fit(other, run(), phase)
    assert not torch.equal(shared.weights[0], other.weights[0])


def test_the_configuration_draws_it(train, settings):
    shape = Shape(hidden=[10], delays=True, input_sharing=5)
    model = draw_network(train, shape, DelayLevels(max=12, stride=2), settings, seed=1)
    assert tuple(model.weights[0].shape) == (1, 3, 10)


def test_a_shared_network_learns_and_is_scored_in_a_fold(settings, validation, run):
    network = Network(hidden=[16], delays=True, pruning="synapse", input_sharing=6)
    phases = {key: Phase(epochs=n, learning_rate=0.02) for key, n in (("dense", 12), ("pruned", 4))}
    phases["quantised"] = Phase(epochs=1, learning_rate=0.001)
    course = Phases(**dict(settings), decay_groups=4, **phases)
    cells = train_and_score([run()], validation, network, KeptLevels(max=20, stride=2, keep=5), 8, course)[0]
    assert len(cells) == 6 and min(cell.value for cell in cells) > 90
