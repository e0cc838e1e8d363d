"""The training loop on a GPU that holds the samples: the processor starts each step, and waits once an epoch.

It computes the same as the general loop (:mod:`delaysnn.training.optimise`), from the same random numbers, with the
same optimiser, rates and limits; only the order of sums differs. A step is captured once as a CUDA graph, so one call
starts it. Values that change from step to step are in tables on the GPU, of which a step reads its row.
"""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial, reduce
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor

from delaysnn.core.dataset import Dataset
from delaysnn.settings.training import Phase, Training
from delaysnn.training.augment import draw
from delaysnn.training.gpu.augment import WIDTHS, Variation, pack
from delaysnn.training.gpu.memory import Portion
from delaysnn.training.gpu.samples import Samples
from delaysnn.training.gpu.stack import Stack, shape_of
from delaysnn.training.losses import READOUTS, Layers, cross_entropy_each
from delaysnn.training.model import DelayNetwork
from delaysnn.training.rates import adam, parameter_groups, schedule_of

if TYPE_CHECKING:
    from delaysnn.training.optimise import Run

_log = logging.getLogger(__name__)
_SECOND_MOMENT, _EPSILON = 0.999, 1e-8  # as torch's Adam has them by default
_AT_ONCE = 256  # samples of a network in validation


