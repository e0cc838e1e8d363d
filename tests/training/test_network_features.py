"""Networks with biases, resets by subtraction, readouts by membranes and recurrent weights: drawn to deployed."""

import dataclasses

import numpy as np
import pytest
import torch

from delaysnn.core.errors import InputError
from delaysnn.core.features import features
from delaysnn.core.network import read_network, write_network
from delaysnn.core.network_checks import check_network
from delaysnn.core.readout import BY_MEMBRANES, READOUTS, score
from delaysnn.neurons import registered as neurons
from delaysnn.platforms import registered
from delaysnn.platforms.answers import check_run
from delaysnn.settings.networks import DelayLevels, Shape
from delaysnn.settings.training import Phase
from delaysnn.training.evaluate import accuracy_as_trained, trace
from delaysnn.training.fine_tuning import draw_coarse, fit_pruned
from delaysnn.training.gpu import samples
from delaysnn.training.layers import InputBatch
from delaysnn.training.losses import read_by
from delaysnn.training.model import DelayNetwork
from delaysnn.training.optimise import fit, fit_quantised
from delaysnn.training.quantisation import requantise
from delaysnn.training.rates import parameter_groups
from delaysnn.training.shapes import draw_network
from delaysnn.training.tries import Try

DELAYS = DelayLevels(max=20, stride=2, keep=2)
PHASE = Phase(epochs=2, learning_rate=0.02)
RANGE = [0.1, 0.6]


def drawn(train, settings, **shape):
    return draw_network(train, Shape(**{"hidden": [12], "delays": True} | shape), DELAYS, settings, seed=1)


def run_network(network, inputs):
    """Return scores, or output spikes, of a network of lif and cuba neurons as delaysnn.core.network says."""
    spikes = inputs.dense().transpose(1, 0, 2).astype(np.float64)
    for index, layer in enumerate(network.layers):
        fires = index < len(network.layers) - 1 or network.readout == "spikes"
        u = s = i = np.zeros((len(spikes), layer.weights.shape[2]))
        fired, membranes = np.zeros((*spikes.shape[:2], u.shape[1])), np.zeros((*spikes.shape[:2], u.shape[1]))
        for step in range(spikes.shape[1]):
            current = np.zeros_like(u) if layer.bias is None else np.zeros_like(u) + layer.bias
            for delay, weights in zip(layer.delay_levels, layer.weights, strict=True):
                if delay <= step:
                    current += spikes[:, step - delay] @ weights.astype(np.float64)
            i = i * layer.own.get("current_decay", 0) + current
            u = (layer.decay * u * (1 - s) if layer.reset is None else layer.decay * u - layer.reset * s) + i
            s = (u >= layer.threshold).astype(np.float64) * fires
            fired[:, step], membranes[:, step] = s, u
        spikes = fired
    return spikes if network.readout == "spikes" else score(network.readout, membranes)


def test_all_else_is_drawn_as_without(train, settings):
    plain, model = drawn(train, settings), drawn(train, settings, bias=True, reset="subtract")
    state = model.state_dict()
    assert all(torch.equal(state[key], values) for key, values in plain.state_dict().items())
    assert set(state) - set(plain.state_dict()) == {"biases.0", "biases.1", "reset0", "reset1"}
    assert not any(bias.any() for bias in model.biases.values())
    assert all(torch.equal(*pair) for pair in zip(model.resets, model.thresholds, strict=True))
    assert drawn(train, settings, reset="subtract", readout="summed_membrane").resets[1] is None
    assert features(plain.export(32, "", 1, "", {})) == set()


