"""How hard a data set is: three baselines on its test samples, and how much of the accuracy needs the order in time."""

import logging
from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor, nn

from delaysnn.data.binning import bin_events
from delaysnn.data.events import Events

_log = logging.getLogger(__name__)
_BIN_S = 0.025
# SHD has five channels a band.
_BANDS = 140


class _Recurrent(nn.Module):
    def __init__(self, n_in: int, n_classes: int):
        super().__init__()
        self.gru = nn.GRU(n_in, 128, batch_first=True)
        self.readout = nn.Linear(128, n_classes)

    def forward(self, bins: Tensor) -> Tensor:
        return self.readout(self.gru(bins)[0].mean(dim=1))


def count_voices(train: Events, test: Events) -> int | None:
    """Return how many speakers there are, None where some sample does not say."""
    speakers = {*train.speakers.tolist(), *test.speakers.tolist()}
    return None if -1 in speakers else len(speakers)


def are_unseen(train: Events, test: Events) -> bool:
    """Return whether no test sample is by a training speaker; False where some sample does not say who speaks."""
    return count_voices(train, test) is not None and not np.isin(test.speakers, train.speakers).any()


def measure_baselines(train: Events, test: Events, duration_s: float, seed: int, epochs: int) -> dict[str, float]:
    """Train three baselines and return their accuracies in percent on the test samples, by the card's keys.

    ``counts_accuracy`` is that of a perceptron with one hidden layer on spikes a channel, ``gru_accuracy`` of a
    recurrent network (GRU) on 25 ms bins, ``gru_permuted_accuracy`` of the same, each sample's bins in an order of
    their own.

    Args:
        train, test: samples of each.
        duration_s: seconds to bin.
        seed: of initial weights, order of samples, and permutations.
        epochs: passes over the training samples; no choice uses the test samples.
    """
    n_classes = 1 + max(int(train.labels.max()), int(test.labels.max()))
    bins = [_bands(events, duration_s) for events in (train, test)]
    labels = [torch.from_numpy(events.labels) for events in (train, test)]
    random = np.random.default_rng(seed)
    permuted = [_permute(array, random) for array in bins]
    counts = [array.sum(dim=1) for array in bins]
    tested = "samples of unseen speakers" if are_unseen(train, test) else "test samples"

    def perceptron(n_in: int) -> nn.Module:
        return nn.Sequential(nn.Linear(n_in, 128), nn.ReLU(), nn.Linear(128, n_classes))

    def recurrent(n_in: int) -> nn.Module:
        return _Recurrent(n_in, n_classes)

    def score(name: str, build: Callable[[int], nn.Module], inputs: list[Tensor]) -> float:
        accuracy = _score(build, inputs, labels, seed, epochs)
        _log.info("%s: %.1f %% of %s", name, accuracy, tested)
        return accuracy

    return {
        "counts_accuracy": score("spike counts", perceptron, counts),
        "gru_accuracy": score("GRU", recurrent, bins),
        "gru_permuted_accuracy": score("GRU, bins permuted", recurrent, permuted),
    }


def _bands(events: Events, duration_s: float) -> Tensor:
    """Return spikes a 25 ms bin and band of channels, float [sample, bin, band]; the last band may be narrower."""
    spikes = bin_events(events, max(1, round(duration_s / _BIN_S)), duration_s).spikes
    dense = spikes.dense().transpose(1, 0, 2)
    width = -(-events.channels // _BANDS)
    full = np.pad(dense, ((0, 0), (0, 0), (0, -events.channels % width)))
    return torch.from_numpy(full.reshape(*dense.shape[:2], -1, width).sum(axis=3, dtype=np.float32))


def _permute(bins: Tensor, random: np.random.Generator) -> Tensor:
    order = torch.from_numpy(np.argsort(random.random(bins.shape[:2]), axis=1))
    return torch.take_along_dim(bins, order[:, :, None], dim=1)


def _score(
    build: Callable[[int], nn.Module], inputs: list[Tensor], labels: list[Tensor], seed: int, epochs: int
) -> float:
    torch.manual_seed(seed)
    mean, deviation = inputs[0].mean(), inputs[0].std()
    train, test = ((array - mean) / deviation for array in inputs)
    model = build(train.shape[-1])
    optimiser = torch.optim.Adam(model.parameters(), lr=2e-3)
    generator = torch.Generator().manual_seed(seed)
    for _ in range(epochs):
        for samples in torch.randperm(len(train), generator=generator).split(64):
            loss = nn.functional.cross_entropy(model(train[samples]), labels[0][samples])
            optimiser.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimiser.step()
    with torch.no_grad():
        return 100 * float((model(test).argmax(dim=1) == labels[1]).float().mean())