def alike(model: DelayNetwork, run: "Run") -> Any:
    """Return what networks that train side by side have in common."""
    batches = -(-len(run.train) // run.training.batch)
    form = run.train.finest.n_steps, run.train.spikes.n_steps, run.train.spikes.n_neurons
    return shape_of(model), run.training.model_dump_json(), batches, form


@dataclass(frozen=True)
class _Batches:
    """Batches of an epoch on the device, one row each: all are filled up to one size.

    Attributes:
        samples: int64 [batch, net, place]; a place that is not filled has any sample.
        filled: float32 of the same shape, 1 or 0.
        columns, seeds: how each varies (:func:`pack`), [batch, net, place, column] and [batch, net, place].
    """

    samples: Tensor
    filled: Tensor
    columns: Tensor
    seeds: Tensor


class OnCard:
    """Trains networks that are :func:`alike` side by side, with their samples on the device."""

    def __init__(self, models: Sequence[DelayNetwork], runs: Sequence["Run"], phase: Phase):
        self.runs, self.training = runs, runs[0].training
        self.device = models[0].weights[0].device
        groups = parameter_groups(models[0], phase, self.training)
        self.stack = Stack(models, [group["params"] for group in groups])
        flat = self.stack.flat.detach()
        self._train, self._train_from = _on_device([run.train for run in runs], True, self.device)
        variation = self.training.augmentation
        assert variation is not None  # or the run would have been refused
        self._variation, self._vary = variation, Variation(self._train, variation)
        self.n_batches = -(-len(runs[0].train) // self.training.batch)
        self._rates = _rates(groups, phase.epochs * self.n_batches, self.training).to(self.device)
        sizes = torch.tensor(self.stack.segments)
        self._group = torch.arange(len(groups)).repeat_interleave(sizes).to(self.device)
        decays = torch.tensor([group.get("weight_decay", 0.0) for group in groups])
        self._weight_decay = decays.repeat_interleave(sizes).to(self.device)
        self._first, self._second = torch.zeros_like(flat), torch.zeros_like(flat)
        self._done = torch.zeros(1, dtype=torch.int64, device=self.device)  # steps of the phase
        self._at = torch.zeros_like(self._done)  # steps of the epoch
        self._loss = torch.zeros(len(runs), dtype=torch.float64, device=self.device)
        self._sigma = torch.ones((), device=self.device)
        self._most = max(-(-len(run.train) // self.n_batches) for run in runs)  # samples a batch and network
        self._portion = Portion(self._most, len(runs), "and adds up gradients")
        self._validated = Portion(_AT_ONCE, len(runs), "without gradients")
        self._splits: dict[str, tuple[Samples, list[int]]] = {}
        self._tables: _Batches | None = None
        self._drawn: tuple[int, list[np.ndarray]] | None = None
        self._graph: torch.cuda.CUDAGraph | None = None
        self.parts = [{"optimiser": _Moments(self, net)} for net in range(len(runs))]

    def epoch(self, epoch: int, sigma: float | None) -> list[float]:
        """Train one epoch and return each network's mean loss, which is no number where a gradient was none."""
        if sigma is not None:
            self._sigma.fill_(sigma)
        self._fill(self._draw(epoch))
        self._at.zero_()
        self._loss.zero_()
        self._portion.fit(self._capture)
        for _ in range(self.n_batches):
            self._portion.fit(self._step) if self._graph is None else self._graph.replay()
        # While the device works, the processor draws what comes next.
        self._drawn = epoch + 1, self._draw(epoch + 1)
        return [total / len(run.train) for total, run in zip(self._loss.tolist(), self.runs, strict=True)]

    def validate(self, split: str) -> list[dict[str, float]]:
        """Return what each network does on the samples of its run's ``split``: one row each."""
        if split not in self._splits:
            self._splits[split] = _on_device([getattr(run, split) for run in self.runs], False, self.device)
        samples, begins = self._splits[split]
        counts = [len(getattr(run, split)) for run in self.runs]
        sums = self._validated.fit(partial(self._sums, samples, begins, counts))
        return [self._row(total, count) for total, count in zip(sums.tolist(), counts, strict=True)]

    def _sums(self, samples: Samples, begins: list[int], counts: list[int], at_once: int) -> Tensor:
        """Return the sums of :meth:`_measure` over all of a split's samples."""
        shared = len(set(begins)) == 1
        sums: Any = 0
        with torch.no_grad():
            for first in range(0, max(counts), at_once):
                place = torch.arange(first, first + at_once, device=self.device)
                filled = torch.stack([(place < count) for count in counts])
                last = torch.tensor(counts, device=self.device)[:, None] - 1
                chosen = torch.minimum(place, last) + torch.tensor(begins, device=self.device)[:, None]
                spikes = _by_net(samples.dense((chosen[:1] if shared else chosen).flatten()), at_once)
                layers = self.stack.layers(spikes.expand(len(counts), -1, -1, -1), None)
                sums = sums + self._measure(layers, samples.labels[chosen], filled)
        return sums

    def _measure(self, layers: Layers, labels: Tensor, filled: Tensor) -> Tensor:
        """Return sums over a batch, float64 [net, value]: loss, right answers, spikes of every layer."""
        flat = _flat(layers)
        loss = cross_entropy_each(flat, labels.flatten(), self.training).view_as(labels)
        right = _decide(flat, self.training.loss).view_as(labels) == labels
        spikes = [fired.sum(dim=(2, 3)) for fired, _ in layers]
        values = [torch.where(filled, value, 0).double().sum(dim=1) for value in (loss, right, *spikes)]
        return torch.stack(values, dim=1)

    def _row(self, sums: list[float], count: int) -> dict[str, float]:
        loss, right, *spikes = sums
        return {
            "validation_loss": loss / count,
            "validation_accuracy": 100 * right / count,
            **{f"spikes_layer{index}": total / count for index, total in enumerate(spikes)},
        }

    def _draw(self, epoch: int) -> list[np.ndarray]:
        """Return the tables of :class:`_Batches` for an epoch, drawn as the general loop draws them."""
        if self._drawn and self._drawn[0] == epoch:
            return self._drawn[1]
        shape = self.n_batches, len(self.runs), self._most
        samples, filled = np.zeros(shape, np.int64), np.zeros(shape, np.float32)
        columns, seeds = np.zeros((*shape, sum(WIDTHS))), np.zeros(shape, np.int64)
        for net, (run, begin) in enumerate(zip(self.runs, self._train_from, strict=True)):
            random = np.random.default_rng([run.seed, epoch])
            order = random.permutation(len(run.train))
            for batch, chosen in enumerate(np.array_split(order, self.n_batches)):
                at = batch, net, slice(len(chosen))
                samples[at], filled[at] = begin + chosen, 1
                columns[at], seeds[at] = pack(draw(len(chosen), self._variation, random))
        return [samples, filled, columns, seeds]

    def _fill(self, drawn: list[np.ndarray]) -> None:
        """Bring an epoch's tables to where the captured step reads them."""
        fresh = [torch.from_numpy(each) for each in drawn]
        if self._tables is None:
            self._tables = _Batches(*(each.to(self.device) for each in fresh))
            return
        for table, each in zip(_parts(self._tables), fresh, strict=True):
            table.copy_(each)

    def _capture(self, at_once: int) -> None:
        """Capture a step as a graph, once. Steps before it compile kernels; what they train is taken back."""
        if self._graph is not None or self.device.type != "cuda":
            return
        state = [self.stack.flat.detach(), self._first, self._second, self._done, self._at, self._loss]
        before = [each.clone() for each in state]
        try:
            stream = torch.cuda.Stream()
            stream.wait_stream(torch.cuda.current_stream())
            with torch.cuda.stream(stream):
                for _ in range(2):
                    self._at.zero_()
                    self._done.zero_()
                    self._step(at_once)
            torch.cuda.current_stream().wait_stream(stream)
            graph = torch.cuda.CUDAGraph()
            with torch.cuda.graph(graph):
                self._step(at_once)
            self._graph = graph
        finally:
            # Where memory was too small, too.
            torch.cuda.synchronize()
            for each, value in zip(state, before, strict=True):
                each.copy_(value)

    def _step(self, at_once: int) -> None:
        """Train on the batch that is next. Nothing here waits for the device, or hangs on what it holds."""
        assert self._tables is not None
        rows = [table[self._at][0] for table in _parts(self._tables)]
        counts = rows[1].sum(dim=1)
        # Sums over parts of the batch, if it has several.
        parts = (
            self._gradient([row[:, first : first + at_once] for row in rows], counts)
            for first in range(0, self._most, at_once)
        )
        gradient, total = (reduce(torch.add, sums) for sums in zip(*parts, strict=True))
        with torch.no_grad():
            norm = torch.linalg.vector_norm(gradient, dim=1, keepdim=True)
            # Spikes hide a broken membrane from the loss, but not from its gradient.
            self._loss += torch.where(norm[:, 0].isfinite(), total, torch.nan)
            self._update(gradient * (self.training.gradient_norm / (norm + 1e-6)).clamp(max=1))
            self.stack.limit(self.training)
            self._at += 1
            self._done += 1

    def _gradient(self, rows: list[Tensor], counts: Tensor) -> tuple[Tensor, Tensor]:
        """Return what a part of a batch adds to the gradient, [net, parameter], and to the sum of losses, [net].

        Args:
            rows: of :class:`_Batches`, [net, place, ...].
            counts: samples of the whole batch, [net].
        """
        # Kernels read rows that follow one another.
        samples, filled, columns, seeds = (row.contiguous() for row in rows)
        drawn = samples.flatten(), columns.flatten(0, 1), seeds.flatten()
        spikes = _by_net(self._vary(*drawn), samples.shape[1])
        layers = self.stack.layers(spikes, self._sigma)
        labels = self._train.labels[samples]
        losses = cross_entropy_each(_flat(layers[-1:]), labels.flatten(), self.training).view_as(labels) * filled
        total = losses.sum(dim=1)
        (gradient,) = torch.autograd.grad((total / counts).sum(), self.stack.flat)
        return gradient, total.detach()

    def _update(self, gradient: Tensor) -> None:
        """Take one step of Adam with decoupled decay of weights."""
        flat, row = self.stack.flat, self._rates[self._done][0]
        rate, momentum, steps = row[self._group].float(), row[-1], (self._done + 1).double()
        self._first.lerp_(gradient, (1 - momentum).float())
        self._second.lerp_(gradient * gradient, 1 - _SECOND_MOMENT)
        first, second = 1 - momentum**steps, 1 - _SECOND_MOMENT**steps
        flat.mul_(1 - rate * self._weight_decay)
        size = self._second.sqrt() / second.sqrt().float() + _EPSILON
        flat.sub_(rate / first.float() * self._first / size)


class _Moments:
    """What a checkpoint keeps of one network's optimiser."""

    def __init__(self, loop: OnCard, net: int):
        self.loop, self.net = loop, net

    def state_dict(self) -> dict[str, Any]:
        loop, net = self.loop, self.net
        return {"steps": int(loop._done), "first": loop._first[net].clone(), "second": loop._second[net].clone()}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        loop, net = self.loop, self.net
        loop._done.fill_(state["steps"])
        loop._first[net].copy_(state["first"])
        loop._second[net].copy_(state["second"])


def _parts(batches: _Batches) -> Iterator[Tensor]:
    return (getattr(batches, name) for name in _Batches.__dataclass_fields__)


def _on_device(splits: Sequence[Dataset], finest: bool, device: torch.device) -> tuple[Samples, list[int]]:
    """Return the samples of all networks, each data set once, and where each network's begin among them."""
    distinct = list({id(split): split for split in splits}.values())
    starts = np.cumsum([0, *(len(split) for split in distinct)])
    begins = {id(split): int(start) for split, start in zip(distinct, starts[:-1], strict=True)}
    data = distinct[0] if len(distinct) == 1 else Dataset.join(distinct)
    return Samples.of(data, data.finest if finest else data.spikes, device), [begins[id(split)] for split in splits]


def _rates(groups: list[dict[str, Any]], steps: int, training: Training) -> Tensor:
    """Return what torch's optimiser has before each step, float64 [step, value]: every group's rate, then the momentum.

    Its schedules change both, and are followed by following them.
    """
    stand_in = [group | {"params": [torch.zeros(1, requires_grad=True)]} for group in groups]
    optimiser = adam(stand_in)
    schedule = schedule_of(optimiser, steps, training)
    rows = []
    for _ in range(steps):
        rows.append([*(group["lr"] for group in optimiser.param_groups), optimiser.param_groups[0]["betas"][0]])
        optimiser.step()
        schedule.step()
    return torch.tensor(rows, dtype=torch.float64)


def _by_net(rows: Tensor, count: int) -> Tensor:
    """Return [net x batch, ...] as [net, batch, ...], ``count`` samples a batch."""
    return rows.unflatten(0, (-1, count))


def _flat(layers: Layers) -> Layers:
    """Return layers [net, batch, time, neuron] as [net x batch, time, neuron]."""
    return [(fired.flatten(0, 1), membrane.flatten(0, 1)) for fired, membrane in layers]


def _decide(layers: Layers, loss: str) -> Tensor:
    """Return the class that the readout decides, int64 [row]; by spikes as :func:`delaysnn.core.traces.decide`."""
    if loss != "spike_count":
        return READOUTS[loss](layers).argmax(dim=1)
    fired = layers[-1][0].long()
    n_steps, classes = fired.shape[1:]
    step = torch.arange(n_steps, device=fired.device)[:, None]
    rank = fired.sum(dim=1) * n_steps - (fired * step).amax(dim=1)
    # Of equal ones the first wins, on any device.
    return (rank * classes - torch.arange(classes, device=fired.device)).argmax(dim=1)
