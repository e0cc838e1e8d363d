import numpy as np
import pytest
import torch

from delaysnn.core.dataset import Dataset
from delaysnn.core.spike_trains import SpikeTrains
from delaysnn.settings.training import Augmentation
from delaysnn.training.augment import augment, draw
from delaysnn.training.gpu.samples import Samples

augmenting = pytest.importorskip("delaysnn.training.gpu.augment", reason="there is no Triton", exc_type=ImportError)

DEVICE = torch.device("cuda" if torch.cuda.is_available() else "cpu")
STRONG = Augmentation(
    channel_shift=8,
    pitch_shift=10,
    channel_stretch=0.05,
    channel_jitter=4,
    time_shift=3,
    time_stretch=0.1,
    channel_fade=0.3,
    drop=[0.1, 0.3],
)


@pytest.fixture
def data():
    random = np.random.default_rng(0)
    fine = random.random((40, 12, 300)) < random.uniform(0, 0.2, (1, 12, 1))
    fine[:, 5] = False  # a sample without a spike
    trains = SpikeTrains.from_dense(fine)
    labels = np.arange(12) % 3
    return Dataset(trains.coarser(4), labels, labels, "random", 3, 0.01, fine=trains)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_gpu_moves_every_spike_as_the_processor_does(data, seed):
    samples = np.array([7, 5, 0, 11, 7])
    expected = augment(data.fine, samples, STRONG, np.random.default_rng(seed), data.substeps)
    drawn = augmenting.pack(draw(len(samples), STRONG, np.random.default_rng(seed)))
    columns, seeds, chosen = (torch.from_numpy(each).to(DEVICE) for each in (*drawn, samples))
    vary = augmenting.Variation(Samples.of(data, data.finest, DEVICE), STRONG)
    spikes = vary(chosen, columns, seeds)
    assert spikes.sum() > 100
    assert torch.equal(spikes.cpu(), expected.dense(torch.uint8, torch.device("cpu")))


@pytest.mark.parametrize("finest", [False, True])
def test_samples_that_are_not_varied_come_as_they_are(data, finest):
    on_card = Samples.of(data, data.finest if finest else data.spikes, DEVICE)
    spikes = on_card.dense(torch.tensor([3, 5, 1], device=DEVICE))
    assert (spikes.cpu().numpy() == data.spikes.dense()[:, [3, 5, 1]].transpose(1, 0, 2)).all()


def test_a_split_without_a_spike_is_empty(data):
    nothing = SpikeTrains.from_dense(np.zeros((10, 12, 300)))
    samples = Samples.of(data, nothing, DEVICE)
    assert not samples.dense(torch.tensor([3, 5], device=DEVICE)).any()
