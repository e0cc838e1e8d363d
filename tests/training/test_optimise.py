import dataclasses
import functools

import numpy as np
import pytest
import torch

from delaysnn.core.errors import InputError
from delaysnn.core.spike_trains import SpikeTrains
from delaysnn.training.evaluate import trace
from delaysnn.training.losses import READOUTS
from delaysnn.training.model import DelayNetwork
from delaysnn.training.optimise import fit

PHASE = {"epochs": 12, "learning_rate": 0.02}


def network(settings, levels=10, seed=1):
    return DelayNetwork([12, 16, 3], [1, levels], 2, settings, seed)


def flipped(data):
    return dataclasses.replace(data, labels=(data.labels + 1) % 3)


def weights_of(model):
    return [parameter.detach().numpy().tobytes() for parameter in model.parameters()]


def test_delays_learn_what_a_network_without_cannot(settings, train, validation, tmp_path):
    def accuracy(levels):
        model = network(settings, levels)
        history = fit(model, train, validation, settings, PHASE, seed=1, checkpoint=tmp_path / "c")
        best = max(row["validation_accuracy"] for row in history)
        assert 100 * trace(model, validation, {}).accuracy == pytest.approx(best)
        return best

    assert accuracy(levels=10) > 95
    assert accuracy(levels=1) < 75


def test_a_constant_rate_stays_and_a_cycle_ends_near_nothing(settings, train, validation, tmp_path, monkeypatch):
    rates = []
    original = torch.optim.Adam.step

    def step(optimiser):
        rates.append(optimiser.param_groups[0]["lr"])
        return original(optimiser)

    monkeypatch.setattr(torch.optim.Adam, "step", step)
    phase = {"epochs": 2, "learning_rate": 0.02}
    fit(network(settings), train, validation, {**settings, "schedule": "constant"}, phase, 1, tmp_path / "c")
    assert set(rates) == {0.02}
    rates.clear()
    fit(network(settings), train, validation, {**settings, "schedule": "one_cycle"}, phase, 1, tmp_path / "c")
    assert max(rates) == pytest.approx(0.02, rel=0.05) and rates[-1] < 1e-4


def test_a_phase_that_does_not_help_leaves_the_network_as_it_came(settings, train, validation, tmp_path):
    model = network(settings)
    fit(model, train, validation, settings, PHASE, 1, tmp_path / "c")
    before = weights_of(model)
    history = fit(model, train, validation, settings, {"epochs": 2, "learning_rate": 50.0}, 1, tmp_path / "d")
    assert len(history) == 2 and history[-1]["validation_accuracy"] < 90
    assert weights_of(model) == before


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(settings, train, validation, tmp_path):
    runs = []
    for run, seed in enumerate((1, 1, 2)):
        model = network(settings)
        fit(model, train, validation, settings, {**PHASE, "epochs": 3}, seed, tmp_path / str(run))
        runs.append(weights_of(model))
    assert runs[0] == runs[1] != runs[2]


@pytest.mark.parametrize("stop_after", [1, 4])
def test_a_run_that_was_killed_goes_on_to_the_same_bytes(
    settings, train, validation, tmp_path, killed_after, stop_after
):
    phase = {**PHASE, "epochs": 6}
    whole = network(settings)
    history = fit(whole, train, validation, settings, phase, 1, tmp_path / "whole")

    killed_after(stop_after, lambda: fit(network(settings), train, validation, settings, phase, 1, tmp_path / "c"))
    model = network(settings)
    assert fit(model, train, validation, settings, phase, 1, tmp_path / "c") == history
    assert weights_of(model) == weights_of(whole)


def test_a_phase_that_is_done_is_not_done_again(settings, train, validation, tmp_path, killed_after):
    rest = (train, validation, settings, {**PHASE, "epochs": 3}, 1, tmp_path / "c")
    done, again = network(settings), network(settings)
    history = fit(done, *rest)
    # Were any epoch run, it would be saved.
    with pytest.raises(pytest.fail.Exception, match="DID NOT RAISE"):
        killed_after(1, lambda: fit(again, *rest))
    assert weights_of(again) == weights_of(done)
    assert fit(network(settings), *rest) == history


@pytest.mark.parametrize("change", [lambda data: data.select(np.arange(100)), flipped])
def test_a_checkpoint_of_other_samples_starts_over(settings, train, validation, tmp_path, killed_after, change):
    rest = (validation, settings, {**PHASE, "epochs": 3}, 1)
    killed_after(1, lambda: fit(network(settings), change(train), *rest, tmp_path / "c"))
    expected, model = network(settings), network(settings)
    fit(expected, train, *rest, tmp_path / "whole")
    fit(model, train, *rest, tmp_path / "c")
    assert weights_of(model) == weights_of(expected)


def other_weights(model):
    with torch.no_grad():
        model.weights[1] *= -1
    return model


def other_mask(model):
    model.masks[1][3:] = 0
    return model


def other_width(model):
    model.quantise(3)
    return model


def other_stride(model):
    model.stride = 1
    return model


@pytest.mark.parametrize("change", [other_weights, other_mask, other_width, other_stride])
def test_a_checkpoint_of_another_network_starts_over(settings, train, validation, tmp_path, killed_after, change):
    phase = {**PHASE, "epochs": 3}
    rest = (train, validation, settings, phase, 1)
    killed_after(1, lambda: fit(network(settings), *rest, tmp_path / "c"))
    expected, model = change(network(settings)), change(network(settings))
    fit(expected, *rest, tmp_path / "other")
    fit(model, *rest, tmp_path / "c")
    assert weights_of(model) == weights_of(expected)


