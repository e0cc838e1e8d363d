import numpy as np
import pytest
import torch

from delaysnn.core.errors import InputError
from delaysnn.training.model import DelayNetwork
from delaysnn.training.pruning import (
    coarse_levels,
    keep_largest_per_axon,
    keep_largest_per_synapse,
    keep_random,
    prune,
    prune_at_random,
    refine,
)

WEIGHTS = torch.randn(6, 4, 5, generator=torch.Generator().manual_seed(0))


def test_each_synapse_keeps_its_largest_levels():
    mask = keep_largest_per_synapse(WEIGHTS, 2)
    assert (mask.sum(dim=0) == 2).all()
    kept = torch.where(mask == 1, WEIGHTS.abs(), torch.inf).amin(dim=0)
    dropped = torch.where(mask == 0, WEIGHTS.abs(), -torch.inf).amax(dim=0)
    assert (kept >= dropped).all()


def test_each_axon_keeps_whole_levels_with_the_largest_sums():
    mask = keep_largest_per_axon(WEIGHTS, 2)
    assert ((mask.sum(dim=2) == 5) | (mask.sum(dim=2) == 0)).all()
    sums = WEIGHTS.abs().sum(dim=2)
    for pre in range(4):
        kept = set(torch.nonzero(mask[:, pre, 0]).flatten().tolist())
        assert kept == set(sums[:, pre].argsort(descending=True)[:2].tolist())


def test_pruning_leaves_layers_without_delays_and_counts_as_the_paper(settings):
    model = DelayNetwork([700, 48, 48, 20], [1, 30, 30], 2, settings, seed=1)
    prune(model, "synapse", 15)
    exported = model.export(64, "48", 1, "random", {})
    assert exported.parameters == 82560  # 700 * 48 + 15 * (48 * 48 + 48 * 20), Table I
    assert exported.layers[1].delay_levels == tuple(range(0, 60, 2))


def test_a_restored_network_is_the_same_and_keeps_its_pruning(settings):
    model = DelayNetwork([7, 5, 3], [1, 6], 2, settings, seed=1)
    prune(model, "axon", 2)
    network = model.export(20, "tiny", 1, "random", {})
    again = DelayNetwork.restore(network, settings)
    for a, b in zip(again.effective_weights(), model.effective_weights(), strict=True):
        assert torch.equal(a, b)
    assert np.allclose(again.decays()[0].detach().numpy(), network.layers[0].decay, atol=1e-6)
    assert again.stride == 2 and torch.equal(again.masks[1], model.masks[1])


def test_an_unknown_criterion_is_refused(settings):
    with pytest.raises(InputError, match="'random'"):
        prune(DelayNetwork([4, 3], [2], 2, settings, seed=1), "random", 1)


@pytest.mark.parametrize("keep", [1, 3, 6])
def test_levels_at_random_are_as_many_and_belong_to_the_seed(keep):
    every = torch.ones_like(WEIGHTS)
    mask = keep_random(every, keep, torch.Generator().manual_seed(1))
    assert set(mask.unique().tolist()) <= {0.0, 1.0} and (mask.sum(dim=0) == keep).all()
    assert torch.equal(mask, keep_random(every, keep, torch.Generator().manual_seed(1)))
    if keep < 6:
        assert not torch.equal(mask, keep_random(every, keep, torch.Generator().manual_seed(2)))


def test_levels_at_random_are_of_those_that_there_are(settings):
    model = DelayNetwork([7, 5, 4], [3, 6], 2, settings, seed=1, input_delays=(0, 7, 16))
    prune_at_random(model, 2, seed=1)
    first = model.masks[0]
    assert (first.sum(dim=0) == 2).all() and first.sum(dim=(1, 2)).nonzero().flatten().tolist() == [0, 7, 16]


def test_levels_at_random_differ_from_pair_to_pair_and_from_layer_to_layer(settings):
    model = DelayNetwork([7, 5, 5, 5], [1, 6, 6], 2, settings, seed=1)
    prune_at_random(model, 2, seed=1)
    assert model.masks[0].all()
    assert not torch.equal(model.masks[1], model.masks[2])
    assert len({tuple(pair.tolist()) for pair in model.masks[1].flatten(1).T}) > 5


@pytest.mark.parametrize("keep", range(1, 31))
def test_coarse_levels_are_even_and_span_the_range(keep):
    levels = range(0, 60, 2)
    chosen = coarse_levels(levels, keep)
    assert len(set(chosen)) == keep and set(chosen) <= set(levels)
    if keep > 1:
        assert (chosen[0], chosen[-1]) == (0, 58)
        assert np.ptp(np.diff(chosen)) <= 2


def refined(settings, keep=3, levels=8, stride=2):
    model = DelayNetwork([7, 5, 4], [1, levels], stride, settings, seed=1)
    prune(model, "synapse", keep)
    return model, refine(model, settings)


@pytest.mark.parametrize(("keep", "levels"), [(3, 8), (7, 8), (1, 8), (8, 8), (15, 30)])
def test_freed_places_go_to_neighbours_of_kept_delays_within_the_range(settings, keep, levels):
    coarse, fine = refined(settings, keep, levels)
    assert fine.stride == 1 and len(fine.weights[1]) == 2 * levels - 1
    kept, mask = coarse.masks[1], fine.masks[1]
    assert torch.equal(mask[::2], kept)
    between = torch.maximum(kept[:-1], kept[1:])  # places with a kept delay on either side
    assert (mask[1::2] <= between).all()
    assert torch.equal(mask[1::2].sum(dim=0), between.sum(dim=0).clamp(max=levels - keep))


def test_of_many_neighbours_those_of_the_largest_weights_come_first(settings):
    model = DelayNetwork([3, 2, 1], [1, 6], 4, settings, seed=1)
    with torch.no_grad():
        model.weights[1][:, 0, 0] = torch.tensor([0.1, 0.2, 0.9, 0.1, 0.8, 0.0])
    model.masks[1][5] = 0
    model.masks[1][0] = 0
    fine = refine(model, settings)
    assert fine.stride == 2
    assert torch.nonzero(fine.masks[1][:, 0, 0]).flatten().tolist() == [2, 3, 4, 5, 6, 8]


def test_a_refined_network_computes_the_same_until_it_is_trained(settings):
    coarse, fine = refined(settings)
    assert torch.equal(fine.effective_weights()[0], coarse.effective_weights()[0])
    assert torch.equal(fine.effective_weights()[1][::2], coarse.effective_weights()[1])
    assert not fine.effective_weights()[1][1::2].any()
    assert torch.equal(fine.decay_logits[1], coarse.decay_logits[1])
    assert torch.equal(fine.thresholds[1], coarse.thresholds[1])
