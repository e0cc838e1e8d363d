"""Layers whose spikes return to them after delays of their own."""

import pytest
import torch
from test_layers import SCALE, Surrogate

from delaysnn.core.features import features
from delaysnn.core.network import read_network, write_network
from delaysnn.neurons import registered
from delaysnn.settings.networks import DelayLevels, KeptLevels, Network, Shape
from delaysnn.settings.training import Phase, Phases
from delaysnn.training.evaluate import run_network
from delaysnn.training.fine_tuning import fit_pruned
from delaysnn.training.folds import train_and_score
from delaysnn.training.layers import Fired, delayed_lif
from delaysnn.training.model import DelayNetwork
from delaysnn.training.optimise import fit
from delaysnn.training.shapes import draw_network

RETURNS = (1, 4, 9)
DELAYS = DelayLevels(max=12, stride=4, keep=1)


def loop(neuron, inputs, weights, decay, own, recurrent, threshold):
    """One step at a time, every delay of every axon for itself."""
    u = w = s = torch.zeros(len(inputs), len(decay), dtype=inputs.dtype)
    fired, membrane = [], []
    for step in range(inputs.shape[1]):
        current = inputs[:, step] @ weights
        for delay, back in zip(RETURNS, recurrent, strict=True):
            if delay <= step:
                current = current + fired[step - delay] @ back
        u = decay * u * (1 - s) + current - w
        s = Surrogate.apply(u - threshold)
        if neuron == "adlif":
            b, c, d = own
            w = b * w + c * u + d * s
        fired.append(s)
        membrane.append(u)
    return torch.stack(fired, 1), torch.stack(membrane, 1)


@pytest.mark.parametrize("kept", [1, 2, 3])
@pytest.mark.parametrize("neuron", ["lif", "adlif"])
def test_gradients_are_those_of_the_loop_in_double_precision(neuron, kept):
    generator = torch.Generator().manual_seed(2)

    def random(*shape):
        return torch.rand(*shape, generator=generator, dtype=torch.float64)

    inputs = (random(3, 25, 6) < 0.3).double()
    weights, decay, threshold = (random(6, 7) - 0.3) / 2, 0.5 + 0.4 * random(7), torch.full((7,), 0.3).double()
    own = [0.8 + 0.1 * random(7), 0.1 * random(7), 0.1 * random(7)] if neuron == "adlif" else []
    mask = random(3, 7, 1).argsort(dim=0) < kept
    recurrent = (random(3, 7, 7) - 0.5) * mask
    leaves = [weights, decay, *own, recurrent]
    for leaf in leaves:
        leaf.requires_grad_()
    expected = loop(neuron, inputs, weights, decay, own, recurrent, threshold)
    constants = (1, SCALE, recurrent, registered()[neuron], own, RETURNS)
    layer = delayed_lif(Fired(inputs, inputs), weights[None], decay, threshold, *constants)
    assert torch.equal(layer.spikes, expected[0]) and 0.05 < expected[0].mean() < 0.9
    assert torch.allclose(layer.membrane, expected[1], atol=1e-12)
    probe = random(3, 25, 7), random(3, 25, 7)
    losses = [(s * probe[0] + u * probe[1]).sum() for s, u in (expected, (layer.spikes, layer.membrane))]
    for index, (a, b) in enumerate(zip(*(torch.autograd.grad(loss, leaves) for loss in losses), strict=True)):
        # Of what is pruned the loop asks for a gradient, too.
        within = mask if index == len(leaves) - 1 else 1
        assert a.abs().max() > 0 and torch.allclose(a * within, b, atol=1e-12)


@pytest.fixture
def drawn(train, settings):
    def draw(kind, **more):
        shape = Shape(hidden=[10, 8], delays=False, recurrent=kind, **more)
        return draw_network(train, shape, DELAYS, settings, seed=1)

    return draw


def delays_an_axon(model):
    return [(mask != 0).any(dim=2).sum(dim=0).tolist() for mask in model.recurrent_masks.values()]


def test_a_single_delay_is_kept_and_not_taken_for_one_step(settings):
    for returns, shape in (((1,), (8, 8)), ((3,), (1, 8, 8))):
        model = DelayNetwork([12, 8, 3], [1, 1], 2, settings, 1, recurrent=[0], returns=returns)
        layer = model.export(32, "", 1, "", {}).layers[0]
        assert (layer.recurrent_delays, layer.recurrent.shape) == (returns, shape)


def test_random_delays_of_axons_are_drawn_once_and_never_change(drawn, run, train, settings):
    model, again = drawn("axonal_random"), drawn("axonal_random")
    assert delays_an_axon(model) == [[1] * 10, [1] * 8]
    masks = [mask.clone() for mask in model.recurrent_masks.values()]
    assert all(torch.equal(a, b) for a, b in zip(masks, again.recurrent_masks.values(), strict=True))
    # Whole axons, at different delays, with weights as large as those of as many synapses.
    assert torch.equal(masks[0], masks[0][:, :, :1].expand_as(masks[0])) and masks[0][:, :, 0].any(dim=1).sum() > 1
    assert 0.8 < model.recurrent["0"].abs().max() * 10**0.5 <= 1
    dense = model.export(32, "", 1, train.name, {})
    fine, _ = fit_pruned(dense, "none", 1, run(), Phase(epochs=1, learning_rate=0.01))
    assert all(torch.equal(a, b) for a, b in zip(masks, fine.recurrent_masks.values(), strict=True))


def test_delays_of_axons_are_trained_pruned_and_come_back_from_the_file(
    drawn, run, train, validation, settings, tmp_path
):
    model = drawn("axonal")
    assert model.returns == {"0": (1, 5, 9), "1": (1, 5, 9)} and delays_an_axon(model) == [[3] * 10, [3] * 8]
    before = [weights.detach().clone() for weights in model.recurrent.values()]
    fit(model, run(choose="final"), Phase(epochs=1, learning_rate=0.01))
    assert all((a != b).any(dim=(1, 2)).all() for a, b in zip(before, model.recurrent.values(), strict=True))
    dense = model.export(32, "", 1, train.name, {})
    pruned, _ = fit_pruned(dense, "axon", 1, run("b"), Phase(epochs=1, learning_rate=0.01))
    assert delays_an_axon(pruned) == [[1] * 10, [1] * 8]
    network = pruned.export(32, "late", 1, train.name, {})
    assert network.parameters == 12 * 10 + 10 * 8 + 8 * 3 + 10 * 10 + 8 * 8
    write_network(tmp_path / "a.safetensors", network)
    again = DelayNetwork.restore(read_network(tmp_path / "a.safetensors"), settings)
    (_, ours), (_, theirs) = (next(run_network(each, validation.spikes)) for each in (pruned, again))
    assert all(torch.equal(a, b) for (a, _), (b, _) in zip(ours, theirs, strict=True))


def test_such_a_network_of_a_configuration_is_scored_but_neither_quantised_nor_deployed(settings, validation, run):
    network = Network(hidden=[8], delays=False, recurrent="axonal", pruning="axon", keep=1)
    assert not network.deployed
    phase = Phase(epochs=1, learning_rate=0.02)
    course = Phases(**dict(settings), decay_groups=4, dense=phase, pruned=phase, quantised=phase)
    cells = train_and_score(
        [run(threshold=0.05)], validation, network, KeptLevels(max=12, stride=4, keep=1), 8, course
    )[0]
    assert {cell.bits for cell in cells} == {None}
    model = draw_network(validation, network, DELAYS, settings, seed=1)
    assert features(model.export(32, "", 1, "", {})) == {"recurrent"}
