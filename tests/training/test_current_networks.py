"""Networks whose currents last: drawn, trained, pruned, quantised with shared pairs of decays, saved and deployed."""

import itertools

import numpy as np
import pytest
import torch

from delaysnn.core.network import read_network, write_network
from delaysnn.platforms import registered
from delaysnn.platforms.loihi.conversion import convert
from delaysnn.settings.networks import DelayLevels, Shape
from delaysnn.settings.training import Phase
from delaysnn.training.evaluate import fired
from delaysnn.training.fine_tuning import draw_coarse, fit_pruned
from delaysnn.training.model import DelayNetwork
from delaysnn.training.optimise import fit, fit_quantised
from delaysnn.training.quantisation import share_together
from delaysnn.training.shapes import draw_network

RANGE = [0.1, 0.6]


@pytest.fixture
def settings(settings):
    return settings.model_copy(update={"current_decay": RANGE})


def drawn(train, settings):
    shape = Shape(hidden=[12, 9], delays=True, neuron="cuba")
    return draw_network(train, shape, DelayLevels(max=20, stride=2), settings, seed=1)


def same_spikes(ours, theirs):
    pairs = zip(ours, theirs, strict=True)
    return all(np.array_equal(getattr(a, part), getattr(b, part)) for a, b in pairs for part in ("steps", "neurons"))


def test_currents_start_in_their_range_and_all_else_is_drawn_as_with_lif_neurons(train, settings):
    model = drawn(train, settings)
    assert [kind.name for kind in model.kinds] == ["cuba", "cuba", "lif"]
    shape = Shape(hidden=[12, 9], delays=True)
    plain = draw_network(train, shape, DelayLevels(max=20, stride=2), settings, seed=1).state_dict()
    state = model.state_dict()
    assert all(torch.equal(state[key], values) for key, values in plain.items())
    assert set(state) - set(plain) == {"own.0.logit_g", "own.1.logit_g"}
    for (decays,) in model.own_values()[:2]:
        assert 0.1 <= decays.min() < decays.max() <= 0.6


def test_a_trained_network_is_pruned_quantised_and_runs_everywhere(train, validation, settings, run, tmp_path):
    def course(name, **changes):
        return run(name, current_decay=RANGE, **changes)

    model = drawn(train, settings)
    before = {key: values.detach().clone() for key, values in model.own.named_parameters()}
    fit(model, course("dense"), Phase(epochs=8, learning_rate=0.02))
    assert all((before[key] != values).all() for key, values in model.own.named_parameters())
    dense, still = model.export(32, "small", 1, train.name, {}), Phase(epochs=2, learning_rate=1e-9)
    assert [kind.name for kind in draw_coarse(dense, 3, settings, 1).kinds] == ["cuba", "cuba", "lif"]
    refined, _ = fit_pruned(dense, "refined", 5, course("refined"), still)
    for (ours,), layer in zip(refined.own_values()[:2], dense.layers, strict=False):
        assert np.allclose(ours.detach(), layer.own["current_decay"], rtol=1e-4)
    model = fit_quantised(dense, 8, course("quantised"), Phase(epochs=2, learning_rate=0.002), decay_groups=3)
    # Shared decays are trained by their groups.
    assert [len(model.own[index]["logit_g"]) for index in ("0", "1")] == [3, 3]
    last = model.export(32, "small", 1, train.name, {})
    for layer in last.layers[:2]:
        assert len(np.unique(np.stack([layer.decay, layer.own["current_decay"]]), axis=1).T) == 3
    write_network(tmp_path / "a.safetensors", last)
    again = DelayNetwork.restore(read_network(tmp_path / "a.safetensors"), settings)
    assert same_spikes(fired(model, validation.spikes), fired(again, validation.spikes))
    expected = fired(model, validation.spikes)
    for name in ("pytorch", "loihi", "loihi2", "seneca"):
        platform = registered()[name]
        for ours, theirs in zip(platform.run(platform.deploy(last), validation.spikes).layers, expected, strict=True):
            assert len(ours.steps) == pytest.approx(len(theirs.steps), rel=0.05)
    assert all(len(np.unique(layer.current_decay)) <= 3 for layer in convert(last, {}).layers[:2])


def test_a_shared_decay_takes_the_gradient_of_its_group(train, settings):
    model = drawn(train, settings)
    model.share_decays(2)
    sum(decay.sum() for (decay,) in model.own_values()[:2]).backward()
    for index in range(2):
        logits, sizes = model.own[str(index)]["logit_g"], torch.bincount(model.groups[index], minlength=2)
        assert torch.allclose(logits.grad, sizes * torch.sigmoid(logits) * (1 - torch.sigmoid(logits)))
    model.limit(settings)


def test_sharing_pairs_is_close_to_the_best_of_all_ways_to_part_them():
    values = np.random.default_rng(0).random((7, 2))

    def error(kinds):
        parts = [values[np.array(kinds) == kind] for kind in set(kinds)]
        return sum(((part - part.mean(axis=0)) ** 2).sum() for part in parts)

    best = min(error(kinds) for kinds in itertools.product(range(3), repeat=7))
    means, group = share_together(values, 3)
    assert means.shape == (3, 2) and best - 1e-12 <= ((means[group] - values) ** 2).sum() < 1.3 * best
    # Equal pairs are one, and so few are kept as they are.
    means, group = share_together(np.array([[0.5, 0.1], [0.5, 0.2], [0.5, 0.1]]), 2)
    assert means.tolist() == [[0.5, 0.1], [0.5, 0.2]] and group.tolist() == [0, 1, 0]
