import dataclasses
import itertools

import numpy as np
import pytest
import torch

from delaysnn.core.errors import InputError
from delaysnn.core.spike_trains import SpikeTrains
from delaysnn.settings.training import Phase
from delaysnn.training import general, tries
from delaysnn.training.evaluate import trace
from delaysnn.training.losses import READOUTS
from delaysnn.training.model import DelayNetwork
from delaysnn.training.optimise import fit, fit_quantised

PHASE = Phase(epochs=12, learning_rate=0.02)


def brief(epochs):
    return PHASE.model_copy(update={"epochs": epochs})


def network(settings, levels=10, seed=1):
    return DelayNetwork([12, 16, 3], [1, levels], 2, settings, seed)


def flipped(data):
    return dataclasses.replace(data, labels=(data.labels + 1) % 3)


def weights_of(model):
    return [parameter.detach().numpy().tobytes() for parameter in model.parameters()]


def test_delays_learn_what_a_network_without_cannot(settings, validation, run):
    def accuracy(levels):
        model = network(settings, levels)
        history = fit(model, run(f"{levels}"), PHASE)
        best = max(row["validation_accuracy"] for row in history)
        assert 100 * trace(model, validation, {}).accuracy == pytest.approx(best)
        return best

    assert accuracy(levels=10) > 95
    assert accuracy(levels=1) < 75


def test_a_constant_rate_stays_and_a_cycle_ends_near_nothing(settings, run, monkeypatch):
    rates = []
    original = torch.optim.Adam.step

    def step(optimiser):
        rates.append(optimiser.param_groups[0]["lr"])
        return original(optimiser)

    monkeypatch.setattr(torch.optim.Adam, "step", step)
    fit(network(settings), run(schedule="constant"), brief(2))
    assert set(rates) == {0.02}
    rates.clear()
    fit(network(settings), run(schedule="one_cycle"), brief(2))
    assert max(rates) == pytest.approx(0.02, rel=0.05) and rates[-1] < 1e-4


def test_without_weight_decay_every_byte_is_as_by_plain_adam(settings, run, monkeypatch):
    model, expected = network(settings), network(settings)
    fit(model, run(), brief(3))

    def adam(groups, fused, **_):
        return plain([{key: group[key] for key in ("params", "lr")} for group in groups], fused=fused)

    plain = torch.optim.Adam
    monkeypatch.setattr(torch.optim, "Adam", adam)
    fit(expected, run("d"), brief(3))
    assert weights_of(model) == weights_of(expected)


def test_weight_decay_takes_its_share_of_each_synaptic_weight_a_step_and_nothing_of_decays(settings, run, monkeypatch):
    # Nothing but the decay moves a weight that has no gradient.
    def no_gradient(layers, *_):
        return 0 * sum(fired.sum() + membrane.sum() for fired, membrane in layers)

    monkeypatch.setattr(general, "cross_entropy", no_gradient)
    model = DelayNetwork([12, 16, 3], [1, 1], 2, settings, seed=1, recurrent=[0])
    before = {name: value.clone() for name, value in model.state_dict().items()}
    steps = run(choose="final", schedule="constant", weight_decay=0.5)
    fit(model, steps, Phase(epochs=1, learning_rate=0.01))
    for name, value in model.state_dict().items():
        synaptic = name.startswith(("weights", "recurrent"))
        assert torch.allclose(value, before[name] * (0.995 if synaptic else 1) ** 12, rtol=1e-5, atol=0)


def test_a_phase_that_does_not_help_leaves_the_network_as_it_came(settings, run):
    model = network(settings)
    fit(model, run(), PHASE)
    before = weights_of(model)
    history = fit(model, run("d"), Phase(epochs=2, learning_rate=50))
    assert len(history) == 2 and history[-1]["validation_accuracy"] < 90
    assert weights_of(model) == before


def test_a_phase_may_end_with_its_last_epoch_though_it_came_better(settings, validation, run):
    model = network(settings)
    fit(model, run(), PHASE)
    history = fit(model, run("d", choose="final"), Phase(epochs=2, learning_rate=50))
    assert history[-1]["validation_accuracy"] < 90
    assert 100 * trace(model, validation, {}).accuracy == pytest.approx(history[-1]["validation_accuracy"])


@pytest.fixture
def epoch_ends(monkeypatch):
    """Collect the parameters at the end of every epoch."""
    ends, original = [], tries.save

    def save(path, key, state):
        if "optimiser" in state:
            ends.append({name: value.numpy().copy() for name, value in state["model"].items()})
        original(path, key, state)

    monkeypatch.setattr(tries, "save", save)
    return ends


