"""The loop with the samples on a GPU, beside the general one: on a GPU where there is one, else on the processor.

There the layers are plain torch; the kernels have tests of their own (test_gpu_layers).
"""

import numpy as np
import pytest
import torch
from small_training import SETTINGS, delayed_pairs

from delaysnn.core.dataset import Dataset
from delaysnn.core.errors import InputError
from delaysnn.core.spike_trains import SpikeTrains
from delaysnn.settings.training import Adaptation, Augmentation, Phase, Positions, Training
from delaysnn.training import layers, optimise
from delaysnn.training.feedback import NextStep
from delaysnn.training.gpu import samples
from delaysnn.training.model import DelayNetwork
from delaysnn.training.optimise import Run, fit, fit_together
from delaysnn.training.pruning import prune

loop = pytest.importorskip("delaysnn.training.gpu.loop", reason="there is no Triton", exc_type=ImportError)
stack = pytest.importorskip("delaysnn.training.gpu.stack", exc_type=ImportError)

GPU = torch.cuda.is_available()
DEVICE = torch.device("cuda" if GPU else "cpu")
VARIED = Augmentation(
    channel_shift=0.4,
    pitch_shift=0.4,
    channel_stretch=0.05,
    channel_jitter=0.3,
    time_shift=1,
    time_stretch=0.05,
    channel_fade=0.05,
    drop=[0, 0.1],
)
ADAPTATION = Adaptation(decay=[0.8, 0.99], membrane=[0, 1], membrane_most=1.5, spike=[0, 1], spike_most=2)
OF_NEURONS = {"adaptation": ADAPTATION, "current_decay": [0.1, 0.6]}
POSITIONS = Positions(widest=3, narrowest=0.5, narrowing=0.5, rate_factor=5)
SPLITS = {"train": delayed_pairs(93, seed=0), "validation": delayed_pairs(50, seed=1)}
PHASE = Phase(epochs=2, learning_rate=0.02)


def plain(spikes, weights, decay, threshold, stride, scale, neuron, own=(), recurrent=None):
    """A layer in plain torch, network by network."""
    found = []
    for net in range(len(weights)):
        current = layers.shifted_current(spikes[net].float(), weights[net], stride)
        fed_back = None if recurrent is None else recurrent[net]
        if neuron is layers.LIF:
            found.append(layers._LIF.apply(current, decay[net], fed_back, threshold[net], scale))
        else:
            own_of_net = [each[net] for each in own]
            given = own_of_net, NextStep.of(fed_back), threshold[net], scale
            found.append(layers.steps(neuron, current, decay[net], *given))
    return tuple(torch.stack(each) for each in zip(*found, strict=True))


@pytest.fixture
def on_card(monkeypatch):
    """From now on train as on a GPU."""

    def begin():
        if not GPU:
            monkeypatch.setattr(stack, "delayed_layer", plain)
            monkeypatch.setattr(optimise, "on_gpu", lambda model: True)
            monkeypatch.setattr(samples, "free_memory", lambda: 10**9)
            monkeypatch.setattr(samples, "available", lambda: True)

    return begin


def settings(**changes):
    return Training(**{**SETTINGS.model_dump(), "augmentation": VARIED, **changes})


def network(training, seed=1, levels=10, **options):
    return DelayNetwork([12, 16, 3], [1, levels], 2, training, seed, **options)


def make_run(training, path, seed=1, **splits):
    return Run(**{**SPLITS, **splits}, training=training, seed=seed, checkpoint=path)


def agree(found, expected):
    """Compare histories. A GPU's sums differ in the last bits, which may flip a spike, and with it a sample or two."""
    assert len(found) == len(expected)
    for row, other in zip(found, expected, strict=True):
        for name, value in row.items():
            most = (
                {"rel": 5e-2, "abs": 5 if name == "validation_accuracy" else 5e-2}
                if GPU
                else {"rel": 2e-3, "abs": 1e-3}
            )
            assert value == pytest.approx(other[name], **most), (name, row, other)


