"""Delays that are trained as weights are: spread over levels, rounded, exported, resumed."""

import math

import numpy as np
import pytest
import torch

from delaysnn.core.errors import InputError
from delaysnn.core.network import read_network, write_network
from delaysnn.settings.networks import DelayLevels, KeptLevels, Network, Shape
from delaysnn.settings.training import Phase, Phases, Positions
from delaysnn.training.evaluate import fired, trace
from delaysnn.training.fine_tuning import fit_pruned
from delaysnn.training.folds import train_and_score
from delaysnn.training.layers import shifted_current
from delaysnn.training.model import DelayNetwork
from delaysnn.training.optimise import fit
from delaysnn.training.positions import place
from delaysnn.training.pruning import prune
from delaysnn.training.shapes import draw_network

POSITIONS = Positions(widest=5, narrowest=0.5, narrowing=0.25, rate_factor=25)
DELAYS = DelayLevels(max=20, stride=2, keep=2)
SHAPE = Shape(hidden=[16], delays="learned")


@pytest.fixture
def learning(run):
    return lambda name="c", **changes: run(name, positions=POSITIONS.model_dump(), **changes)


def drawn(train, settings, delays=DELAYS):
    return draw_network(train, SHAPE, delays, settings, seed=1)


def synapses(levels=7, sigma_seed=0):
    random = torch.Generator().manual_seed(sigma_seed)
    weights = torch.randn(3, 2, 4, generator=random, dtype=torch.float64)
    return weights, (levels - 1) * torch.rand(3, 2, 4, generator=random, dtype=torch.float64)


@pytest.mark.parametrize("sigma", [0.05, 0.5, 3.0])
def test_a_weight_is_spread_by_a_gaussian_of_sum_1(sigma):
    weights, positions = synapses()
    placed = place(weights, positions, 7, sigma)
    assert torch.allclose(placed.sum(dim=0), weights.sum(dim=0))
    for pre in range(2):
        for post in range(4):
            found = [0.0] * 7
            for weight, position in zip(weights[:, pre, post], positions[:, pre, post], strict=True):
                # Relative to the nearest level, so that a narrow Gaussian is no 0 / 0.
                nearest = round(float(position))
                each = [math.exp(((nearest - position) ** 2 - (d - position) ** 2) / (2 * sigma**2)) for d in range(7)]
                found = [sum_ + float(weight) * g / sum(each) for sum_, g in zip(found, each, strict=True)]
            assert placed[:, pre, post].tolist() == pytest.approx(found)


@pytest.mark.parametrize("sigma", [0.5, 3.0])
def test_gradients_are_those_of_finite_differences(sigma):
    inputs = [each.requires_grad_() for each in synapses()]
    assert torch.autograd.gradcheck(lambda weights, positions: place(weights, positions, 7, sigma), inputs)


def test_rounded_positions_are_levels_and_what_meets_on_one_adds_up():
    weights = torch.tensor([2.0, -0.5, 4.0]).reshape(3, 1, 1)
    placed = place(weights, torch.tensor([1.4, 0.6, 3.0]).reshape(3, 1, 1), 4, None)
    assert placed.flatten().tolist() == [0, 1.5, 0, 4]
    # As a Gaussian that is as narrow as can be.
    apart, positions = synapses()
    assert torch.allclose(place(apart, positions, 7, None), place(apart, positions.round(), 7, 0.01))


@pytest.mark.parametrize("start", [1.0, 10.0])
def test_the_delay_that_a_task_needs_is_found_from_a_wrong_start(start):
    spikes = (torch.rand(8, 60, 1, generator=torch.Generator().manual_seed(0)) < 0.1).float()
    wanted = torch.nn.functional.pad(spikes, (0, 0, 14, 0))[:, :60]
    weights = torch.tensor([[[0.1]]], requires_grad=True)
    positions = torch.tensor([[[start]]], requires_grad=True)
    optimiser = torch.optim.Adam([{"params": weights, "lr": 0.02}, {"params": positions, "lr": 0.1}])
    for epoch in range(300):
        current = shifted_current(spikes, place(weights, positions, 12, POSITIONS.sigma(epoch, 300)), 2)
        optimiser.zero_grad()
        ((current - wanted) ** 2).mean().backward()
        optimiser.step()
    assert positions.item() == pytest.approx(7, abs=0.2)
    assert place(weights, positions, 12, None).flatten().nonzero().tolist() == [[7]]


def test_the_gaussian_narrows_by_the_same_factor_each_epoch_and_then_stays():
    widths = [POSITIONS.sigma(epoch, 16) for epoch in range(16)]
    assert widths[0] == 5 and widths[4:] == [0.5] * 12
    assert np.allclose(np.divide(widths[1:5], widths[:4]), 0.1**0.25)
    assert POSITIONS.model_copy(update={"narrowing": 0}).sigma(0, 16) == 0.5


