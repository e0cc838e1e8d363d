"""The current through delayed synapses and its gradients: three matrix products over the history of spikes.

Nothing is unfolded: a kernel reads each delay level's spikes from where they lie.
"""

import torch
import triton
import triton.language as tl
from torch import Tensor

from delaysnn.training.gpu.sums import added_up

# Of an output's tile: rows; columns, at most; and how much of the sum at a time.
_ROWS, _COLUMNS, _INNER = 64, 64, 32
# Rows [batch x time] that one program sums for the gradient by weights.
_PART = 512
# How tensor cores multiply floats: each as a sum of two of 11 bits, the product of the two small parts left out.
PRECISION = "tf32x3"


def delayed_current(spikes: Tensor, weights: Tensor, stride: int) -> Tensor:
    """Return the synaptic current, float32 [nets, batch, time, post]: ``sum_d s[t - d * stride] @ weights[d]``.

    Args:
        spikes: [nets, batch, time, pre], of any dtype; differentiated where it is float32.
        weights: float32 [nets, delay, pre, post].
        stride: time steps between two delay levels.
    """
    return _Current.apply(spikes, weights, stride)


class _Current(torch.autograd.Function):
    @staticmethod
    def forward(ctx, spikes, weights, stride):
        # What all networks share (expanded) is not copied for each.
        spikes, weights = spikes if spikes[0].is_contiguous() else spikes.contiguous(), weights.contiguous()
        ctx.save_for_backward(spikes, weights)
        ctx.stride = stride
        level, pre, post = weights.stride()[1:]
        return _correlate(spikes, weights, weights.shape[3], (level, pre, post), stride)

    @staticmethod
    def backward(ctx, grad):
        spikes, weights = ctx.saved_tensors
        grad = grad.contiguous()
        by_spikes = by_weights = None
        if ctx.needs_input_grad[0]:
            level, pre, post = weights.stride()[1:]
            by_spikes = _correlate(grad, weights, weights.shape[2], (level, post, pre), -ctx.stride).to(spikes.dtype)
        if ctx.needs_input_grad[1]:
            by_weights = _sum_outer(spikes, grad, weights, ctx.stride)
        return by_spikes, by_weights, None


def _correlate(rows: Tensor, weights: Tensor, columns: int, strides: tuple[int, int, int], shift: int) -> Tensor:
    """Return ``sum_d rows[t - d * shift] @ weights[d]``; ``strides`` are of level, inner and column of ``weights``."""
    nets, samples, steps, inner = rows.shape
    levels = min(weights.shape[1], triton.cdiv(steps, abs(shift)))
    out = rows.new_empty((nets, samples, steps, columns), dtype=torch.float32)
    tile = _width(columns)
    _products[(triton.cdiv(samples * steps, _ROWS), triton.cdiv(columns, tile), nets)](
        *(rows, weights, out, samples * steps, steps, inner, columns, levels, shift),
        *(rows.stride(0), weights.stride(0), *strides),
        ROWS=_ROWS,
        COLUMNS=tile,
        INNER=_INNER,
        PRECISION=PRECISION,
        num_warps=4,
    )
    return out


def _sum_outer(spikes: Tensor, grad: Tensor, weights: Tensor, stride: int) -> Tensor:
    """Return the gradient by weights: ``sum_t s[t - d * stride]^T @ grad[t]`` over all samples."""
    nets, levels, pre, post = weights.shape
    samples, steps = spikes.shape[1:3]
    parts, tile = triton.cdiv(samples * steps, _PART), _width(post)
    out = weights.new_empty(nets, parts, levels * pre * post)
    _outer_products[(triton.cdiv(levels * pre, _ROWS), triton.cdiv(post, tile), nets * parts)](
        *(spikes, grad, out, samples * steps, steps, pre, post, levels, stride, spikes.stride(0)),
        ROWS=_ROWS,
        COLUMNS=tile,
        INNER=_INNER,
        PART=_PART,
        PRECISION=PRECISION,
        num_warps=4,
    )
    return added_up(out).view_as(weights)


def _width(columns: int) -> int:
    return min(_COLUMNS, max(16, triton.next_power_of_2(columns)))


@triton.jit
def _late(rows, row, time, k, inside, steps, inner, total, shift):
    """Load ``rows[t - d * shift, i]``, a tile [row, k] where k is i of level d; zero outside of the sample."""
    level, i = k // inner, k % inner
    then = time[:, None] - (level * shift)[None, :]
    there = inside[:, None] & (k < total)[None, :] & (then >= 0) & (then < steps)
    at = (row - time)[:, None] * inner + then * inner + i[None, :]
    return tl.load(rows + at, mask=there, other=0.0).to(tl.float32)


@triton.jit
def _products(
    rows,
    weights,
    out,
    count,
    steps,
    inner,
    columns,
    levels,
    shift,
    net_rows,
    net_weights,
    by_level,
    by_inner,
    by_column,
    ROWS: tl.constexpr,
    COLUMNS: tl.constexpr,
    INNER: tl.constexpr,
    PRECISION: tl.constexpr,
):
    net = tl.program_id(2).to(tl.int64)
    row = tl.program_id(0) * ROWS + tl.arange(0, ROWS)
    column = tl.program_id(1) * COLUMNS + tl.arange(0, COLUMNS)
    inside, total = row < count, levels * inner
    sums = tl.zeros([ROWS, COLUMNS], tl.float32)
    for start in range(0, total, INNER):
        k = start + tl.arange(0, INNER)
        late = _late(rows + net * net_rows, row, row % steps, k, inside, steps, inner, total, shift)
        at = (k // inner * by_level + k % inner * by_inner)[:, None] + column[None, :] * by_column
        there = (k < total)[:, None] & (column < columns)[None, :]
        taken = tl.load(weights + net * net_weights + at, mask=there, other=0.0)
        sums = tl.dot(late, taken, sums, input_precision=PRECISION)
    at = net * count * columns + row[:, None] * columns + column[None, :]
    tl.store(out + at, sums, mask=inside[:, None] & (column < columns)[None, :])


@triton.jit
def _outer_products(
    spikes,
    grad,
    out,
    count,
    steps,
    pre,
    post,
    levels,
    stride,
    net_spikes,
    ROWS: tl.constexpr,
    COLUMNS: tl.constexpr,
    INNER: tl.constexpr,
    PART: tl.constexpr,
    PRECISION: tl.constexpr,
):
    parts = tl.cdiv(count, PART)
    net, part = (tl.program_id(2) // parts).to(tl.int64), tl.program_id(2) % parts
    k = tl.program_id(0) * ROWS + tl.arange(0, ROWS)
    column = tl.program_id(1) * COLUMNS + tl.arange(0, COLUMNS)
    total = levels * pre
    sums = tl.zeros([ROWS, COLUMNS], tl.float32)
    for start in range(part * PART, tl.minimum(part * PART + PART, count), INNER):
        row = start + tl.arange(0, INNER)
        late = _late(spikes + net * net_spikes, row, row % steps, k, row < count, steps, pre, total, stride)
        there = (row < count)[:, None] & (column < post)[None, :]
        taken = tl.load(grad + net * count * post + row[:, None] * post + column[None, :], mask=there, other=0.0)
        sums = tl.dot(tl.trans(late), taken, sums, input_precision=PRECISION)
    at = (net * parts + part) * total * post + k[:, None] * post + column[None, :]
    tl.store(out + at, sums, mask=(k < total)[:, None] & (column < post)[None, :])
