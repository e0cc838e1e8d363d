import numpy as np
import pytest
import torch

from delaysnn.errors import InputError
from delaysnn.training.model import DelayNetwork
from delaysnn.training.pruning import (
    coarse_levels,
    keep_largest_per_axon,
    keep_largest_per_synapse,
    keep_random,
    prune,
    prune_at_random,
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
    mask = keep_random(WEIGHTS, keep, torch.Generator().manual_seed(1))
    assert set(mask.unique().tolist()) <= {0.0, 1.0} and (mask.sum(dim=0) == keep).all()
    assert torch.equal(mask, keep_random(WEIGHTS, keep, torch.Generator().manual_seed(1)))
    assert torch.equal(mask, keep_random(-WEIGHTS.flip(0), keep, torch.Generator().manual_seed(1)))
    if keep < 6:
        assert not torch.equal(mask, keep_random(WEIGHTS, keep, torch.Generator().manual_seed(2)))


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


@pytest.mark.parametrize("keep", [0, 31])
def test_more_or_fewer_levels_than_there_are_cannot_be_coarse(keep):
    with pytest.raises(InputError, match=f"{keep} of 30 delay levels cannot be kept; keep 1 to 30"):
        coarse_levels(range(0, 60, 2), keep)
