"""The current through delayed synapses and its gradients: three matrix products over the history of spikes.

Nothing is unfolded: a kernel reads each delay level's spikes from where they lie.
"""

import torch
import triton
import triton.language as tl
from torch import Tensor

from delaysnn.training.gpu.sums import added_up

# Rows [batch x time] of a tile of currents, and rows that a step of the sum for the gradient by weights takes.
_ROWS, _SUMMED = 64, 32
# Most neurons on a side of a tile. A tile is of one delay level, so that what it reads lies in whole runs.
_WIDEST = 64
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
        INNER=_width(inner),
        PRECISION=PRECISION,
        num_warps=4,
    )
    return out


def _sum_outer(spikes: Tensor, grad: Tensor, weights: Tensor, stride: int) -> Tensor:
    """Return the gradient by weights: ``sum_t s[t - d * stride]^T @ grad[t]`` over all samples."""
    nets, levels, pre, post = weights.shape
    samples, steps = spikes.shape[1:3]
    parts, tile, rows = triton.cdiv(samples * steps, _PART), _width(post), _width(pre)
    out = weights.new_empty(nets, parts, levels * pre * post)
    _outer_products[(levels * triton.cdiv(pre, rows), triton.cdiv(post, tile), nets * parts)](
        *(spikes, grad, out, samples * steps, steps, pre, post, levels, stride, spikes.stride(0)),
        ROWS=rows,
        COLUMNS=tile,
        SUMMED=_SUMMED,
        PART=_PART,
        PRECISION=PRECISION,
        num_warps=4,
    )
    return added_up(out).view_as(weights)


def _width(neurons: int) -> int:
    return min(_WIDEST, max(16, triton.next_power_of_2(neurons)))


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
    time, inside = row % steps, row < count
    k = tl.arange(0, INNER)
    rows += net * net_rows
    weights += net * net_weights
    sums = tl.zeros([ROWS, COLUMNS], tl.float32)
    tiles = tl.cdiv(inner, INNER)
    for each in range(0, levels * tiles):
        level, first = each // tiles, each % tiles * INNER
        late = level * shift
        there = inside & (time - late >= 0) & (time - late < steps)
        within = first + k < inner
        at = (row - late)[:, None] * inner + (first + k)[None, :]
        spikes = tl.load(rows + at, mask=there[:, None] & within[None, :], other=0.0).to(tl.float32)
        at = level * by_level + (first + k)[:, None] * by_inner + column[None, :] * by_column
        taken = tl.load(weights + at, mask=within[:, None] & (column < columns)[None, :], other=0.0)
        sums = tl.dot(spikes, taken, sums, input_precision=PRECISION)
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
    SUMMED: tl.constexpr,
    PART: tl.constexpr,
    PRECISION: tl.constexpr,
):
    tiles, parts = tl.cdiv(pre, ROWS), tl.cdiv(count, PART)
    net, part = (tl.program_id(2) // parts).to(tl.int64), tl.program_id(2) % parts
    level = tl.program_id(0) // tiles
    i = tl.program_id(0) % tiles * ROWS + tl.arange(0, ROWS)
    column = tl.program_id(1) * COLUMNS + tl.arange(0, COLUMNS)
    late = level * stride
    spikes += net * net_spikes
    grad += net * count * post
    sums = tl.zeros([ROWS, COLUMNS], tl.float32)
    for start in range(part * PART, tl.minimum(part * PART + PART, count), SUMMED):
        row = start + tl.arange(0, SUMMED)
        there = (row < count) & (row % steps >= late)
        at = (row - late)[:, None] * pre + i[None, :]
        before = tl.load(spikes + at, mask=there[:, None] & (i < pre)[None, :], other=0.0).to(tl.float32)
        at = row[:, None] * post + column[None, :]
        taken = tl.load(grad + at, mask=(row < count)[:, None] & (column < post)[None, :], other=0.0)
        sums = tl.dot(tl.trans(before), taken, sums, input_precision=PRECISION)
    at = (net * parts + part) * levels * pre * post + (level * pre + i)[:, None] * post + column[None, :]
    tl.store(out + at, sums, mask=(i < pre)[:, None] & (column < post)[None, :])
