"""What every registered neuron keeps to, and that adaptive neurons are stable."""

import json

import numpy as np
import pytest
import safetensors.numpy
import torch
from hypothesis import given
from hypothesis import strategies as st
from small_networks import adaptive_network, quantised_network

from delaysnn import neurons
from delaysnn.core.errors import InputError
from delaysnn.core.network import read_network, write_network
from delaysnn.core.network_checks import check_network, check_neurons
from delaysnn.networks.nir_graph import to_nir
from delaysnn.neurons import registered
from delaysnn.platforms.loihi.conversion import convert
from delaysnn.settings.training import Adaptation

ADAPTIVE = registered()["adlif"]
RANGES = {"decay": [0.8, 0.99], "membrane": [0, 1], "membrane_most": 1.5, "spike": [0, 1], "spike_most": 2}


def settings(**changes):
    class Settings:
        adaptation = Adaptation(**RANGES | changes)
        current_decay = (0.1, 0.6)

    return Settings()


@pytest.mark.parametrize("name", registered())
def test_what_a_neuron_trains_comes_back_from_its_values_and_starts_within_its_limits(name):
    neuron, threshold = registered()[name], torch.full((50,), 0.3)
    trained = neuron.draw(50, settings(), torch.Generator().manual_seed(1))
    own = neuron.own(trained, threshold)
    assert [tuple(values.shape) for values in own] == [(50,)] * len(neuron.arrays)
    again = neuron.trained(own, threshold)
    assert set(again) == set(trained)
    for array, a, b in zip(neuron.arrays, own, neuron.own(again, threshold), strict=True):
        assert torch.allclose(a, b, rtol=1e-6, atol=0)
        assert ((a >= array.least) & (a <= array.most)).all()
    for key, (least, most) in neuron.limits(settings()).items():
        assert ((trained[key] >= least) & (trained[key] <= most)).all()
    assert neuron.check([values.numpy() for values in own], np.full(50, 0.9)) is None


@given(st.floats(0.001, 0.999), st.floats(-40, 40), st.floats(0, 9), st.floats(0, 9))
def test_an_adaptive_neuron_is_stable_wherever_training_takes_it(a, logit_b, A, most):
    trained = {"logit_b": torch.tensor([logit_b]), "A": torch.tensor([A]), "B": torch.tensor([1.0])}
    ranges = settings(membrane=[0, 0], membrane_most=most, decay=[0.95, 0.99])
    for key, limits in ADAPTIVE.limits(ranges).items():
        trained[key].clamp_(*limits)
    # In double precision, since 1 - b is lost in the last digits of b.
    trained = {key: values.double() for key, values in trained.items()}
    b, c, _ = (float(values) for values in ADAPTIVE.own(trained, torch.tensor([0.3])))
    sizes = np.abs(np.linalg.eigvals([[a, -1], [c * a, b - c]]))
    # A decay so near 1 that nothing is lost has an adaptation that nothing drives.
    assert sizes.max() < 1 if b < 1 - 1e-9 else sizes.max() <= 1 + 1e-9


@given(st.floats(0, 0.999), st.floats(0, 0.999), st.floats(0, 8))
def test_what_a_file_may_hold_is_stable_and_what_is_refused_is_not(a, b, c):
    refused = ADAPTIVE.check([np.array([b]), np.array([c]), np.array([0.0])], np.array([a]))
    largest = np.abs(np.linalg.eigvals([[a, -1], [c * a, b - c]])).max()
    assert largest > 1 if refused else largest < 1 + 1e-4


def test_under_any_bounded_current_an_adaptive_neuron_stays_bounded():
    random = torch.Generator().manual_seed(1)
    decay, threshold = 0.6 + 0.38 * torch.rand(500, generator=random), torch.full((500,), 0.3)
    trained = {
        "logit_b": torch.logit(0.5 + 0.49 * torch.rand(500, generator=random)),
        "A": 1.5 * torch.rand(500, generator=random),
        "B": 2 * torch.rand(500, generator=random),
    }
    own, state = ADAPTIVE.own(trained, threshold), [torch.zeros(1, 500)] * 2
    for _ in range(5000):
        current = 2 * torch.rand(1, 500, generator=random) - 1
        u, _, state = ADAPTIVE.step(current, state, decay, own, lambda u: (u >= threshold).float())
        assert u.abs().max() < 50 and state[1].abs().max() < 50


def test_a_file_says_which_layers_are_adaptive_and_holds_their_values(tmp_path):
    network = adaptive_network()
    write_network(tmp_path / "a.safetensors", network)
    described = json.loads((tmp_path / "a.json").read_text())["layers"]
    assert [layer.get("neuron") for layer in described] == ["adlif", "adlif", None]
    again = read_network(tmp_path / "a.safetensors")
    for ours, theirs in zip(network.layers, again.layers, strict=True):
        assert theirs.neuron == ours.neuron and set(theirs.own) == set(ours.own)
        assert all((theirs.own[name] == ours.own[name]).all() for name in ours.own)


