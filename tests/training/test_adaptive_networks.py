"""Networks of adaptive neurons: drawn, trained, pruned, refined, quantised, saved and resumed with all they have."""

import numpy as np
import pytest
import torch

from delaysnn.core.network import read_network, write_network
from delaysnn.settings.networks import DelayLevels, KeptLevels, Network, Shape
from delaysnn.settings.training import Adaptation, Phase, Phases
from delaysnn.training.evaluate import fired
from delaysnn.training.fine_tuning import draw_coarse, fit_pruned
from delaysnn.training.folds import train_and_score
from delaysnn.training.model import DelayNetwork
from delaysnn.training.optimise import fit, fit_quantised
from delaysnn.training.shapes import draw_network

ADAPTATION = Adaptation(decay=[0.8, 0.99], membrane=[0, 1], membrane_most=1.5, spike=[0, 1], spike_most=2)
DELAYS = DelayLevels(max=20, stride=2)
SHAPE = Shape(hidden=[12, 9], delays=True, neuron="adlif")


@pytest.fixture
def settings(settings):
    return settings.model_copy(update={"adaptation": ADAPTATION})


@pytest.fixture
def adaptive_run(run):
    return lambda name="c", **changes: run(name, adaptation=ADAPTATION.model_dump(), **changes)


def drawn(train, settings, shape=SHAPE):
    return draw_network(train, shape, DELAYS, settings, seed=1)


def same_spikes(ours, theirs, spikes):
    pairs = zip(fired(ours, spikes), fired(theirs, spikes), strict=True)
    return all(np.array_equal(getattr(a, part), getattr(b, part)) for a, b in pairs for part in ("steps", "neurons"))


def test_hidden_layers_are_adaptive_and_all_else_is_drawn_as_with_lif_neurons(train, settings):
    model = drawn(train, settings)
    assert [kind.name for kind in model.kinds] == ["adlif", "adlif", "lif"]
    plain = drawn(train, settings, SHAPE.model_copy(update={"neuron": "lif"})).state_dict()
    state = model.state_dict()
    assert all(torch.equal(state[key], values) for key, values in plain.items())
    assert all(key.startswith("own.") for key in set(state) - set(plain)) and len(state) > len(plain)


def test_a_trained_network_comes_back_from_its_file_with_the_same_spikes(
    train, validation, settings, adaptive_run, tmp_path
):
    model = drawn(train, settings)
    before = {key: values.detach().clone() for key, values in model.own.named_parameters()}
    fit(model, adaptive_run(), Phase(epochs=2, learning_rate=0.01))
    assert all((before[key] != values).all() for key, values in model.own.named_parameters())
    write_network(tmp_path / "a.safetensors", model.export(32, "small", 1, train.name, {}))
    again = DelayNetwork.restore(read_network(tmp_path / "a.safetensors"), settings)
    assert [kind.name for kind in again.kinds] == ["adlif", "adlif", "lif"]
    assert same_spikes(model, again, validation.spikes)
    # Without the adaptation it fires otherwise.
    again.give(0, again.kinds[2], {})
    assert not same_spikes(model, again, validation.spikes)


def test_training_stays_within_the_limits(train, settings, adaptive_run):
    model = drawn(train, settings)
    fit(model, adaptive_run(decay_rate_factor=500), Phase(epochs=2, learning_rate=0.02))
    values = {name: torch.cat([model.own[index][name] for index in ("0", "1")]) for name in ("logit_b", "A", "B")}
    assert values["logit_b"].min() >= -1e-6 and values["A"].min() >= 0 and values["B"].min() >= 0
    assert values["A"].max() <= 1.5 and values["B"].max() <= 2
    # So far that limits were reached.
    assert (values["A"] == 1.5).any() or (values["A"] == 0).any()


