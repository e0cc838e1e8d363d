from itertools import pairwise

import numpy as np
import pytest
import torch

from delaysnn.settings.training import Phase
from delaysnn.training import general, optimise
from delaysnn.training.fine_tuning import draw_coarse, falling_levels, fit_control, fit_pruned
from delaysnn.training.model import DelayNetwork

PHASES = [Phase(epochs=3, learning_rate=0.02), Phase(epochs=2, learning_rate=0.01)]


@pytest.fixture
def dense(settings):
    return DelayNetwork([12, 16, 3], [1, 10], 2, settings, seed=1).export(32, "tiny", 1, "delayed_pairs", {})


def test_a_coarse_network_starts_as_wide_as_its_own_levels_ask(dense, settings):
    model = draw_coarse(dense, 4, settings, seed=1)
    network = model.export(32, "tiny", 1, "delayed_pairs", {})
    used = network.layers[1].weights.any(axis=(1, 2))
    assert np.array(network.layers[1].delay_levels)[used].tolist() == [0, 6, 12, 18]
    assert network.topology == dense.topology
    assert network.parameters == 12 * 16 + 4 * 16 * 3
    # As of any network of four levels: weights within 1 / sqrt(16 * 4).
    assert 0.9 / 8 < np.abs(network.layers[1].weights).max() <= 1 / 8


@pytest.mark.parametrize("control", ["random", "coarse"])
def test_a_control_keeps_as_many_weights_and_its_seed_gives_its_bytes(dense, run, control):
    # The random control begins silent and has this phase alone to wake up.
    phases = [PHASES[0], Phase(epochs=4, learning_rate=0.02)]

    def trained(name, seed):
        model = fit_control(dense, control, 4, run(name, seed=seed, batch=64), phases)
        return model.export(32, "tiny", seed, "delayed_pairs", {})

    first, again, other = trained("a", 1), trained("b", 1), trained("c", 2)
    assert first.parameters == 12 * 16 + 4 * 16 * 3
    weights = [network.layers[1].weights.tobytes() for network in (first, again, other)]
    assert weights[0] == weights[1] != weights[2]


def test_the_coarse_control_trains_as_long_as_what_it_is_compared_with(dense, run, caplog):
    caplog.set_level("INFO")
    fit_control(dense, "coarse", 4, run(batch=64), PHASES)
    assert [record.args[:2] for record in caplog.records if record.msg.startswith("epoch")] == [
        (1, 3),
        (2, 3),
        (3, 3),
        (1, 2),
        (2, 2),
    ]


@pytest.fixture
def prune_and_fit(dense, run):
    def pruned(criterion, epochs=4, name="c"):
        phase = Phase(epochs=epochs, learning_rate=0.02)
        model, history = fit_pruned(dense, criterion, 4, run(name, batch=64), phase)
        return model.export(32, "tiny", 1, "delayed_pairs", {}), history

    return pruned


@pytest.mark.parametrize("epochs", [12, 13])
def test_refining_ends_with_as_many_weights_after_as_many_epochs(prune_and_fit, epochs):
    (pruned, plain), (refined, history) = prune_and_fit("synapse", epochs), prune_and_fit("refined", epochs)
    assert refined.parameters == pruned.parameters == 12 * 16 + 4 * 16 * 3
    assert [row["epoch"] for row in history] == [row["epoch"] for row in plain] == list(range(1, epochs + 1))
    assert refined.layers[1].delay_levels == tuple(range(19))
    assert refined.layers[1].weights[1::2].any()  # some new delays are worth more than some old ones


def test_a_refined_network_can_be_restored(prune_and_fit, settings):
    network, _ = prune_and_fit("refined")
    again = DelayNetwork.restore(network, settings)
    assert again.stride == 1
    assert again.effective_weights()[1].detach().numpy().tobytes() == network.layers[1].weights.tobytes()


@pytest.mark.parametrize(("stop_after", "rounds"), [(1, 1), (4, 2)])
def test_refining_that_was_killed_in_either_round_goes_on_to_the_same_bytes(
    prune_and_fit, tmp_path, killed_after, stop_after, rounds
):
    whole, history = prune_and_fit("refined", name="whole")
    killed_after(stop_after, lambda: prune_and_fit("refined"))
    assert len(list(tmp_path.glob("c*"))) == rounds
    again, rows = prune_and_fit("refined")
    assert rows == history
    assert [layer.weights.tobytes() for layer in again.layers] == [layer.weights.tobytes() for layer in whole.layers]


def test_levels_fall_geometrically_over_the_first_half_of_the_epochs():
    assert falling_levels(30, 2, 15) == [20, 14, 9, 6, 4, 3, *[2] * 9]
    assert falling_levels(8, 1, 7) == [4, 2, *[1] * 5]
    assert falling_levels(10, 4, 1) == [4] and falling_levels(10, 10, 4) == [10] * 4


def test_gradual_pruning_ends_with_as_many_weights_and_never_gives_one_back(
    prune_and_fit, dense, settings, monkeypatch
):
    masks = []
    original = optimise.prune

    def prune(model, *rest):
        original(model, *rest)
        masks.append(model.masks[1].clone())

    monkeypatch.setattr(optimise, "prune", prune)
    network, history = prune_and_fit("gradual", epochs=12)
    assert network.parameters == 12 * 16 + 4 * 16 * 3 and len(history) == 12
    assert [int(mask.sum(dim=0).max()) for mask in masks] == falling_levels(10, 4, 12)
    assert all((after <= before).all() for before, after in pairwise(masks))
    # It chooses others than pruning at once.
    once = DelayNetwork.restore(dense, settings)
    original(once, "synapse", 4)
    assert not torch.equal(once.masks[1], masks[-1])


def test_gradual_pruning_takes_no_epoch_with_more_levels(prune_and_fit, monkeypatch):
    scores = iter([50.0, *range(99, 0, -1)])

    def validate(*_):
        return {"validation_loss": 1.0, "validation_accuracy": next(scores), "spikes_layer0": 1, "spikes_layer1": 1}

    # Each epoch is worse than the one before, so the first with all pruned is the best.
    monkeypatch.setattr(general, "_validate", validate)
    network, _ = prune_and_fit("gradual", epochs=8)
    assert (network.layers[1].weights != 0).sum(axis=0).max() == 4


@pytest.mark.parametrize("stop_after", [1, 4])
def test_gradual_pruning_that_was_killed_goes_on_to_the_same_bytes(prune_and_fit, killed_after, stop_after):
    whole, history = prune_and_fit("gradual", 6, name="whole")
    killed_after(stop_after, lambda: prune_and_fit("gradual", 6))
    again, rows = prune_and_fit("gradual", 6)
    assert rows == history
    assert [layer.weights.tobytes() for layer in again.layers] == [layer.weights.tobytes() for layer in whole.layers]