def test_a_file_of_lif_neurons_says_nothing_new(tmp_path):
    write_network(tmp_path / "a.safetensors", quantised_network())
    for layer in json.loads((tmp_path / "a.json").read_text())["layers"]:
        assert set(layer) == {"delay_levels", "scale", "bits"}


@pytest.mark.parametrize(
    ("own", "said"),
    [
        ({"adaptation_decay": None}, "neuron is adlif, which needs adaptation_decay, but there is none"),
        (
            {"adaptation_decay": np.ones(3)},
            r"adaptation_decay must have one value for each of 12 neurons, found \(3,\)",
        ),
        ({"adaptation_decay": np.full(12, 1.01)}, r"adaptation_decay must be in 0 to 1, found 1\.01 to 1\.01"),
        ({"adaptation_decay": np.full(12, -0.1)}, r"adaptation_decay must be in 0 to 1, found -0\.1"),
        ({"adaptation_membrane": np.full(12, -0.1)}, "adaptation_membrane must be 0 or more"),
        ({"adaptation_spike": np.full(12, np.nan)}, "adaptation_spike holds a value that is not finite"),
        ({"adaptation_spike": np.full(12, -1)}, "adaptation_spike must be 0 or more, found -1 to -1"),
        ({"adaptation_decay": np.ones(12)}, "neuron 0 has adaptation_decay 1, so what drives its adaptation adds up"),
        ({"adaptation_membrane": np.full(12, 4)}, "neuron 0 has adaptation_membrane 4, by which it oscillates"),
    ],
)
def test_values_that_cannot_be_are_refused(own, said):
    with pytest.raises(InputError, match=rf"^a: layer 0: {said}"):
        check_network(adaptive_network([0], **own), "a")


def test_files_that_contradict_themselves_are_refused(tmp_path):
    write_network(tmp_path / "a.safetensors", adaptive_network([1]))
    described = json.loads((tmp_path / "a.json").read_text())

    def said(neuron, **arrays):
        described["layers"][1]["neuron"] = neuron
        (tmp_path / "a.json").write_text(json.dumps(described))
        with pytest.raises(InputError) as caught:
            read_network(tmp_path / "a.safetensors")
        return str(caught.value)

    assert "layer 1: holds adaptation_decay, which neuron lif does not have; take it out." in said("lif")
    assert f"layer 1: neuron is 'izhikevich'; choose one of {', '.join(registered())}." in said("izhikevich")
    assert "layer 1: neuron must be the name of a neuron or left out, found null." in said(None)
    arrays = safetensors.numpy.load_file(tmp_path / "a.safetensors")
    del arrays["layer1.adaptation_spike"]
    safetensors.numpy.save_file(arrays, tmp_path / "a.safetensors")
    assert "layer 1: neuron is adlif, which needs adaptation_spike, but there is none; add it." in said("adlif")


def test_one_of_those_that_take_neurons_has_to_take_all_of_a_network():
    check_neurons(adaptive_network([1]), "a", {"one": ["lif"], "other": ["lif", "adlif"]})
    said = "^a: layer 1 has neurons of the kind adlif, but one takes lif; networks of other neurons are trained and"
    with pytest.raises(InputError, match=said):
        check_neurons(adaptive_network([1]), "a", {"one": ["lif"]})
    with pytest.raises(
        InputError, match=r"^a: layer 0 has neurons of the kind lif, but one takes lif; other takes adlif"
    ):
        check_neurons(adaptive_network([1]), "a", {"one": ["lif"], "other": ["adlif"]})


def test_loihi_and_nir_refuse_adaptive_neurons():
    takers = (("loihi", "lif, cuba", lambda it: convert(it, {})), ("NIR", "cuba, lif", lambda it: to_nir(it, 0.01)))
    for name, taken, refused in takers:
        with pytest.raises(
            InputError, match=rf"^network tiny: layer 1 has neurons of the kind adlif, but {name} takes {taken};"
        ):
            refused(adaptive_network([1]))


def test_a_neuron_is_called_as_its_file(monkeypatch):
    neurons.registered.cache_clear()
    try:
        monkeypatch.setattr(type(ADAPTIVE), "name", "other")
        with pytest.raises(InputError, match=r"neurons/adlif\.py: the neuron's name is 'other'; write 'adlif', as its"):
            neurons.registered()
    finally:
        monkeypatch.undo()
        neurons.registered.cache_clear()
