import numpy as np
import torch

from delaysnn.core.spike_trains import SpikeTrains
from delaysnn.training.layers import InputBatch
from delaysnn.training.reference import accuracy, fit_reference, picture


def test_a_picture_holds_the_root_of_the_counts():
    spikes = np.zeros((5, 1, 140))
    spikes[:2, 0, :2] = 1  # all four places of the first column and band
    spikes[4, 0, 139] = 1
    found = picture(InputBatch.of(SpikeTrains.from_dense(spikes)))
    assert found.shape == (1, 1, 3, 70)
    assert found[0, 0, 0, 0] == 2 and found[0, 0, 2, 69] == 1 and found.count_nonzero() == 2


def test_it_learns_and_comes_out_the_same_again(settings, train, validation):
    models = [fit_reference(train, settings.augmentation, seed, 12) for seed in (1, 1, 2)]
    assert accuracy(models[0], validation) > 0.9
    same = [[torch.equal(a, b) for a, b in zip(models[0].parameters(), m.parameters(), strict=True)] for m in models]
    assert all(same[1]) and not all(same[2])
