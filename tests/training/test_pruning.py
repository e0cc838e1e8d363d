import numpy as np
import pytest
import torch

from delaysnn.errors import InputError
from delaysnn.training.model import DelayNetwork
from delaysnn.training.pruning import keep_largest_per_axon, keep_largest_per_synapse, prune

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
