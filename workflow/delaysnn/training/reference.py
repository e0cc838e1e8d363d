"""A convolutional network on the same varied samples: what a network that does not spike reaches on these voices."""

import logging

import numpy as np
import torch
from torch import Tensor, nn

from delaysnn.core.dataset import Dataset
from delaysnn.settings.training import Variation
from delaysnn.training.augment import augment
from delaysnn.training.layers import InputBatch

_log = logging.getLogger(__name__)
_BANDS, _STEPS_A_COLUMN = 70, 2
_BATCH, _LEARNING_RATE, _WEIGHT_DECAY = 64, 0.004, 0.02


def picture(batch: InputBatch) -> Tensor:
    """Return the root of the spikes a band of channels and two time steps, float32 [sample, 1, column, band]."""
    spikes = batch.dense(torch.float32, torch.device("cpu"))
    samples, n_steps, n_neurons = spikes.shape
    columns, bands = -(-n_steps // _STEPS_A_COLUMN), min(_BANDS, n_neurons)
    spikes = nn.functional.pad(spikes, (0, 0, 0, columns * _STEPS_A_COLUMN - n_steps))
    counts = torch.zeros(samples, columns, bands)
    band = torch.arange(n_neurons) * bands // n_neurons
    counts.index_add_(2, band, spikes.view(samples, columns, _STEPS_A_COLUMN, n_neurons).sum(dim=2))
    return counts.sqrt()[:, None] * (2 / (_STEPS_A_COLUMN * n_neurons / bands) ** 0.5)


class ConvolutionalNetwork(nn.Sequential):
    """Four convolutions over time and frequency; pooling makes it tolerant to tempo and vocal tract."""

    def __init__(self, n_classes: int, width: int = 16):
        def block(n_in: int, n_out: int, size: int) -> list[nn.Module]:
            convolution = nn.Conv2d(n_in, n_out, size, padding=size // 2, bias=False)
            return [convolution, nn.BatchNorm2d(n_out), nn.ReLU()]

        halve = nn.MaxPool2d(2, ceil_mode=True)
        super().__init__(
            *(*block(1, width, 5), halve, *block(width, 2 * width, 3), halve),
            *(*block(2 * width, 4 * width, 3), halve, *block(4 * width, 4 * width, 3)),
            *(nn.AdaptiveMaxPool2d((4, 8)), nn.Flatten(), nn.Dropout(0.3), nn.Linear(128 * width, n_classes)),
        )


def fit_reference(train: Dataset, variation: Variation, seed: int, epochs: int) -> ConvolutionalNetwork:
    """Return a convolutional network trained on samples varied as for the spiking ones; the last epoch counts.

    Args:
        train: samples to learn from.
        variation: how samples vary from epoch to epoch.
        seed: of weights, order and variation of the samples.
        epochs: passes over the samples.
    """
    torch.manual_seed(seed)
    model = ConvolutionalNetwork(train.n_classes)
    # Torch's types do not know this form.
    model.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    labels = torch.from_numpy(train.labels.astype(np.int64))
    batches = -(-len(train) // _BATCH)
    optimiser = torch.optim.AdamW(model.parameters(), _LEARNING_RATE, weight_decay=_WEIGHT_DECAY)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, _LEARNING_RATE, total_steps=batches * epochs)
    for epoch in range(epochs):
        random, total = np.random.default_rng([seed, epoch]), 0.0
        for samples in np.array_split(random.permutation(len(train)), batches):
            batch = augment(train.finest, samples, variation, random, train.substeps, train.sensor)
            images = picture(batch).contiguous(memory_format=torch.channels_last)
            loss = nn.functional.cross_entropy(model(images), labels[torch.from_numpy(samples)])
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()
            total += loss.item() * len(samples)
        _log.info("epoch %d of %d: loss %.3f", epoch + 1, epochs, total / len(train))
    return model.eval()


def accuracy(model: ConvolutionalNetwork, data: Dataset) -> float:
    """Return the share of samples whose class the network finds."""
    with torch.no_grad():
        blocks = np.array_split(np.arange(len(data)), -(-len(data) // 256))
        found = [model(picture(InputBatch.of(data.spikes, samples))).argmax(dim=1) for samples in blocks]
    return float((torch.cat(found).numpy() == data.labels).mean())
