"""Neurons over all time steps in one kernel, forwards and backwards: LIF and adlif, as ``training/native/neurons.h``.

A lane is one neuron of one sample of one network. A program takes LANES neighbouring lanes, so it reads contiguous
memory, and goes through the steps; AHEAD steps are read before any of them is computed, since a read takes far longer
than a step. Gradients by a neuron's values are written for each sample and then summed: no order is left to chance.
"""

import torch
import triton
import triton.language as tl
from torch import Tensor

from delaysnn.training.gpu.sums import added_up

# Numbers of the neurons that have a kernel here (Neuron.kernel); others go step by step in torch.
KERNELS = (0, 1)
_LANES = 32
_AHEAD = 8
# Products are rounded before they are added, as in pure torch.
_OPTIONS = {"num_warps": 1, "enable_fp_fusion": False}


def fired(current: Tensor, values: Tensor, threshold: Tensor, scale: float) -> tuple[Tensor, Tensor]:
    """Return spikes and membrane potentials before the reset, both [nets, batch, time, post].

    Args:
        current: float32 [nets, batch, time, post].
        values: float32 [value, nets, post]: the decay alone of LIF; of adlif the decay, b, c and d.
        threshold: float32 [nets, post].
        scale: steepness of the fast sigmoid.
    """
    return _Scan.apply(current, values, threshold, scale)


class _Scan(torch.autograd.Function):
    @staticmethod
    def forward(ctx, current, values, threshold, scale):
        current, values, threshold = current.contiguous(), values.contiguous(), threshold.contiguous()
        spikes, membrane = torch.empty_like(current), torch.empty_like(current)
        began = torch.empty_like(current) if len(values) > 1 else None
        _forward[_grid(current)](
            *(current, values, threshold, spikes, membrane, began, *_sizes(current)),
            LANES=_LANES,
            AHEAD=_AHEAD,
            **_OPTIONS,
        )
        ctx.save_for_backward(values, threshold, membrane, began)
        ctx.scale = scale
        ctx.set_materialize_grads(False)
        return spikes, membrane

    @staticmethod
    def backward(ctx, by_spikes, by_membrane):
        values, threshold, membrane, began = ctx.saved_tensors
        nets, samples, _, post = membrane.shape
        by_spikes, by_membrane = (each if each is None else each.contiguous() for each in (by_spikes, by_membrane))
        by_current = torch.empty_like(membrane)
        by_values = membrane.new_empty(len(values), nets, samples, post)
        _backward[_grid(membrane)](
            *(membrane, began, values, threshold, by_spikes, by_membrane, by_current, by_values),
            *(*_sizes(membrane), ctx.scale),
            LANES=_LANES,
            AHEAD=_AHEAD,
            **_OPTIONS,
        )
        return by_current, added_up(by_values.flatten(0, 1)).view_as(values), None, None


def _grid(current: Tensor) -> tuple[int]:
    nets, samples, _, post = current.shape
    return (triton.cdiv(nets * samples * post, _LANES),)


def _sizes(current: Tensor) -> tuple[int, int, int, int]:
    nets, samples, steps, post = current.shape
    return nets, samples, steps, post


