from itertools import combinations

import numpy as np
import pytest
import torch
from torch._subclasses.fake_tensor import FakeTensorMode

from delaysnn.platforms.loihi.conversion import convert
from delaysnn.settings.training import Phase
from delaysnn.training.model import DelayNetwork
from delaysnn.training.optimise import fit_quantised
from delaysnn.training.quantisation import _scales, best_scale, quantise, share

WEIGHTS = torch.randn(2000, generator=torch.Generator().manual_seed(0)) * 0.1


@pytest.mark.parametrize("bits", [2, 3, 4, 8])
def test_weights_become_integers_of_the_width(bits):
    scale = best_scale(WEIGHTS, bits)
    integers = quantise(WEIGHTS, scale, bits) / scale
    top = 2 ** (bits - 1) - 1
    assert torch.allclose(integers, integers.round(), atol=1e-4)
    assert integers.abs().max().round() == top
    assert bits > 4 or len(integers.round().unique()) == 2 * top + 1


def test_scales_are_tried_where_the_weights_are():
    with FakeTensorMode():
        assert _scales(torch.ones((), device="cuda"), 127).device.type == "cuda"


def test_more_bits_are_closer_and_clipping_helps_few():
    errors = [(quantise(WEIGHTS, best_scale(WEIGHTS, bits), bits) - WEIGHTS).square().mean() for bits in (2, 4, 8)]
    assert errors[0] > errors[1] > errors[2]
    unclipped = WEIGHTS.abs().max().item() / 7
    assert errors[1] < (quantise(WEIGHTS, unclipped, 4) - WEIGHTS).square().mean()


def test_the_gradient_passes_except_where_weights_are_clipped():
    weights = torch.tensor([0.1, -0.3, 5.0], requires_grad=True)
    quantise(weights, 0.1, 4).sum().backward()
    assert weights.grad.tolist() == [1, 1, 0]


def test_an_exported_network_says_its_integers(settings):
    model = DelayNetwork([7, 5, 3], [1, 6], 2, settings, seed=1)
    model.quantise(4)
    for layer in model.export(20, "tiny", 1, "random", {}).layers:
        integers = layer.weights / layer.scale
        assert layer.bits == 4
        assert np.abs(integers - np.rint(integers)).max() < 1e-4 and np.abs(integers).max() < 7.5


def test_neighbours_share_a_value_and_each_takes_the_nearest():
    values = np.array([0.9, 0.1, 0.12, 0.5, 0.92, 0.1])
    means, group = share(values, 3)
    assert np.allclose(means, [0.32 / 3, 0.5, 0.91]) and group.tolist() == [2, 0, 0, 1, 2, 0]
    means, group = share(values, 9)
    assert (means[group] == values).all() and len(means) == 5
    assert share(values, 1)[1].tolist() == [0] * 6


def test_sharing_is_close_to_the_best_of_all_ways_to_part_the_values():
    values = np.sort(np.random.default_rng(0).random(12))

    def error(cuts):
        return sum(((part - part.mean()) ** 2).sum() for part in np.split(values, cuts))

    best = min(error(cuts) for cuts in combinations(range(1, 12), 3))
    means, group = share(values, 4)
    assert best - 1e-12 <= ((means[group] - values) ** 2).sum() < 1.2 * best


def test_neurons_that_share_a_decay_train_it_together(settings):
    model = DelayNetwork([7, 5, 3], [1, 6], 2, settings, seed=1)
    before = model.decays()
    model.share_decays(2)
    assert [len(decay.unique()) for decay in model.decays()] == [2, 2]
    assert max((a - b).abs().max().item() for a, b in zip(before, model.decays(), strict=True)) < 0.3
    sum(decay.sum() for decay in model.decays()).backward()
    sizes = [torch.bincount(group) for group in model.groups]
    shares = [torch.sigmoid(logits) * (1 - torch.sigmoid(logits)) for logits in model.decay_logits]
    for logits, size, share_of_one in zip(model.decay_logits, sizes, shares, strict=True):
        assert torch.allclose(logits.grad, size * share_of_one)


def test_a_quantised_network_has_few_decays_on_the_chip_too_and_they_were_trained(settings, run):
    network = DelayNetwork([12, 16, 3], [1, 10], 2, settings, seed=1).export(32, "tiny", 1, "delayed_pairs", {})
    phase = Phase(epochs=2, learning_rate=0.02)

    def decays(rate):
        model = fit_quantised(network, 8, run(f"{rate}", batch=64, decay_rate_factor=rate), phase, decay_groups=4)
        return [layer.decay for layer in convert(model.export(32, "tiny", 1, "delayed_pairs", {}), {}).layers]

    trained, still = decays(5), decays(1e-9)
    assert [len(np.unique(decay)) for decay in trained] == [4, 3]
    assert (trained[0] != still[0]).any()