@pytest.mark.parametrize(("epochs", "averaged"), [(1, 1), (4, 1), (5, 2), (8, 2), (9, 3)])
def test_a_mean_is_taken_over_the_ends_of_the_last_quarter_of_epochs(settings, run, epoch_ends, epochs, averaged):
    model = network(settings)
    fit(model, run(choose="mean"), brief(epochs))
    assert len(epoch_ends) == epochs
    for name, found in model.state_dict().items():
        expected = np.mean([end[name].astype(np.float64) for end in epoch_ends[-averaged:]], axis=0)
        assert (found.numpy() == expected.astype(found.numpy().dtype)).all()


def test_a_quantised_mean_rounds_the_mean_of_what_lies_behind(settings, run, epoch_ends):
    dense = network(settings)
    dense.masks[1][3:] = 0
    phase = Phase(epochs=8, learning_rate=0.02)
    model = fit_quantised(dense.export(32, "a", 1, "b", {}), 4, run(choose="mean"), phase, decay_groups=3)
    behind = np.mean([end["weights.1"] for end in epoch_ends[-2:]], axis=0, dtype=np.float64).astype(np.float32)
    scale = np.float32(model.scales[1])
    units = model.export(32, "a", 1, "b", {}).layers[1].weights / scale
    assert np.allclose(units, np.clip(np.rint(behind / scale), -7, 7) * (np.arange(10) < 3)[:, None, None])
    assert [len(logits) for logits in model.decay_logits] == [3, 3]


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(settings, run):
    runs = []
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        model = network(settings)
        fit(model, run(name, seed=seed), brief(3))
        runs.append(weights_of(model))
    assert runs[0] == runs[1] != runs[2]


@pytest.mark.parametrize("stop_after", [1, 4])
def test_a_run_that_was_killed_goes_on_to_the_same_bytes(settings, run, killed_after, stop_after):
    whole = network(settings)
    history = fit(whole, run("whole"), brief(6))

    killed_after(stop_after, lambda: fit(network(settings), run(), brief(6)))
    model = network(settings)
    assert fit(model, run(), brief(6)) == history
    assert weights_of(model) == weights_of(whole)


# Of five epochs, a mean is of the last two; the sixth time that something is saved is after the last epoch.
@pytest.mark.parametrize("choose", ["final", "mean"])
@pytest.mark.parametrize("stop_after", [1, 4, 5, 6])
def test_what_no_validation_chose_goes_on_to_the_same_bytes(settings, run, killed_after, choose, stop_after):
    whole, stopped = network(settings), run(choose=choose)
    history = fit(whole, run("whole", choose=choose), brief(5))

    killed_after(stop_after, lambda: fit(network(settings), stopped, brief(5)))
    model = network(settings)
    assert fit(model, stopped, brief(5)) == history
    assert weights_of(model) == weights_of(whole)


def test_a_phase_that_is_done_is_not_done_again(settings, run, killed_after):
    rest = (run(), brief(3))
    done, again = network(settings), network(settings)
    history = fit(done, *rest)
    # Were any epoch run, it would be saved.
    with pytest.raises(pytest.fail.Exception, match="DID NOT RAISE"):
        killed_after(1, lambda: fit(again, *rest))
    assert weights_of(again) == weights_of(done)
    assert fit(network(settings), *rest) == history


@pytest.mark.parametrize("change", [lambda data: data.select(np.arange(100)), flipped])
def test_a_checkpoint_of_other_samples_starts_over(settings, train, run, killed_after, change):
    killed_after(1, lambda: fit(network(settings), run(train=change(train)), brief(3)))
    expected, model = network(settings), network(settings)
    fit(expected, run("whole"), brief(3))
    fit(model, run(), brief(3))
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
def test_a_checkpoint_of_another_network_starts_over(settings, run, killed_after, change):
    killed_after(1, lambda: fit(network(settings), run(), brief(3)))
    expected, model = change(network(settings)), change(network(settings))
    fit(expected, run("other"), brief(3))
    fit(model, run(), brief(3))
    assert weights_of(model) == weights_of(expected)


@pytest.mark.parametrize("other", [{"logit_gain": 9.0}, {"code": "2"}, {"seed": 2}])
def test_a_checkpoint_of_other_code_or_settings_starts_over(settings, run, killed_after, other):
    killed_after(1, lambda: fit(network(settings), run(**{"code": "1", **other}), brief(3)))
    expected, model = network(settings), network(settings)
    fit(expected, run("whole", code="1"), brief(3))
    fit(model, run(code="1"), brief(3))
    assert weights_of(model) == weights_of(expected)


@pytest.mark.parametrize("content", [b"half a file", b""])
def test_a_broken_checkpoint_starts_over(settings, run, tmp_path, content):
    expected = network(settings)
    fit(expected, run("a"), brief(2))
    (tmp_path / "c").write_bytes(content)
    model = network(settings)
    fit(model, run(), brief(2))
    assert weights_of(model) == weights_of(expected)