@pytest.mark.parametrize(
    ("readout", "neuron"),
    [*((readout, "lif") for readout in READOUTS), ("spikes", "cuba"), ("largest_membrane", "cuba")],
)
def test_a_network_is_trained_pruned_quantised_and_runs_as_its_file_says(
    train, validation, run, tmp_path, readout, neuron
):
    course = run("dense", current_decay=RANGE)
    model = drawn(train, course.training, bias=True, reset="subtract", readout=readout, neuron=neuron)
    history = fit(model, course, Phase(epochs=6, learning_rate=0.02))
    assert all(bias.all() for bias in model.biases.values())
    assert accuracy_as_trained(model, validation, "spike_count") == trace(model, validation, {}).accuracy
    assert max(row["validation_accuracy"] for row in history) > 60
    dense = model.export(32, "a", 1, train.name, {})
    assert features(dense) == {"bias", "reset"} | ({"readout"} if readout != "spikes" else set())
    pruned, _ = fit_pruned(dense, "refined", 3, run("pruned", current_decay=RANGE), PHASE)
    coarse = draw_coarse(dense, 3, course.training, 1).export(32, "a", 1, train.name, {})
    assert features(coarse) == features(dense) and not any(layer.bias.any() for layer in coarse.layers)
    float_network = pruned.export(32, "a", 1, train.name, {})
    model = fit_quantised(float_network, 8, run("quantised", current_decay=RANGE), PHASE, decay_groups=4)
    write_network(tmp_path / "a.safetensors", model.export(32, "a", 1, train.name, {}))
    last = read_network(tmp_path / "a.safetensors")
    assert features(last) == features(dense) and last.readout == readout
    for ours, theirs in zip(last.layers, float_network.layers, strict=True):
        # No bias is a whole number of units, no reset is trained.
        assert (np.abs(ours.bias / ours.scale - np.rint(ours.bias / ours.scale)) > 1e-3).any()
        assert (ours.reset is theirs.reset is None) or (ours.reset == theirs.reset).all()
    platform = registered()["pytorch"]
    found = platform.run(platform.deploy(last), validation.spikes)
    check_run(platform, found, last, validation.spikes)
    expected = run_network(last, validation.spikes)
    if readout == "spikes":
        assert found.layers[-1].dense().transpose(1, 0, 2).sum() == pytest.approx(expected.sum(), rel=0.01)
    else:
        assert not len(found.layers[-1].steps)
        np.testing.assert_allclose(found.scores, expected, rtol=1e-3, atol=1e-3)
        traces = trace(DelayNetwork.restore(last, course.training), validation, {})
        np.testing.assert_array_equal(traces.scores, found.scores)
        np.testing.assert_array_equal(traces.predictions, found.scores.argmax(axis=1))


@pytest.fixture(params=[True, "axonal"])
def recurrent(train, settings, request):
    """Return a network whose recurrent weights are of many sizes, by neuron: those of the first round to nothing."""
    model = drawn(train, settings, delays=False, recurrent=request.param)
    with torch.no_grad():
        for weights in model.weights:
            weights.mul_(3)
        model.recurrent["0"].mul_(torch.logspace(-4, 0.5, 12)[:, None])
    return model.export(32, "a", 1, train.name, {})


def same_spikes(ours, theirs):
    pairs = zip(ours, theirs, strict=True)
    return all(np.array_equal(getattr(a, part), getattr(b, part)) for a, b in pairs for part in ("steps", "neurons"))


def check_units(layer, most):
    units = np.concatenate([layer.weights.ravel(), layer.recurrent.ravel()]) / layer.scale
    assert np.abs(units - np.rint(units)).max() < 1e-3 and 0.5 < np.abs(units).max() < most + 0.5


def test_a_recurrent_file_is_fine_tuned_with_weights_of_one_scale_a_layer(recurrent, validation, run, tmp_path):
    model = fit_quantised(recurrent, 4, run(choose="final"), PHASE, decay_groups=4)
    write_network(tmp_path / "a.safetensors", model.export(32, "a", 1, "pairs", {}))
    last, platform = read_network(tmp_path / "a.safetensors"), registered()["pytorch"]
    check_units(last.layers[0], 7)
    assert (last.layers[0].recurrent != recurrent.layers[0].recurrent).any()
    found = platform.run(platform.deploy(last), validation.spikes).layers
    assert same_spikes(found, trace(model, validation, {}).layers)
    check_units(requantise(last, 3).layers[0], 3)


