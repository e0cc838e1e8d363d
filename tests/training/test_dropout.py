from functools import partial

import numpy as np
import pytest
import torch

from delaysnn.settings.training import Phase
from delaysnn.training import general, kernels, layers
from delaysnn.training.dropout import leave_out
from delaysnn.training.evaluate import to_trains
from delaysnn.training.layers import Fired, InputBatch
from delaysnn.training.model import DelayNetwork
from delaysnn.training.optimise import fit


@pytest.fixture(params=["compiled", "torch"])
def way(request, monkeypatch):
    """Run what follows by the compiled kernels, and in pure torch."""
    if request.param == "torch":
        monkeypatch.setattr(layers, "compiled", lambda weights: False)
    elif kernels.library() is None:
        pytest.skip("no C++ compiler: the compiled kernels are not tested")


@pytest.fixture
def model(settings):
    """A network that fires in every layer before it is trained."""
    model = DelayNetwork([12, 16, 16, 3], [1, 10, 10], 2, settings, seed=1)
    with torch.no_grad():
        for weights in model.weights:
            weights *= 2
    return model


@pytest.fixture
def batch(train):
    return InputBatch.of(train.spikes, slice(16))


def thin(share):
    return partial(leave_out, share=share, random=np.random.default_rng(3))


def with_events(spikes, membrane):
    return Fired(spikes, membrane, InputBatch.of(to_trains(spikes.detach())).events)


def some(share):
    """Return spikes at half of the places, and what is left of them."""
    spikes = torch.from_numpy(np.random.default_rng(0).random((20, 40, 50)) < 0.5).float()
    fired = with_events(spikes.requires_grad_(), torch.zeros(20, 40, 50))
    return fired, thin(share)(fired)


def test_a_share_of_the_spikes_is_left_out_and_the_others_stay_as_large():
    fired, left = some(0.3)
    assert set(left.spikes.unique().tolist()) == {0, 1} and (left.spikes <= fired.spikes).all()
    assert (left.spikes.sum() / fired.spikes.sum()).item() == pytest.approx(0.7, abs=0.01)
    left.spikes.sum().backward()
    # Where no spike is, one would be left out as often.
    assert fired.spikes.grad.mean().item() == pytest.approx(0.7, abs=0.01)
    assert (left.spikes == fired.spikes * fired.spikes.grad).all()


def test_steps_are_left_out_of_all_neurons_of_a_sample_at_once():
    spikes = torch.ones(20, 40, 50)
    fired = with_events(spikes, torch.zeros(20, 40, 50))
    left = leave_out(fired, 0, np.random.default_rng(3), steps=0.3)
    each = left.spikes.mean(dim=2)
    assert set(each.unique().tolist()) == {0, 1} and each.mean().item() == pytest.approx(0.7, abs=0.03)
    assert not torch.equal(each[0], each[1])
    assert InputBatch(*left.events, 40, 50).dense(torch.float32, torch.device("cpu")).equal(left.spikes)
    # Beside a share of the spikes, those are left out as without.
    some = leave_out(fired, 0.3, np.random.default_rng(3)).spikes
    both = leave_out(fired, 0.3, np.random.default_rng(3), steps=0.3).spikes
    stays = both.amax(dim=2, keepdim=True)
    assert torch.equal(both, some * stays) and 0.6 < stays.mean().item() < 0.8


def test_events_are_those_of_the_spikes_that_stay():
    fired, left = some(0.3)
    assert InputBatch(*left.events, 40, 50).dense(torch.float32, torch.device("cpu")).equal(left.spikes.detach())
    assert InputBatch(*fired.events, 40, 50).dense(torch.float32, torch.device("cpu")).equal(fired.spikes.detach())


def test_the_next_layer_gets_what_stays_and_no_layer_fires_less_for_it(way, model, batch):
    whole, thinned = model(batch), model(batch, thin(0.5))
    # Those that spikes are left out of fired all the same, and were reset.
    assert all(torch.equal(a, b) for a, b in zip(whole[0], thinned[0], strict=True))
    stay = thin(0.5)(with_events(*whole[0]))
    neurons = model.effective_weights()[1], model.decays()[1], model.thresholds[1]
    expected = layers.delayed_lif(stay, *neurons, model.stride, model.surrogate_slope)
    assert torch.equal(thinned[1][1], expected.membrane) and not torch.equal(thinned[1][1], whole[1][1])


def test_both_ways_leave_out_the_same_and_have_the_same_gradient(model, batch, monkeypatch):
    if kernels.library() is None:
        pytest.skip("no C++ compiler: the compiled kernels are not tested")
    results = []
    for compiled in (True, False):
        monkeypatch.setattr(layers, "compiled", lambda weights, compiled=compiled: compiled)
        found = model(batch, thin(0.3))
        gradients = torch.autograd.grad(found[-1][0].sum() + found[-1][1].square().sum(), list(model.parameters()))
        results.append(([spikes for spikes, _ in found], gradients))
    assert all(torch.equal(a, b) for a, b in zip(results[0][0], results[1][0], strict=True))
    for a, b in zip(results[0][1], results[1][1], strict=True):
        assert torch.allclose(a, b, rtol=1e-3, atol=1e-4 * b.abs().max().item())


def test_without_dropout_nothing_is_drawn_for_it(model, run, monkeypatch):
    monkeypatch.setattr(general, "leave_out", None)
    fit(model, run(dropout=0), Phase(epochs=1, learning_rate=0.02))
    for share in ({"dropout": 0.1}, {"step_dropout": 0.1}):
        with pytest.raises(TypeError):
            fit(model, run(**share), Phase(epochs=1, learning_rate=0.02))


def weights_of(model):
    return [parameter.detach().numpy().tobytes() for parameter in model.parameters()]


def test_a_killed_run_goes_on_to_the_same_bytes(settings, run, killed_after):
    def network():
        return DelayNetwork([12, 16, 3], [1, 10], 2, settings, seed=1)

    whole, model, plain, phase = network(), network(), network(), Phase(epochs=4, learning_rate=0.02)
    history = fit(whole, run("whole", dropout=0.2), phase)
    killed_after(2, lambda: fit(network(), run(dropout=0.2), phase))
    assert fit(model, run(dropout=0.2), phase) == history
    assert weights_of(model) == weights_of(whole)
    fit(plain, run("plain"), phase)
    assert weights_of(plain) != weights_of(whole)


def test_validation_leaves_nothing_out(run, model):
    first = Phase(epochs=1, learning_rate=1e-12)
    thinned, whole = (fit(model, run(f"{share}", dropout=share), first)[0] for share in (0.9, 0))
    assert thinned["loss"] != whole["loss"]
    assert thinned["validation_loss"] == pytest.approx(whole["validation_loss"])
    assert thinned["spikes_layer2"] == whole["spikes_layer2"] > 0
