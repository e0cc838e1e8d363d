"""The shared queue of ``workflow/rtl`` cycle by cycle, as :mod:`delaysnn.queues.verilog.cycles` has SCDQ.

Only its gates are counted, so nothing but these tests asks what it delivers.
"""

import numba
import numpy as np

from delaysnn.core.spike_trains import SpikeTrains
from delaysnn.queues.verilog.cycles import QueueTrace


def trace_shared_queue(spikes: SpikeTrains, useful: np.ndarray, depth: int, gaps: np.ndarray) -> QueueTrace:
    """Run ``shared_queue.v``: one word a cycle, marks included, a spike can be popped two cycles after it came.

    The FIFO of delay ``d`` holds ``(d + 1) / delays`` of ``depth`` events, rounded up. A spike a delay that finds no
    room is lost.
    """
    n_delays = useful.shape[1]
    capacity = -(-depth * np.arange(1, n_delays + 1) // n_delays)
    deliveries = np.empty((int(useful.sum(axis=1)[spikes.neurons].sum()), 4), np.int64)
    cycles = np.zeros((len(spikes), spikes.n_steps), np.int64)
    lost = np.zeros(len(spikes), np.int64)
    events = (spikes.offsets, spikes.steps, spikes.neurons.astype(np.int64))
    count = _shared(*events, useful, gaps, capacity, deliveries, cycles, lost)
    return QueueTrace(deliveries[:count], cycles, lost)


@numba.njit(cache=True)
def _shared(offsets, steps, neurons, useful, gaps, capacity, deliveries, cycles, lost):
    n_samples, n_steps = cycles.shape
    n_delays = useful.shape[1]
    delivered, word = 0, 0
    held = np.zeros((len(neurons), n_delays), np.bool_)
    first = np.zeros(n_steps + 1, np.int64)  # first event of each step
    count = np.zeros((n_steps, n_delays), np.int64)  # events of each step in each FIFO
    start = np.empty(n_delays, np.int64)  # cycle in which a FIFO's turn begins
    for sample in range(n_samples):
        event = offsets[sample]
        count[:] = 0
        for step in range(n_steps):
            first[step] = event
            oldest = min(step, n_delays - 1)
            cycle = 0
            start[:] = 0
            for delay in range(oldest, 0, -1):
                start[delay] = cycle
                cycle += count[step - delay, delay] + 1  # and the mark
            popped, at_once, taken = cycle - 1, 0, -1
            popped_at = np.empty(offsets[sample + 1] - event + 1, np.int64)
            while event < offsets[sample + 1] and steps[event] == step:
                taken += 1 + gaps[word]
                word += 1
                axon = neurons[event]
                for delay in range(n_delays):
                    if not useful[axon, delay]:
                        continue
                    inside = count[max(step - delay, 0) : step + 1, delay].sum()
                    if delay == 0:
                        inside -= (popped_at[:at_once] < taken).sum()
                    elif delay <= oldest:
                        inside -= min(max(taken - start[delay], 0), count[step - delay, delay])
                    if inside == capacity[delay]:
                        lost[sample] += 1
                        continue
                    held[event, delay] = True
                    count[step, delay] += 1
                    if delay == 0:
                        popped = max(popped + 1, taken + 2)
                        popped_at[at_once] = popped
                        at_once += 1
                event += 1
            taken += 1 + gaps[word]  # EOT
            word += 1
            first[step + 1] = event
            cycles[sample, step] = max(popped + 1, taken + 2) + 1
            for delay in range(oldest, -1, -1):
                for old in range(first[step - delay], first[step - delay + 1]):
                    if held[old, delay]:
                        deliveries[delivered] = (sample, step, neurons[old], delay)
                        delivered += 1
    return delivered
