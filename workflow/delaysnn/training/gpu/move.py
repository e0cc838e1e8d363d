"""Every spike of a batch moved or left out, and the batch made dense, in one kernel: what ``augment._move`` does.

A program takes BLOCK of a sample's spikes. What is drawn once a spike is a hash of the sample's seed and the spike's
place (SplitMix64), the same on the processor.
"""

import torch
import triton
import triton.language as tl
from torch import Tensor

from delaysnn.training.gpu.samples import Samples

_BLOCK = 1024


def move(
    samples: Samples, chosen: Tensor, to_channel: Tensor, to_step: Tensor, lost: Tensor, seeds: Tensor, jitter: Tensor
) -> Tensor:
    """Return varied samples, 0 or 1, uint8 [row, time, channel].

    Args:
        samples: on the device.
        chosen: samples, int64 [row].
        to_channel: where each channel's spikes go, float32 [row, channel].
        to_step: the time step that each fine step's spikes go to, int32 [row, fine].
        lost: each channel's share of spikes left out, in units of 2^-32, int64 [row, channel].
        seeds: int64 [row].
        jitter: shifts in channels, float32 [65536], of which each spike draws one.
    """
    rows, n_steps, n_channels = len(chosen), samples.n_steps, samples.n_channels
    out = torch.zeros((rows, n_steps, n_channels), dtype=torch.uint8, device=chosen.device)
    _move[(rows, max(triton.cdiv(samples.longest, _BLOCK), 1))](
        *(samples.begin, samples.count, samples.steps, samples.channels, chosen),
        *(to_channel, to_step, lost, seeds, jitter, out),
        *(to_step.shape[1], n_steps, n_channels),
        BLOCK=_BLOCK,
        num_warps=4,
    )
    return out


@triton.jit
def _move(
    begin,
    count,
    steps,
    channels,
    chosen,
    to_channel,
    to_step,
    lost,
    seeds,
    jitter,
    out,
    n_fine,
    n_steps,
    n_channels,
    BLOCK: tl.constexpr,
):
    row = tl.program_id(0).to(tl.int64)
    sample = tl.load(chosen + row)
    size = tl.load(count + sample)
    spike = tl.program_id(1) * BLOCK + tl.arange(0, BLOCK)
    there = spike < size
    # Samples differ in length: most programs of a short one have nothing to read.
    first = tl.load(begin + sample)
    step = tl.load(steps + first + spike, mask=there, other=0).to(tl.int32)
    channel = tl.load(channels + first + spike, mask=there, other=0).to(tl.int32)
    state = tl.load(seeds + row).to(tl.uint64) + (spike + 1).to(tl.uint64) * 0x9E3779B97F4A7C15
    state = (state ^ (state >> 30)) * 0xBF58476D1CE4E5B9
    state = (state ^ (state >> 27)) * 0x94D049BB133111EB
    state = state ^ (state >> 31)
    shift = tl.load(jitter + (state & 0xFFFF).to(tl.int32), mask=there, other=0.0)
    moved = tl.load(to_channel + row * n_channels + channel, mask=there, other=0.0) + shift + 0.5
    to = tl.floor(moved).to(tl.int32)
    time = tl.load(to_step + row * n_fine + step, mask=there, other=-1)
    least = tl.load(lost + row * n_channels + channel, mask=there, other=0)
    stays = there & ((state >> 32).to(tl.int64) >= least)
    inside = (to >= 0) & (to < n_channels) & (time >= 0) & (time < n_steps)
    one = tl.full([BLOCK], 1, tl.uint8)
    tl.store(out + (row * n_steps + time) * n_channels + to, one, mask=stays & inside)