def adaptive(training):
    return network(training, kinds=["adlif", "lif"])


def recurrent(training):
    return network(training, recurrent=[0])


def sharing(training):
    return network(training, input_sharing=5)


def learned(training):
    return network(training, learned_levels=2)


def quantised(training):
    model = network(training)
    prune(model, "synapse", 4)
    model.quantise(6)
    model.share_decays(3)
    return model


def lasting(training):
    """Of pairs of decays that neurons share, one of a current that ends at once."""
    model = network(training, kinds=["cuba", "lif"])
    with torch.no_grad():
        model.decay_logits[0][:4], model.own["0"]["logit_g"][:4] = 2, -torch.inf
    model.quantise(6)
    model.share_decays(12)
    assert model.own["0"]["logit_g"].isinf().sum() == 1
    return model


def late(training):
    """Delays in front of the first layer with places between them, other widths and strides in each layer."""
    model = network(training, input_sharing=5, input_delays=(0, 3, 10))
    prune(model, "synapse", 2)
    model.quantise((8, 4))
    return model


def late_learned(training):
    return network(training, learned_levels=2, input_delays=range(0, 20, 2))


MADE = [network, adaptive, recurrent, sharing, learned, quantised, lasting, late, late_learned]


@pytest.mark.parametrize("make", MADE)
def test_a_network_trains_as_by_the_general_loop(tmp_path, on_card, make):
    # Few, small steps: rounding may flip a spike, and flips add up.
    training = settings(**OF_NEURONS, positions=POSITIONS, weight_decay=0.1, label_smoothing=0.1)
    expected, model = make(training), make(training).to(DEVICE)
    history = fit(expected, make_run(training, tmp_path / "a"), PHASE)
    on_card()
    agree(fit(model, make_run(training, tmp_path / "b"), PHASE), history)
    for (name, value), other in zip(model.named_parameters(), expected.parameters(), strict=True):
        assert torch.allclose(value.detach().cpu(), other, atol=5e-2 if GPU else 2e-3), name


@pytest.mark.parametrize("loss", ["mean_membrane", "summed_softmax"])
def test_losses_of_membranes_train_as_by_the_general_loop(tmp_path, on_card, loss):
    training = settings(loss=loss, logit_gain=3, schedule="constant", choose="mean")
    expected, model = network(training), network(training).to(DEVICE)
    history = fit(expected, make_run(training, tmp_path / "a"), PHASE)
    on_card()
    agree(fit(model, make_run(training, tmp_path / "b"), PHASE), history)


def test_networks_side_by_side_end_as_each_alone(tmp_path, on_card):
    on_card()
    training = settings(choose="final")
    others = {"train": delayed_pairs(92, seed=5), "validation": delayed_pairs(40, seed=6)}
    runs = [(1, {}), (2, {}), (3, others)]
    alone = []
    for seed, splits in runs:
        model = network(training, seed).to(DEVICE)
        alone.append((fit(model, make_run(training, tmp_path / f"a{seed}", seed, **splits), PHASE), model))
    models = [network(training, seed).to(DEVICE) for seed, _ in runs]
    made = [make_run(training, tmp_path / f"b{seed}", seed, **splits) for seed, splits in runs]
    for history, model, (expected, other) in zip(fit_together(models, made, PHASE), models, alone, strict=True):
        agree(history, expected)
        for value, wanted in zip(model.parameters(), other.parameters(), strict=True):
            assert torch.allclose(value, wanted, atol=1e-2 if GPU else 1e-4)


def test_networks_of_other_shapes_train_one_after_another(tmp_path, on_card):
    on_card()
    models = [network(SETTINGS, levels=levels).to(DEVICE) for levels in (10, 5)]
    runs = [make_run(SETTINGS, tmp_path / f"{index}") for index in range(2)]
    histories = fit_together(models, runs, PHASE)
    expected = fit(network(SETTINGS, levels=5).to(DEVICE), make_run(SETTINGS, tmp_path / "c"), PHASE)
    agree(histories[1], expected)


