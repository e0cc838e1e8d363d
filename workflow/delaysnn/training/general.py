"""The general training loop, for one network on any device and with any settings; the processor makes its batches."""

import logging
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import torch

from delaysnn.core.dataset import Dataset
from delaysnn.core.readout import SPIKES
from delaysnn.settings.training import Phase, Training
from delaysnn.training.augment import augment
from delaysnn.training.dropout import leave_out
from delaysnn.training.evaluate import decide_as_trained, run_network
from delaysnn.training.gpu.memory import enough
from delaysnn.training.losses import cross_entropy
from delaysnn.training.model import DelayNetwork
from delaysnn.training.rates import adam, parameter_groups, schedule_of

if TYPE_CHECKING:
    from delaysnn.training.optimise import Run

_log = logging.getLogger(__name__)


class General:
    """Trains one network."""

    def __init__(self, model: DelayNetwork, run: "Run", phase: Phase):
        self.model, self.run = model, run
        self.optimiser = adam(parameter_groups(model, phase, run.training), fused=True)
        steps = phase.epochs * -(-len(run.train) // run.training.batch)
        self.schedule = schedule_of(self.optimiser, steps, run.training)
        self.parts = [{"optimiser": self.optimiser, "schedule": self.schedule}]

    def epoch(self, epoch: int, sigma: float | None) -> list[float]:
        run, random = self.run, np.random.default_rng([self.run.seed, epoch])
        with self.model.spreading(sigma), enough(run.training.batch):
            loss, outside = _epoch(self.model, run.train, run.training, self.optimiser, self.schedule, random)
        if epoch == 0 and run.training.variation:
            _log.info("varying the samples moves %.2f %% of the spikes beyond the edges", 100 * outside)
        return [loss]

    def validate(self, split: str) -> list[dict[str, float]]:
        return [_validate(self.model, getattr(self.run, split), self.run.training)]


def _epoch(
    model: DelayNetwork,
    train: Dataset,
    training: Training,
    optimiser: torch.optim.Optimizer,
    schedule: torch.optim.lr_scheduler.LRScheduler,
    random: np.random.Generator,
) -> tuple[float, float]:
    """Train for one epoch; return the loss, and the share of spikes that were moved beyond the edges."""
    device = model.weights[0].device
    labels = torch.from_numpy(train.labels.astype(np.int64)).to(device)
    order = random.permutation(len(train))
    thin = None
    if training.dropout or training.step_dropout:
        thin = partial(leave_out, share=training.dropout, random=random, steps=training.step_dropout)
    total, outside = 0.0, 0
    for samples in np.array_split(order, -(-len(order) // training.batch)):
        batch = augment(train.finest, samples, training.variation, random, train.substeps, train.sensor)
        outside += batch.outside
        loss = cross_entropy(model(batch, thin), labels[torch.from_numpy(samples)], training, model.readout)
        optimiser.zero_grad()
        loss.backward()
        norm = torch.nn.utils.clip_grad_norm_(model.parameters(), training.gradient_norm)
        if not torch.isfinite(norm):  # spikes hide a broken membrane from the loss, but not from its gradient
            return float("nan"), 0.0
        optimiser.step()
        model.limit(training)
        schedule.step()
        total += loss.item() * len(samples)
    return total / len(order), outside / max(1, len(train.finest.steps))


def _validate(model: DelayNetwork, validation: Dataset, training: Training) -> dict[str, float]:
    right, loss, spikes = 0, 0.0, []
    for samples, layers in run_network(model, validation.spikes):
        labels = torch.from_numpy(validation.labels[samples].astype(np.int64)).to(layers[0][0].device)
        loss += cross_entropy(layers, labels, training, model.readout).item() * len(samples)
        decided = decide_as_trained(layers, training.loss, model.readout)
        right += int((decided == validation.labels[samples]).sum())
        # Where membranes decide, the last layer is silent and is meant to be.
        firing = layers if model.readout == SPIKES else layers[:-1]
        spikes.append([float(fired.sum()) for fired, _ in firing])
    each = np.sum(spikes, axis=0) / len(validation)
    return {
        "validation_loss": loss / len(validation),
        "validation_accuracy": 100 * right / len(validation),
        **{f"spikes_layer{index}": count for index, count in enumerate(each.tolist())},
    }