def test_pruned_refined_and_quantised_networks_keep_their_adaptation(train, settings, adaptive_run):
    model = drawn(train, settings)
    # Drawn networks are silent, which is refused.
    fit(model, adaptive_run("dense"), Phase(epochs=4, learning_rate=0.02))
    dense, none = model.export(32, "small", 1, train.name, {}), Phase(epochs=2, learning_rate=1e-9)
    pruned, _ = fit_pruned(dense, "refined", 5, adaptive_run(), none)
    found = pruned.export(32, "small", 1, train.name, {})
    quantised = fit_quantised(found, 8, adaptive_run(), none, decay_groups=3)
    last = quantised.export(32, "small", 1, train.name, {})
    assert last.quantised
    for index, layer in enumerate(last.layers):
        assert layer.neuron == dense.layers[index].neuron and set(layer.own) == set(dense.layers[index].own)
        assert len(np.unique(layer.decay)) == 3
        for name, values in layer.own.items():
            # Adaptations are not shared.
            assert np.allclose(values, dense.layers[index].own[name], rtol=1e-4)


def test_a_coarse_control_has_the_same_neurons(train, settings):
    dense = drawn(train, settings).export(32, "small", 1, train.name, {})
    assert [kind.name for kind in draw_coarse(dense, 3, settings, 1).kinds] == ["adlif", "adlif", "lif"]


def test_a_run_that_was_killed_ends_with_the_same_bytes(train, settings, adaptive_run, killed_after):
    phase = Phase(epochs=3, learning_rate=0.01)
    whole, half = drawn(train, settings), drawn(train, settings)
    fit(whole, adaptive_run("whole"), phase)
    killed_after(2, lambda: fit(half, adaptive_run("half"), phase))
    half = drawn(train, settings)
    history = fit(half, adaptive_run("half"), phase)
    assert len(history) == 3
    for key, values in whole.state_dict().items():
        assert torch.equal(values, half.state_dict()[key])


def test_a_checkpoint_of_other_neurons_is_not_gone_on_from(train, settings, adaptive_run):
    phase, model = Phase(epochs=1, learning_rate=0.01), drawn(train, settings)
    fit(drawn(train, settings, SHAPE.model_copy(update={"neuron": "lif"})), adaptive_run(), phase)
    before = model.own["0"]["A"].detach().clone()
    fit(model, adaptive_run(), phase)
    assert "own.0.A" in model.state_dict() and (model.own["0"]["A"] != before).any()


def test_a_network_of_adaptive_neurons_learns_and_is_scored_in_every_phase(train, validation, settings, adaptive_run):
    parts = {"dense": (10, 0.02), "pruned": (3, 0.01), "quantised": (1, 0.001)}
    phases = {key: Phase(epochs=epochs, learning_rate=rate) for key, (epochs, rate) in parts.items()}
    course = Phases(**{**settings.model_dump(), "decay_groups": 4, **phases})
    network = Network(hidden=[16], delays=True, pruning="synapse", neuron="adlif")
    cells = train_and_score([adaptive_run()], validation, network, KeptLevels(max=20, stride=2, keep=5), 8, course)[0]
    test = {(cell.phase, cell.bits): cell.value for cell in cells if cell.split is None}
    assert set(test) == {("dense", None), (None, None), (None, 8)}
    assert min(test.values()) > 80


def test_pytorch_as_a_platform_runs_it(train, validation, settings):
    from delaysnn.platforms import registered

    model, pytorch = drawn(train, settings), registered()["pytorch"]
    deployed = pytorch.deploy(model.export(32, "small", 1, train.name, {}))
    assert same_spikes(model, deployed, validation.spikes)


def test_seneca_mostly_decides_as_the_floats_do(train, validation, settings, adaptive_run):
    from delaysnn.core.traces import decide
    from delaysnn.platforms import registered

    model, seneca = drawn(train, settings), registered()["seneca"]
    fit(model, adaptive_run(), Phase(epochs=10, learning_rate=0.02))
    run = seneca.run(model.export(32, "small", 1, train.name, {}), validation.spikes)
    expected = decide(fired(model, validation.spikes)[-1])
    assert (expected == validation.labels).mean() > 0.8
    for layers in (run.layers, *run.beside.values()):
        assert (decide(layers[-1]) == expected).mean() > 0.9