def test_synapses_are_as_many_as_the_configuration_says_and_drawn_over_all_levels(train, settings):
    delays = DelayLevels(max=60, stride=2, keep=3)
    model, other = drawn(train, settings, delays), draw_network(train, SHAPE, delays, settings, seed=2)
    assert list(model.positions) == ["1"] and model.weights[1].shape == (3, 16, 3) and model.levels == [1, 30]
    positions = model.positions["1"]
    assert positions.min() >= 0 and positions.max() <= 29 and 10 < positions.mean() < 19
    assert not torch.equal(positions, other.positions["1"])
    # As large as those of as many synapses.
    assert 0.9 < model.weights[1].abs().max() * (16 * 3) ** 0.5 <= 1
    # All else is drawn as without.
    plain = draw_network(train, Shape(hidden=[16], delays=True), delays, settings, seed=1)
    assert torch.equal(plain.weights[0], model.weights[0])


def test_a_network_learns_delays_and_is_an_ordinary_one_in_its_file(train, validation, settings, learning, tmp_path):
    model = drawn(train, settings)
    before = model.positions["1"].detach().clone()
    history = fit(model, learning(), Phase(epochs=12, learning_rate=0.02))
    positions = model.positions["1"]
    assert (positions - before).abs().mean() > 1 and positions.min() >= 0 and positions.max() <= 9
    # Epochs are chosen with rounded positions, which is what the file has.
    best = max(row["validation_accuracy"] for row in history)
    assert 100 * trace(model, validation, {}).accuracy == pytest.approx(best) and best > 85
    network = model.export(32, "small", 1, train.name, {})
    assert network.layers[1].delay_levels == tuple(range(0, 20, 2))
    assert 1 <= (network.layers[1].weights != 0).sum(axis=0).max() <= 2
    write_network(tmp_path / "a.safetensors", network)
    again = DelayNetwork.restore(read_network(tmp_path / "a.safetensors"), settings)
    assert not again.positions
    pairs = zip(fired(model, validation.spikes), fired(again, validation.spikes), strict=True)
    assert all(np.array_equal(getattr(a, part), getattr(b, part)) for a, b in pairs for part in ("steps", "neurons"))
    # Fine-tuning changes weights, but no delay.
    tuned, _ = fit_pruned(network, "none", 2, learning("d"), Phase(epochs=1, learning_rate=0.01))
    assert torch.equal(tuned.masks[1], (torch.from_numpy(network.layers[1].weights) != 0).float())


def test_a_run_that_was_killed_goes_on_to_the_same_bytes(train, settings, learning, killed_after):
    phase = Phase(epochs=4, learning_rate=0.01)
    whole, half = drawn(train, settings), drawn(train, settings)
    history = fit(whole, learning("whole"), phase)
    # While the Gaussian still narrows.
    killed_after(1, lambda: fit(half, learning("half"), phase))
    half = drawn(train, settings)
    assert fit(half, learning("half"), phase) == history
    assert "positions.1" in half.state_dict()
    assert all(torch.equal(values, half.state_dict()[key]) for key, values in whole.state_dict().items())


def test_a_checkpoint_of_other_positions_or_levels_is_not_gone_on_from(train, settings, learning):
    phase = Phase(epochs=1, learning_rate=0.01)
    fit(drawn(train, settings), learning(), phase)
    moved, longer = drawn(train, settings), drawn(train, settings)
    with torch.no_grad():
        moved.positions["1"].fill_(3.0)
    longer.levels[1] = 12
    for model, name in ((moved, "moved"), (longer, "longer")):
        state = {key: values.clone() for key, values in model.state_dict().items()}
        alone = drawn(train, settings)
        alone.levels[1] = model.levels[1]
        alone.load_state_dict(state)
        assert fit(model, learning(), phase) == fit(alone, learning(name), phase)


def test_every_phase_is_scored(train, validation, settings, learning):
    parts = {"dense": (12, 0.02), "pruned": (2, 0.01), "quantised": (1, 0.001)}
    phases = {key: Phase(epochs=epochs, learning_rate=rate) for key, (epochs, rate) in parts.items()}
    course = Phases(**{**settings.model_dump(), "positions": POSITIONS, "decay_groups": 4, **phases})
    network = Network(hidden=[16], delays="learned", pruning="none", keep=2)
    delays = KeptLevels(max=20, stride=2, keep=2)
    cells = train_and_score([learning()], validation, network, delays, 8, course)[0]
    test = {(cell.phase, cell.bits): cell.value for cell in cells if cell.split is None}
    assert set(test) == {("dense", None), (None, None), (None, 8)} and min(test.values()) > 70


def test_what_cannot_be_is_refused(train, settings, run):
    model = drawn(train, settings)
    with pytest.raises(InputError, match="learned delays cannot be pruned"):
        prune(model, "synapse", 1)
    with pytest.raises(InputError, match=r"training\.positions is null"):
        fit(model, run(), Phase(epochs=1, learning_rate=0.01))