def test_recurrent_weights_that_round_to_nothing_are_trained_as_others_are(recurrent, validation, settings):
    model = DelayNetwork.restore(recurrent, settings)
    model.quantise(4)
    silent = (model.fed_back()[0] == 0).reshape(-1, 12, 12).transpose(0, 1).flatten(1).all(dim=1)
    assert 0 < silent.sum() < 12
    spikes, membrane = model(InputBatch.of(validation.spikes))[0]
    (gradient,) = torch.autograd.grad(membrane.sum(), [model.recurrent["0"]])
    by_neuron = gradient.reshape(-1, 12, 12).abs().sum(dim=(0, 2))
    # Only what fires in time for its spikes to return has a gradient.
    assert (by_neuron[silent] > 0).any() and (by_neuron[spikes[:, :20].sum(dim=(0, 1)) > 0] > 0).all()


def test_recurrent_weights_of_a_file_are_whole_units(recurrent, settings):
    model = DelayNetwork.restore(recurrent, settings)
    model.quantise(4)
    network = model.export(32, "a", 1, "pairs", {})
    first, *others = network.layers
    wrong = first.recurrent.copy()
    wrong.flat[0] = 0.4 * first.scale
    network = dataclasses.replace(network, layers=(dataclasses.replace(first, recurrent=wrong), *others))
    with pytest.raises(InputError, match=r"a: layer 0: recurrent\[0, 0.*\] is .*, which is no multiple of scale"):
        check_network(network, "a")


def test_weights_decay_but_biases_do_not(train, settings):
    model = drawn(train, settings, bias=True)
    groups = parameter_groups(model, PHASE, settings.model_copy(update={"weight_decay": 0.1}))
    learned = {id(each): group for group in groups for each in group["params"]}
    assert all(learned[id(each)]["weight_decay"] == 0.1 for each in model.weights)
    for bias in model.biases.values():
        assert "weight_decay" not in learned[id(bias)] and learned[id(bias)]["lr"] == PHASE.learning_rate


def test_a_checkpoint_is_of_one_readout_bias_and_reset(train, settings, run):
    shapes = [{}, {"bias": True}, {"reset": "subtract"}, *({"readout": each} for each in BY_MEMBRANES)]
    keys = {Try.begin(drawn(train, settings, **shape), run(), PHASE, None).key for shape in shapes}
    assert len(keys) == len(shapes)


def test_a_loss_that_reads_other_membranes_than_decide_is_refused():
    for readout in BY_MEMBRANES:
        assert read_by("spike_count", readout) is not read_by("spike_count", "spikes")
    assert read_by("mean_membrane", "summed_membrane") is read_by("mean_membrane", "spikes")
    assert read_by("summed_softmax", "summed_softmax") is read_by("summed_softmax", "spikes")
    said = (
        "the network's readout is largest_membrane, but training.loss is mean_membrane, which .*: spike_count, or give"
    )
    with pytest.raises(InputError, match=said):
        read_by("mean_membrane", "largest_membrane")
    with pytest.raises(InputError, match=r"write training\.loss: spike_count or mean_membrane, or give"):
        read_by("summed_softmax", "summed_membrane")


@pytest.mark.parametrize(
    ("shape", "said"),
    [
        ({"bias": True}, "neurons have biases"),
        ({"reset": "subtract"}, "neurons are reset by subtraction"),
        ({"readout": "largest_membrane"}, "membranes decide"),
        ({"delays": False, "recurrent": True}, "recurrent weights are quantised"),
    ],
)
def test_the_loop_on_a_gpu_leaves_them_to_the_general_one(train, settings, run, monkeypatch, shape, said):
    monkeypatch.setattr(samples, "available", lambda: True)
    monkeypatch.setattr(samples, "free_memory", lambda: 10**9)
    model = drawn(train, settings, **shape)
    if model.recurrent:
        assert samples.refused(model, run()) is None
        model.quantise(8)
    assert samples.refused(model, run()) == said


def test_adaptive_neurons_of_a_file_are_not_trained_without_ranges(settings):
    with pytest.raises(InputError, match=r"training\.adaptation is null, but adlif neurons need these bounds"):
        neurons()["adlif"].limits(settings)