def test_a_checkpoint_of_other_code_or_settings_starts_over(settings, train, validation, tmp_path, killed_after):
    phase = {**PHASE, "epochs": 3}
    for other, code in (({**settings, "logit_gain": 9.0}, "1"), (settings, "2")):
        run = functools.partial(fit, train=train, validation=validation, settings=other, phase=phase, seed=1, code=code)
        killed_after(1, functools.partial(run, network(settings), checkpoint=tmp_path / "c"))
        expected, model = network(settings), network(settings)
        fit(expected, train, validation, settings, phase, 1, tmp_path / f"whole{code}", code="1")
        fit(model, train, validation, settings, phase, 1, tmp_path / "c", code="1")
        assert weights_of(model) == weights_of(expected)


@pytest.mark.parametrize("content", [b"half a file", b""])
def test_a_broken_checkpoint_starts_over(settings, train, validation, tmp_path, content):
    phase = {**PHASE, "epochs": 2}
    expected = network(settings)
    fit(expected, train, validation, settings, phase, 1, tmp_path / "a")
    (tmp_path / "c").write_bytes(content)
    model = network(settings)
    fit(model, train, validation, settings, phase, 1, tmp_path / "c")
    assert weights_of(model) == weights_of(expected)


def test_a_loss_that_is_no_number_says_what_to_change(settings, train, validation, tmp_path):
    model = network(settings)
    with torch.no_grad():
        model.decay_logits[0][0] = np.nan
    with pytest.raises(InputError, match="Epoch 1: the loss or its gradient is no number; lower the learning_rate"):
        fit(model, train, validation, settings, PHASE, 1, tmp_path / "c")


def test_only_a_network_silent_after_all_epochs_is_refused(settings, train, validation, tmp_path, caplog):
    silent = {**settings, "threshold": 1e6}
    for _ in range(2):  # the second time from its checkpoint
        with pytest.raises(InputError, match=r"After all 4 epochs layer0 still fires .* lower training\.threshold"):
            fit(network(silent), train, validation, silent, {**PHASE, "epochs": 4}, 1, tmp_path / "c")
    assert caplog.messages.count("epoch 1: layer0, layer1 fire no spike on any validation sample") == 1


def test_a_layer_silent_while_the_rate_warms_up_does_not_stop_the_run(settings, train, validation, tmp_path, caplog):
    # Few samples: an epoch is one step, and the first ones are too small to wake the last layer.
    few, model = train.select(np.arange(16)), network(settings)
    with torch.no_grad():
        model.weights[1] *= 0.2
    changed = {**settings, "warm_up": 0.5}
    history = fit(model, few, validation, changed, {"epochs": 20, "learning_rate": 0.02}, 1, tmp_path / "c")
    assert [row["spikes_layer1"] for row in history[:4]] == [0] * 4 and history[-1]["spikes_layer1"] > 0
    assert "epoch 1: layer1 fires no spike on any validation sample" in caplog.text
    assert trace(model, validation, {}).layers[1].steps.size


def test_a_network_that_fires_is_preferred_to_a_silent_one_that_guesses_better(settings, train, validation, tmp_path):
    # Whoever says nothing is taken to say class 0, which is right here.
    model = network(settings)
    with torch.no_grad():
        model.weights[1] *= 0.2
    zeros = dataclasses.replace(validation, labels=np.zeros_like(validation.labels))
    fit(model, train, zeros, settings, {"epochs": 4, "learning_rate": 0.02}, 1, tmp_path / "c")
    assert trace(model, validation, {}).layers[1].steps.size


def test_a_layer_that_fires_on_training_samples_alone_is_no_reason_to_stop(
    settings, train, validation, tmp_path, caplog
):
    nothing = dataclasses.replace(validation, spikes=SpikeTrains.from_dense(np.zeros((32, len(validation), 12))))
    fit(network(settings), train, nothing, settings, {**PHASE, "epochs": 2}, 1, tmp_path / "c")
    assert "layer0, layer1 fire no spike on any validation sample" in caplog.text


@pytest.mark.parametrize("warm_up", [0, 1 / 24])  # of two epochs of twelve batches: none, and a single one
def test_a_rise_of_the_learning_rate_may_last_no_step_or_one(settings, train, validation, tmp_path, warm_up):
    changed = {**settings, "warm_up": warm_up}
    history = fit(network(changed), train, validation, changed, {**PHASE, "epochs": 2}, 1, tmp_path / "c")
    assert history[-1]["loss"] < history[0]["loss"]


def test_samples_are_learned_from_on_their_finest_steps(settings, train, validation, tmp_path):
    spikes = train.spikes
    fine = SpikeTrains(spikes.offsets, 2 * spikes.steps + 1, spikes.neurons, 2 * spikes.n_steps, spikes.n_neurons)
    silent = SpikeTrains.from_dense(np.zeros((spikes.n_steps, len(train), spikes.n_neurons)))
    splits = train, dataclasses.replace(train, spikes=silent, fine=fine)
    plain, finely = (
        fit(network(settings), split, validation, settings, {**PHASE, "epochs": 2}, 1, tmp_path / str(run))
        for run, split in enumerate(splits)
    )
    assert finely == plain


@pytest.mark.parametrize("loss", READOUTS)
def test_every_loss_falls(settings, train, validation, tmp_path, loss):
    changed = {**settings, "loss": loss}
    history = fit(network(changed), train, validation, changed, {**PHASE, "epochs": 4}, 1, tmp_path / "c")
    assert history[-1]["loss"] < history[0]["loss"]