def test_a_phase_that_prunes_before_each_epoch_keeps_what_it_says(tmp_path, on_card):
    on_card()
    model = network(SETTINGS).to(DEVICE)
    fit(model, make_run(SETTINGS, tmp_path / "a"), PHASE, keeps=[6, 3])
    assert ((model.effective_weights()[1] != 0).sum(dim=0) <= 3).all()


@pytest.mark.parametrize("stop_after", [1, 2])
def test_networks_that_were_killed_go_on_to_the_same_bytes(tmp_path, on_card, killed_after, stop_after):
    on_card()
    training = settings(choose="mean")

    def train(name):
        models = [network(training, seed).to(DEVICE) for seed in (1, 2)]
        runs = [make_run(training, tmp_path / f"{name}{seed}", seed) for seed in (1, 2)]
        histories = fit_together(models, runs, PHASE)
        return histories, [value.detach().cpu().numpy().tobytes() for model in models for value in model.parameters()]

    expected = train("whole")
    killed_after(stop_after, lambda: train("stopped"))
    assert train("stopped") == expected


def test_what_the_loop_does_not_do_is_left_to_the_general_loop(tmp_path, on_card):
    on_card()
    events = {"shift_x": 0, "shift_y": 0, "flip_x": False, "time_shift": 0.1, "time_stretch": 0.1, "drop": [0, 0.1]}
    for model, training, said in (
        (network(SETTINGS), settings(step_dropout=0.1), "training.step_dropout is drawn there"),
        (network(SETTINGS), settings(augmentation=None, event_augmentation=events), "no voices are varied there"),
        (network(SETTINGS, recurrent=[0], returns=(1, 3)), SETTINGS, "return to it after several delays"),
    ):
        assert said in samples.refused(model, make_run(training, tmp_path / "a"))
    trains = SpikeTrains(np.zeros(3, np.int64), np.zeros(0, np.uint16), np.zeros(0, np.uint16), 32, 2**15)
    many = Dataset(trains, np.zeros(2), np.zeros(2), "many", 3, 0.02)
    run = make_run(SETTINGS, tmp_path / "a", train=many)
    assert "samples have 32768 channels" in samples.refused(network(SETTINGS), run)


def test_dropout_is_left_to_the_general_loop(tmp_path, on_card, caplog):
    training = settings(dropout=0.1)
    expected = fit(network(training), make_run(training, tmp_path / "a"), PHASE)
    on_card()
    caplog.set_level("INFO")
    found = fit(network(training).to(DEVICE), make_run(training, tmp_path / "b"), PHASE)
    agree(found, expected)
    assert "the processor makes the batches, sample by sample: training.dropout is drawn there" in caplog.text


def test_a_gradient_that_is_no_number_says_what_to_change(tmp_path, on_card):
    on_card()
    model = network(SETTINGS)
    with torch.no_grad():
        model.decay_logits[0][0] = np.nan
    with pytest.raises(InputError, match="Epoch 1: the loss or its gradient is not a number"):
        fit(model.to(DEVICE), make_run(SETTINGS, tmp_path / "a"), PHASE)


def test_of_equal_counts_the_one_that_was_first_wins_on_the_card_too():
    from delaysnn.core.traces import decide

    spikes = np.random.default_rng(0).random((6, 500, 4)) < 0.3
    expected = decide(SpikeTrains.from_dense(spikes))
    fired = torch.from_numpy(spikes.transpose(1, 0, 2).astype(np.float32)).to(DEVICE)
    found = loop._decide([(fired, fired)], "spike_count")
    assert (found.cpu().numpy() == expected).all()


def test_too_little_memory_for_the_samples_leaves_them_where_they_are(monkeypatch, tmp_path):
    monkeypatch.setattr(samples, "available", lambda: True)
    monkeypatch.setattr(samples, "free_memory", lambda: 10)
    assert "the GPU has 0.0 GB free" in samples.refused(network(SETTINGS), make_run(SETTINGS, tmp_path / "a"))