def test_a_loss_that_is_no_number_says_what_to_change(settings, run):
    model = network(settings)
    with torch.no_grad():
        model.decay_logits[0][0] = np.nan
    with pytest.raises(InputError, match="Epoch 1: the loss or its gradient is not a number; lower the learning_rate"):
        fit(model, run(), PHASE)


def test_only_a_network_silent_after_all_epochs_is_refused(settings, run, caplog):
    silent = run(threshold=1e6)
    for _ in range(2):  # the second time from its checkpoint
        with pytest.raises(InputError, match=r"After all 4 epochs layer0 still fires .* lower training\.threshold"):
            fit(network(silent.training), silent, brief(4))
    assert caplog.messages.count("epoch 1: layer0, layer1 fire no spike on any validation sample") == 1


@pytest.fixture
def epochs_of(monkeypatch):
    """Let each epoch leave the first layer with weights of its own, [input, neuron], instead of training."""

    def set_up(*each):
        rest = itertools.cycle(each)

        def epoch(model, *_):
            with torch.no_grad():
                model.weights[0][0] = torch.as_tensor(next(rest))
                model.weights[1].fill_(1)
            return 1.0, 0.0

        monkeypatch.setattr(general, "_epoch", epoch)

    return set_up


def test_a_last_epoch_that_is_silent_is_refused_though_one_before_fired(settings, run, epochs_of):
    epochs_of(torch.ones(12, 16), torch.zeros(12, 16))
    fit(network(settings), run(), brief(2))
    for _ in range(2):  # the second time from its checkpoint
        with pytest.raises(
            InputError, match=r"The last of 2 epochs leaves layer0 .* write training\.choose: best, lower"
        ):
            fit(network(settings), run("c2", choose="final"), brief(2))


def test_a_mean_that_is_silent_is_refused_though_every_epoch_fires(settings, run, epochs_of):
    halves = torch.where(torch.arange(16) < 8, 1.0, -1.0).expand(12, 16)
    epochs_of(halves, -halves)
    fit(network(settings), run(choose="final"), brief(5))
    with pytest.raises(InputError, match=r"The mean of the last 2 of 6 epochs leaves layer0 .* training\.choose: best"):
        fit(network(settings), run("c2", choose="mean"), brief(6))


def test_a_layer_silent_while_the_rate_warms_up_does_not_stop_the_run(settings, train, validation, run, caplog):
    # Few samples: an epoch is one step, and the first ones are too small to wake the last layer.
    few, model = train.select(np.arange(16)), network(settings)
    with torch.no_grad():
        model.weights[1] *= 0.2
    history = fit(model, run(train=few, warm_up=0.5), brief(20))
    assert [row["spikes_layer1"] for row in history[:4]] == [0] * 4 and history[-1]["spikes_layer1"] > 0
    assert "epoch 1: layer1 fires no spike on any validation sample" in caplog.text
    assert trace(model, validation, {}).layers[1].steps.size


def test_a_network_that_fires_is_preferred_to_a_silent_one_that_guesses_better(settings, validation, run):
    # Whoever says nothing is taken to say class 0, which is right here.
    model = network(settings)
    with torch.no_grad():
        model.weights[1] *= 0.2
    zeros = dataclasses.replace(validation, labels=np.zeros_like(validation.labels))
    fit(model, run(validation=zeros), brief(4))
    assert trace(model, validation, {}).layers[1].steps.size


def test_a_layer_that_fires_on_training_samples_alone_is_no_reason_to_stop(settings, validation, run, caplog):
    nothing = dataclasses.replace(validation, spikes=SpikeTrains.from_dense(np.zeros((32, len(validation), 12))))
    fit(network(settings), run(validation=nothing), brief(2))
    assert "layer0, layer1 fire no spike on any validation sample" in caplog.text


@pytest.mark.parametrize("warm_up", [0, 1 / 24])  # of two epochs of twelve batches: none, and a single one
def test_a_rise_of_the_learning_rate_may_last_no_step_or_one(settings, run, warm_up):
    history = fit(network(settings), run(warm_up=warm_up), brief(2))
    assert history[-1]["loss"] < history[0]["loss"]


def test_samples_are_learned_from_on_their_finest_steps(settings, train, run):
    spikes = train.spikes
    fine = SpikeTrains(spikes.offsets, 2 * spikes.steps + 1, spikes.neurons, 2 * spikes.n_steps, spikes.n_neurons)
    silent = SpikeTrains.from_dense(np.zeros((spikes.n_steps, len(train), spikes.n_neurons)))
    splits = train, dataclasses.replace(train, spikes=silent, fine=fine)
    plain, finely = (
        fit(network(settings), run(str(index), train=split), brief(2)) for index, split in enumerate(splits)
    )
    assert finely == plain


@pytest.mark.parametrize("loss", READOUTS)
def test_every_loss_falls(settings, run, loss):
    history = fit(network(settings), run(loss=loss), brief(4))
    assert history[-1]["loss"] < history[0]["loss"]
