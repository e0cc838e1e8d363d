"""Delayed synapses and neurons as differentiable functions: compiled on the CPU, pure torch elsewhere.

Inside training arrays are [batch, time, neuron]: a sample is then contiguous, which is what the kernels stream over.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from delaysnn.core.spike_trains import SpikeTrains
from delaysnn.neurons import Neuron
from delaysnn.neurons.lif import NEURON as LIF
from delaysnn.training import kernels


@dataclass(frozen=True)
class InputBatch:
    """Input spikes of a batch as events: sample ``i`` owns ``steps`` and ``neurons`` from ``begin[i]`` to ``end[i]``.

    Both are uint16, ``begin`` and ``end`` int64 [batch]. Samples may lie anywhere, so choosing some copies nothing.
    ``outside`` counts spikes that varying the samples moved beyond the edges of channels or window.
    """

    begin: np.ndarray
    end: np.ndarray
    steps: np.ndarray
    neurons: np.ndarray
    n_steps: int
    n_neurons: int
    outside: int = 0

    @classmethod
    def of(cls, trains: SpikeTrains, samples: np.ndarray | slice = slice(None)) -> "InputBatch":
        """Take some samples' events as they are, of all samples by default."""
        begin, end = trains.offsets[:-1][samples], trains.offsets[1:][samples]
        return cls(begin, end, trains.steps, trains.neurons, trains.n_steps, trains.n_neurons)

    def dense(self, dtype: torch.dtype, device: torch.device) -> Tensor:
        """Return the spikes, [batch, time, channel]."""
        spikes = np.zeros((len(self.begin), self.n_steps, self.n_neurons), np.uint8)
        for sample, events in enumerate(map(slice, self.begin, self.end)):
            spikes[sample, self.steps[events], self.neurons[events]] = 1
        return torch.from_numpy(spikes).to(device=device, dtype=dtype)

    @property
    def events(self) -> kernels.Events:
        return self.begin, self.end, self.steps, self.neurons


@dataclass(frozen=True)
class Fired:
    """What a layer of neurons did: spikes and membrane potentials before the reset, both [batch, time, neuron]."""

    spikes: Tensor
    membrane: Tensor
    events: kernels.Events | None = None


def compiled(weights: Tensor) -> bool:
    """Say whether the compiled kernels can take these weights."""
    return weights.device.type == "cpu" and weights.dtype == torch.float32 and kernels.library() is not None


def delayed_lif(
    before: InputBatch | Fired,
    weights: Tensor,
    decay: Tensor,
    threshold: Tensor,
    stride: int,
    scale: float,
    recurrent: Tensor | None = None,
    neuron: Neuron = LIF,
    own: Sequence[Tensor] = (),
) -> Fired:
    """Run a layer of delayed synapses and neurons, by default LIF, over all time steps (paper section II).

    ``I[t] = sum_d s_before[t - d * stride] @ weights[d] + s[t-1] @ recurrent``,
    ``u[t] = u[t-1] * decay * (1 - s[t-1]) + I[t]``, ``s[t] = u[t] >= threshold``; backwards the fast sigmoid's
    derivative ``1 / (scale * |u - threshold| + 1)^2`` stands for the step's. Other neurons step by their ``step``.

    Args:
        before: input spikes, or the layer before.
        weights: [delay, pre, post]; level ``d`` delays by ``d * stride`` steps.
        decay, threshold: [post].
        stride: time steps between two delay levels.
        scale: steepness of the fast sigmoid.
        recurrent: [pre, post], from the layer to itself, or None.
        neuron: the model of the layer's neurons.
        own: what such a neuron has beside decay and threshold, each [post].
    """
    if compiled(weights) and neuron.kernel is not None:
        spikes = None if isinstance(before, InputBatch) else before.spikes
        n_steps = before.n_steps if isinstance(before, InputBatch) else before.spikes.shape[1]
        constants = before.events, n_steps, stride, scale, neuron
        values = torch.stack([decay, *own])
        return Fired(*_CompiledLayer.apply(spikes, weights, values, recurrent, threshold, *constants))
    spikes = before.dense(weights.dtype, weights.device) if isinstance(before, InputBatch) else before.spikes
    current = shifted_current(spikes, weights, stride)
    if neuron is LIF:
        return Fired(*_LIF.apply(current, decay, recurrent, threshold, scale))
    return Fired(*_steps(neuron, current, decay, own, recurrent, threshold, scale))