@triton.jit
def _forward(
    current,
    values,
    threshold,
    spikes,
    membrane,
    began,
    nets,
    samples,
    steps,
    post,
    LANES: tl.constexpr,
    AHEAD: tl.constexpr,
):
    lane = tl.program_id(0).to(tl.int64) * LANES + tl.arange(0, LANES)
    inside = lane < nets * samples * post
    row, neuron = lane // post, lane % post
    own, plane = row // samples * post + neuron, nets * post
    first = row * steps * post + neuron
    high = tl.load(threshold + own, mask=inside, other=0.0)
    a = tl.load(values + own, mask=inside, other=0.0)
    kept = tl.zeros([LANES], tl.float32)
    if began is not None:
        b = tl.load(values + plane + own, mask=inside, other=0.0)
        c = tl.load(values + 2 * plane + own, mask=inside, other=0.0)
        d = tl.load(values + 3 * plane + own, mask=inside, other=0.0)
        w = tl.zeros([LANES], tl.float32)
    for start in range(0, steps, AHEAD):
        coming = ()
        for k in tl.static_range(AHEAD):
            there = inside & (start + k < steps)
            coming += (tl.load(current + first + (start + k) * post, mask=there, other=0.0),)
        for k in tl.static_range(AHEAD):
            there = inside & (start + k < steps)
            at = first + (start + k) * post
            u = kept + coming[k]
            if began is not None:
                u -= w
                tl.store(began + at, w, mask=there)
            fires = u >= high
            s = fires.to(tl.float32)
            kept = tl.where(fires, 0.0, u * a)
            if began is not None:
                w = b * w + c * u + d * s
            tl.store(membrane + at, u, mask=there)
            tl.store(spikes + at, s, mask=there)


@triton.jit
def _backward(
    membrane,
    began,
    values,
    threshold,
    by_spikes,
    by_membrane,
    by_current,
    by_values,
    nets,
    samples,
    steps,
    post,
    scale,
    LANES: tl.constexpr,
    AHEAD: tl.constexpr,
):
    lane = tl.program_id(0).to(tl.int64) * LANES + tl.arange(0, LANES)
    lanes = nets * samples * post
    inside = lane < lanes
    row, neuron = lane // post, lane % post
    own, plane = row // samples * post + neuron, nets * post
    first = row * steps * post + neuron
    zero = tl.zeros([LANES], tl.float32)
    high = tl.load(threshold + own, mask=inside, other=0.0)
    a = tl.load(values + own, mask=inside, other=0.0)
    # Gradients by the current of the step after, by w of the step after, and by the neuron's values.
    later, by_a = zero, zero
    if began is not None:
        b = tl.load(values + plane + own, mask=inside, other=0.0)
        c = tl.load(values + 2 * plane + own, mask=inside, other=0.0)
        d = tl.load(values + 3 * plane + own, mask=inside, other=0.0)
        later_w, by_b, by_c, by_d = zero, zero, zero, zero
    # From the end of whole groups; where there is no step all that is read is zero, and so are the gradients.
    for group in range(0, tl.cdiv(steps, AHEAD)):
        last = (tl.cdiv(steps, AHEAD) - group) * AHEAD - 1
        us, ws, from_spikes, from_membranes = (), (), (), ()
        for k in tl.static_range(AHEAD):
            there = inside & (last - k < steps)
            at = first + (last - k) * post
            us += (tl.load(membrane + at, mask=there, other=0.0),)
            ws += (tl.load(began + at, mask=there, other=0.0) if began is not None else zero,)
            from_spikes += (tl.load(by_spikes + at, mask=there, other=0.0) if by_spikes is not None else zero,)
            from_membranes += (tl.load(by_membrane + at, mask=there, other=0.0) if by_membrane is not None else zero,)
        for k in tl.static_range(AHEAD):
            u = us[k]
            fires = u >= high
            kept = tl.where(fires, 0.0, later)
            wide = scale * tl.abs(u - high) + 1.0
            by_fire = from_spikes[k] - later * u * a
            through = kept * a + from_membranes[k]
            if began is not None:
                by_w = b * later_w - later
                by_fire += d * by_w
                through += c * by_w
                by_b += by_w * ws[k]
                by_c += by_w * u
                by_d += tl.where(fires, by_w, 0.0)
                later_w = by_w
            by_a += kept * u
            later = by_fire / (wide * wide) + through
            tl.store(by_current + first + (last - k) * post, later, mask=inside & (last - k < steps))
    tl.store(by_values + lane, by_a, mask=inside)
    if began is not None:
        tl.store(by_values + lanes + lane, by_b, mask=inside)
        tl.store(by_values + 2 * lanes + lane, by_c, mask=inside)
        tl.store(by_values + 3 * lanes + lane, by_d, mask=inside)
