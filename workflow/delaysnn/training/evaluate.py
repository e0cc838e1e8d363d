"""Run a trained network on a whole split: spikes of every layer, and the decided classes."""

from collections.abc import Iterator

import numpy as np
import torch
from torch import Tensor

from delaysnn.core.dataset import Dataset
from delaysnn.core.readout import SPIKES, score
from delaysnn.core.spike_trains import SpikeTrains
from delaysnn.core.traces import Traces, decide, decide_by
from delaysnn.training.gpu.memory import Portion
from delaysnn.training.layers import InputBatch
from delaysnn.training.losses import READOUTS, Layers
from delaysnn.training.model import DelayNetwork

_SAMPLES_AT_ONCE = 256


def run_network(model: DelayNetwork, spikes: SpikeTrains) -> Iterator[tuple[np.ndarray, list[tuple[Tensor, Tensor]]]]:
    """Yield, block by block, the samples' indices and every layer's spikes and membranes [batch, time, neuron]."""
    portion, first = Portion(_SAMPLES_AT_ONCE, 1, "without gradients"), 0

    def run(most: int) -> tuple[np.ndarray, list[tuple[Tensor, Tensor]]]:
        samples = np.arange(first, min(first + most, len(spikes)))
        with torch.no_grad():
            return samples, model(InputBatch.of(spikes, samples))

    while first < len(spikes):
        samples, layers = portion.fit(run)
        yield samples, layers
        first += len(samples)


def to_trains(spikes: Tensor) -> SpikeTrains:
    """Return spikes [batch, time, neuron] as events."""
    return SpikeTrains.from_dense(spikes.cpu().numpy().transpose(1, 0, 2))


def decide_as_trained(layers: Layers, loss: str, readout: str = SPIKES) -> np.ndarray:
    """Return the class that the loss's readout decides, int64 [batch]: by output spikes or by membranes.

    Where the network's own ``readout`` is by membranes, that decides.
    """
    if readout != SPIKES:
        return _scores(layers, readout).argmax(axis=1)
    if loss == "spike_count":
        return decide(to_trains(layers[-1][0]))
    return READOUTS[loss](layers).argmax(dim=1).cpu().numpy()


def accuracy_as_trained(model: DelayNetwork, data: Dataset, loss: str) -> float:
    """Return the share of samples whose class the loss's readout decides."""
    decided = [decide_as_trained(layers, loss, model.readout) for _, layers in run_network(model, data.spikes)]
    return float((np.concatenate(decided) == data.labels).mean())


def membranes(model: DelayNetwork, spikes: SpikeTrains) -> tuple[np.ndarray, ...]:
    """Return potentials before the reset in units of the threshold, float [time, neuron] a layer, of one sample.

    Those of a last layer whose membranes decide are in units of the network's weights.
    """
    ((_, layers),) = run_network(model, spikes)
    thresholds = model.thresholds
    if model.readout != SPIKES:
        thresholds[-1] = torch.ones_like(thresholds[-1])
    parts = zip(layers, thresholds, strict=True)
    return tuple((potential[0] / threshold).cpu().numpy() for (_, potential), threshold in parts)


def _scores(layers: Layers, readout: str) -> np.ndarray:
    return score(readout, layers[-1][1].cpu().numpy())


def outputs(model: DelayNetwork, spikes: SpikeTrains) -> tuple[tuple[SpikeTrains, ...], np.ndarray | None]:
    """Return the spikes of every layer for every sample, and where membranes decide what they say for each class.

    That is float64 [samples, classes].
    """
    blocks, scores = [], []
    for _, layers in run_network(model, spikes):
        blocks.append([layer[0].cpu() for layer in layers])
        if model.readout != SPIKES:
            scores.append(_scores(layers, model.readout))
    trains = tuple(to_trains(torch.cat(layer)) for layer in zip(*blocks, strict=True))
    return trains, np.concatenate(scores) if scores else None


def fired(model: DelayNetwork, spikes: SpikeTrains) -> tuple[SpikeTrains, ...]:
    """Return the spikes of every layer for every sample."""
    return outputs(model, spikes)[0]


def trace(model: DelayNetwork, data: Dataset, provenance: dict) -> Traces:
    """Return the spikes of every layer for every sample, and the decided classes.

    Args:
        model: a network.
        data: samples.
        provenance: how the traces are made; they carry it.
    """
    trains, scores = outputs(model, data.spikes)
    return Traces(trains, data.labels, decide_by(trains[-1], scores), "pytorch", provenance, scores)
