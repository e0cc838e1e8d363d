"""The cocotb bench of every delay queue: plays a stimulus file, writes down all that comes out.

Run by :func:`delaysnn.queues.verilog.rtl.run`, which names both files in the environment. Inputs change and outputs are
read while the clock is low: what is read is what the next rising edge sees.
"""

import os

import cocotb
import numpy as np
from cocotb.clock import Clock
from cocotb.triggers import FallingEdge, ReadOnly

from delaysnn.queues.verilog.stimulus import RtlRun, read_stimulus, write_run


@cocotb.test()
async def play(dut):
    stimulus = read_stimulus(os.environ["RTL_STIMULUS"])
    Clock(dut.clk, 2, unit="step").start()
    dut.rst.value = 1
    dut.in_valid.value = 0
    dut.out_ready.value = 1
    dut.wvu_write.value = 1
    low = FallingEdge(dut.clk)
    for axon, row in enumerate(stimulus.useful):
        dut.wvu_axon.value = axon
        dut.wvu_row.value = sum(1 << int(delay) for delay in np.flatnonzero(row))
        await low
        await low
    dut.wvu_write.value = 0
    samples = [await play_sample(dut, words, stimulus) for words in stimulus.words()]
    deliveries = [(sample, *row) for sample, (rows, *_) in enumerate(samples) for row in rows]
    run = RtlRun(
        deliveries=np.array(deliveries, np.int64).reshape(-1, 4),
        cycles=np.array([cycles for _, cycles, _, _ in samples], np.int64),
        stalls=np.array([stalls for _, _, stalls, _ in samples], np.int64),
        overflow=np.array([overflow for *_, overflow in samples], bool),
    )
    write_run(os.environ["RTL_RUN"], run)


async def play_sample(dut, words, stimulus):
    """Play one sample from reset; return deliveries, cycles a step, stalled cycles and the overflow flag."""
    settled, low = ReadOnly(), FallingEdge(dut.clk)
    dut.rst.value = 1
    dut.in_valid.value = 0
    dut.out_ready.value = 1
    await low
    await low
    dut.rst.value = 0
    n_steps = stimulus.spikes.n_steps
    limit = stimulus.most_cycles(words)
    words = iter(words)
    gap, eot, address = next(words)
    deliveries, cycles, stalls, now, begin, waiting = [], [], 0, 0, 0, None
    while len(cycles) < n_steps:
        assert now < limit, f"step {len(cycles)} does not end"
        offered = gap == 0
        if offered:
            dut.in_eot.value = int(eot)
            dut.in_address.value = address
        dut.in_valid.value = int(offered)
        accepts = bool(stimulus.ready[now % len(stimulus.ready)])
        dut.out_ready.value = int(accepts)
        await settled
        if dut.in_ready.value == 1:
            gap -= 1
            if offered:
                gap, eot, address = next(words, (-1, False, 0))
        out = None
        if dut.out_valid.value == 1:
            out = bool(dut.out_eot.value), int(dut.out_address.value), int(dut.out_delay.value)
            if out[0]:
                out = (True,)
        assert waiting in (None, out), f"{waiting} waited, and became {out}"
        waiting = None
        if out and not accepts:
            waiting = out
            stalls += 1
        elif out == (True,):
            cycles.append(now - stalls - begin)
            begin = now - stalls
        elif out:
            deliveries.append((len(cycles), *out[1:]))
        now += 1
        await low
    return deliveries, cycles, stalls, dut.overflow.value == 1