def shifted_current(spikes: Tensor, weights: Tensor, stride: int) -> Tensor:
    """Return the synaptic current in pure torch: one product a level over the whole history."""
    n_steps = spikes.shape[1]
    current = spikes @ weights[0]
    for level in range(1, min(len(weights), -(-n_steps // stride))):
        late = spikes[:, : n_steps - level * stride] @ weights[level]
        current = current + torch.nn.functional.pad(late, (0, 0, level * stride, 0))
    return current


class _CompiledLayer(torch.autograd.Function):
    @staticmethod
    def forward(ctx, before, weights, values, recurrent, threshold, events, n_steps, stride, scale, neuron):
        by_neuron, kind = kernels.by_neuron(weights), neuron.kernel
        recurrent = None if recurrent is None else kernels.by_neuron(recurrent[None])
        layer = by_neuron, values, threshold, recurrent
        spikes, membrane, began, fired = kernels.layer_forward(kind, neuron.states, events, *layer, n_steps, stride)
        ctx.save_for_backward(*layer, membrane, began)
        ctx.kind, ctx.events, ctx.fired, ctx.stride, ctx.scale = kind, events, fired, stride, scale
        ctx.set_materialize_grads(False)
        return spikes, membrane, fired

    @staticmethod
    def backward(ctx, grad_spikes, grad_membrane, _):
        grads = [grad if grad is None else grad.contiguous() for grad in (grad_spikes, grad_membrane)]
        scalars = (ctx.stride, ctx.scale, ctx.needs_input_grad[0])
        by = kernels.layer_backward(*(ctx.kind, ctx.events, ctx.fired, *ctx.saved_tensors, *grads, *scalars))
        return *by, None, None, None, None, None, None


class _Fire(torch.autograd.Function):
    @staticmethod
    def forward(ctx, distance, scale):
        ctx.save_for_backward(distance)
        ctx.scale = scale
        return (distance >= 0).to(distance.dtype)

    @staticmethod
    def backward(ctx, grad):
        (distance,) = ctx.saved_tensors
        return grad * (ctx.scale * distance.abs() + 1) ** -2, None


def _steps(
    neuron: Neuron,
    current: Tensor,
    decay: Tensor,
    own: Sequence[Tensor],
    recurrent: Tensor | None,
    threshold: Tensor,
    scale: float,
) -> tuple[Tensor, Tensor]:
    """Return spikes and membranes of any neuron, step by step, for torch to differentiate."""
    state: Sequence[Tensor] = [torch.zeros_like(current[:, 0])] * neuron.states
    spikes: list[Tensor] = []
    membrane: list[Tensor] = []
    for each in current.unbind(dim=1):
        if recurrent is not None and spikes:
            each = each + spikes[-1] @ recurrent
        u, s, state = neuron.step(each, state, decay, own, lambda u: _Fire.apply(u - threshold, scale))
        spikes.append(s)
        membrane.append(u)
    return torch.stack(spikes, dim=1), torch.stack(membrane, dim=1)


class _LIF(torch.autograd.Function):
    @staticmethod
    def forward(ctx, current, decay, recurrent, threshold, scale):
        spikes, membrane = torch.empty_like(current), torch.empty_like(current)
        kept = torch.zeros_like(current[:, 0])
        for step in range(current.shape[1]):
            membrane[:, step] = kept + current[:, step]
            if recurrent is not None and step:
                membrane[:, step] += spikes[:, step - 1] @ recurrent
            spikes[:, step] = (membrane[:, step] >= threshold).to(current.dtype)
            kept = membrane[:, step] * decay * (1 - spikes[:, step])
        ctx.save_for_backward(spikes, membrane, decay, recurrent, threshold)
        ctx.scale = scale
        return spikes, membrane

    @staticmethod
    def backward(ctx, grad_spikes, grad_membrane):
        spikes, membrane, decay, recurrent, threshold = ctx.saved_tensors
        surrogate = (ctx.scale * (membrane - threshold).abs() + 1) ** -2
        by_current = torch.empty_like(membrane)
        by_decay = torch.zeros_like(decay)
        carried = torch.zeros_like(membrane[:, 0])
        for step in range(membrane.shape[1] - 1, -1, -1):
            u, s = membrane[:, step], spikes[:, step]
            by_decay += (carried * u * (1 - s)).sum(dim=0)
            by_spike = grad_spikes[:, step] - carried * u * decay
            if recurrent is not None:
                by_spike = by_spike + carried @ recurrent.T
            carried = by_spike * surrogate[:, step] + grad_membrane[:, step] + carried * decay * (1 - s)
            by_current[:, step] = carried
        by_recurrent = None
        if recurrent is not None:
            by_recurrent = spikes[:, :-1].flatten(0, 1).T @ by_current[:, 1:].flatten(0, 1)
        return by_current, by_decay, by_recurrent, None, None
