"""Delayed synapses and neurons as differentiable functions: compiled on the CPU and on GPUs, plain PyTorch elsewhere.

Inside training, arrays are [batch, time, neuron]. So a sample is contiguous, as the kernels read it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from delaysnn.core.spike_trains import SpikeTrains
from delaysnn.neurons import Neuron, to_zero
from delaysnn.neurons.lif import NEURON as LIF
from delaysnn.training import gpu, kernels
from delaysnn.training.feedback import Feedback, NextStep


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
    """Output of a layer of neurons: spikes and membrane potentials before the reset, both [batch, time, neuron]."""

    spikes: Tensor
    membrane: Tensor
    events: kernels.Events | None = None


def events_of(spikes: Tensor) -> kernels.Events:
    """Return spikes [batch, time, neuron] on the CPU as events."""
    return InputBatch.of(SpikeTrains.from_dense(spikes.detach().numpy().transpose(1, 0, 2))).events


def compiled(weights: Tensor) -> bool:
    """Return whether the compiled kernels can take these weights."""
    return weights.device.type == "cpu" and weights.dtype == torch.float32 and kernels.library() is not None


def kernel_on_gpu(neuron: Neuron, recurrent: Tensor | None, bias: Tensor | None, reset: Tensor | None) -> bool:
    """Return whether the kernels for a GPU have all that a layer does; all but neurons and their synapses they lack."""
    return neuron.kernel is not None and recurrent is None and bias is None and reset is None


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
    returns: Sequence[int] = (1,),
    axons: Tensor | None = None,
    bias: Tensor | None = None,
    reset: Tensor | None = None,
) -> Fired:
    """Run a layer of delayed synapses and neurons, by default LIF, over all time steps (paper section II).

    ``I[t] = sum_d s_before[t - d * stride] @ weights[d] + s[t-1] @ recurrent``,
    ``u[t] = u[t-1] * decay * (1 - s[t-1]) + I[t]``, ``s[t] = u[t] >= threshold``; backwards the fast sigmoid's
    derivative ``1 / (scale * |u - threshold| + 1)^2`` stands for the step's. Other neurons step by their ``step``.
    Where spikes return after several delays, their current is ``sum_d s[t - returns[d]] @ recurrent[d]``. A bias is
    added to every ``I[t]``. With a ``reset``, ``u[t-1] * decay - reset * s[t-1]`` is left of the step before.

    Args:
        before: input spikes, or the layer before.
        weights: [delay, pre, post]; level ``d`` delays by ``d * stride`` steps.
        decay, threshold: [post]; neurons of an endless threshold never fire.
        stride: time steps between two delay levels.
        scale: steepness of the fast sigmoid.
        recurrent: [pre, post], from the layer to itself one step later; or [delay, pre, post], which compiled kernels
            do not take; or None.
        neuron: the model of the layer's neurons.
        own: what such a neuron has beside decay and threshold, each [post].
        returns: delays in time steps of the first axis of ``recurrent``.
        axons: of such weights, as of :class:`Feedback`.
        bias: [post], or None.
        reset: [post], to which there is no gradient, or None: a reset to zero.
    """
    delayed = recurrent is not None and recurrent.dim() == 3
    if compiled(weights) and neuron.kernel is not None and not delayed:
        if isinstance(before, InputBatch):
            fired, n_steps, events = None, before.n_steps, before.events
        else:
            # Neurons that run in pure torch leave no events.
            fired, n_steps, events = before.spikes, before.spikes.shape[1], before.events or events_of(before.spikes)
        constants = threshold, reset, events, n_steps, stride, scale, neuron
        values = torch.stack([decay, *own])
        return Fired(*_CompiledLayer.apply(fired, weights, values, recurrent, bias, *constants))
    fits = weights.device.type == "cuda" and weights.dtype == torch.float32
    if fits and kernel_on_gpu(neuron, recurrent, bias, reset) and gpu.available():
        return _on_gpu(before, weights, decay, threshold, stride, scale, neuron, own)
    spikes = before.dense(weights.dtype, weights.device) if isinstance(before, InputBatch) else before.spikes
    current = shifted_current(spikes, weights, stride)
    if bias is not None:
        current = current + bias
    if neuron is LIF and not delayed and reset is None:
        return Fired(*_LIF.apply(current, decay, recurrent, threshold, scale))
    back = Feedback(recurrent, returns, axons) if recurrent is not None and delayed else NextStep.of(recurrent)
    return Fired(*steps(neuron, current, decay, own, back, threshold, scale, reset))


def _on_gpu(
    before: InputBatch | Fired,
    weights: Tensor,
    decay: Tensor,
    threshold: Tensor,
    stride: int,
    scale: float,
    neuron: Neuron,
    own: Sequence[Tensor],
) -> Fired:
    """Run the layer as one network of several (:mod:`delaysnn.training.gpu.layer`)."""
    # Only here, since it needs Triton.
    from delaysnn.training.gpu.layer import delayed_layer

    # A byte a spike: what goes to the device is a quarter of what floats take.
    spikes = before.dense(torch.uint8, weights.device) if isinstance(before, InputBatch) else before.spikes
    others = stride, scale, neuron, [each[None] for each in own]
    fired, membrane = delayed_layer(spikes[None], weights[None], decay[None], threshold[None], *others)
    return Fired(fired[0], membrane[0])


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
    def forward(
        ctx, before, weights, values, recurrent, bias, threshold, reset, events, n_steps, stride, scale, neuron
    ):
        by_neuron, kind = kernels.by_neuron(weights), neuron.kernel
        recurrent = None if recurrent is None else kernels.by_neuron(recurrent[None])
        layer = by_neuron, values, threshold, recurrent
        forward = events, *layer, bias, reset, n_steps, stride
        spikes, membrane, began, fired = kernels.layer_forward(kind, neuron.states, *forward)
        ctx.save_for_backward(*layer, reset, membrane, began)
        ctx.kind, ctx.events, ctx.fired, ctx.stride, ctx.scale = kind, events, fired, stride, scale
        ctx.biased = bias is not None
        ctx.set_materialize_grads(False)
        return spikes, membrane, fired

    @staticmethod
    def backward(ctx, grad_spikes, grad_membrane, _):
        grads = [grad if grad is None else grad.contiguous() for grad in (grad_spikes, grad_membrane)]
        scalars = (ctx.stride, ctx.scale, ctx.needs_input_grad[0], ctx.biased)
        by = kernels.layer_backward(*(ctx.kind, ctx.events, ctx.fired, *ctx.saved_tensors, *grads, *scalars))
        return *by, None, None, None, None, None, None, None


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


def steps(
    neuron: Neuron,
    current: Tensor,
    decay: Tensor,
    own: Sequence[Tensor],
    back: Feedback | NextStep | None,
    threshold: Tensor,
    scale: float,
    reset: Tensor | None = None,
) -> tuple[Tensor, Tensor]:
    """Return spikes and membranes of any neuron, computed step by step, for torch to differentiate.

    ``current`` is [..., batch, time, post], and so is the result; all other arguments broadcast to [..., batch, post].
    """
    leaves = to_zero if reset is None else lambda decayed, s: decayed - reset * s
    state: Sequence[Tensor] = [torch.zeros_like(current[..., 0, :])] * neuron.states
    spikes: list[Tensor] = []
    membrane: list[Tensor] = []
    for each in current.unbind(dim=-2):
        if back is not None and (returned := back.current(spikes)) is not None:
            each = each + returned
        u, s, state = neuron.step(each, state, decay, own, lambda u: _Fire.apply(u - threshold, scale), leaves)
        spikes.append(s)
        membrane.append(u)
    return torch.stack(spikes, dim=-2), torch.stack(membrane, dim=-2)


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
