"""The delay queues of ``workflow/rtl`` cycle by cycle: what they deliver, in which order, and how long a step takes.

The clock starts anew with every time step, in the first cycle that can take a spike. A gap is a number of such cycles
in which the sender has nothing. An output that has to wait stops the whole pipeline, so it adds its own cycles to
these and changes nothing else.
"""

from dataclasses import dataclass

import numba
import numpy as np

from delaysnn.core.spike_trains import SpikeTrains
from delaysnn.queues.delays import leading_zeros


@dataclass(frozen=True)
class QueueTrace:
    """What a queue of the given depth does.

    Attributes:
        deliveries: int64 [deliveries, 4]; sample, step, source and delay, in their order.
        cycles: int64 [samples, time]; cycles of each step.
        lost: int64 [samples]; spikes (of the shared queue: spikes a delay) that found no room.
    """

    deliveries: np.ndarray
    cycles: np.ndarray
    lost: np.ndarray


def no_gaps(spikes: SpikeTrains) -> np.ndarray:
    """Return the gaps of a sender that always has something, int64 [spikes and EOTs, in their order]."""
    return np.zeros(len(spikes.steps) + len(spikes) * spikes.n_steps, np.int64)


def trace_scdq(spikes: SpikeTrains, useful: np.ndarray, depth: int, gaps: np.ndarray) -> QueueTrace:
    """Run ``scdq.v``: one pop a cycle, a spike can be popped the cycle after it came, two stages before the swap.

    Args:
        spikes: of the pre-neurons.
        useful: WVU, bool [pre, delay].
        depth: events that each queue can hold.
        gaps: cycles before each spike and each EOT, as :func:`no_gaps`.
    """
    return _collect(_scdq, spikes, useful, gaps, leading_zeros(useful), depth)


def trace_shared_queue(spikes: SpikeTrains, useful: np.ndarray, depth: int, gaps: np.ndarray) -> QueueTrace:
    """Run ``shared_queue.v``: one word a cycle, marks included, a spike can be popped two cycles after it came.

    The FIFO of delay ``d`` holds ``(d + 1) / delays`` of ``depth`` events, rounded up. Arguments as
    :func:`trace_scdq`.
    """
    n_delays = useful.shape[1]
    return _collect(_shared, spikes, useful, gaps, -(-depth * np.arange(1, n_delays + 1) // n_delays))


def _collect(kernel, spikes, useful, gaps, *sizes):
    deliveries = np.empty((int(useful.sum(axis=1)[spikes.neurons].sum()), 4), np.int64)
    cycles = np.zeros((len(spikes), spikes.n_steps), np.int64)
    lost = np.zeros(len(spikes), np.int64)
    neurons = spikes.neurons.astype(np.int64)
    count = kernel(spikes.offsets, spikes.steps, neurons, useful, gaps, *sizes, deliveries, cycles, lost)
    return QueueTrace(deliveries[:count], cycles, lost)


@numba.njit(cache=True)
def _scdq(offsets, steps, neurons, useful, gaps, zeros, depth, deliveries, cycles, lost):
    n_samples, n_steps = cycles.shape
    n_delays = useful.shape[1]
    delivered, word, event = 0, 0, 0
    axons, counters = np.empty((2, depth), np.int64), np.empty((2, depth), np.int64)
    ready = np.empty(depth, np.int64)
    for sample in range(n_samples):
        prq, waiting = 0, 0
        for step in range(n_steps):
            ready[:waiting] = 0
            taken = -1
            while event < offsets[sample + 1] and steps[event] == step:
                taken += 1 + gaps[word]
                if waiting == depth:
                    lost[sample] += 1
                else:
                    axons[prq, waiting] = neurons[event]
                    counters[prq, waiting] = n_delays - 1
                    ready[waiting] = taken + 1
                    waiting += 1
                event += 1
                word += 1
            taken += 1 + gaps[word]  # EOT
            word += 1
            poq, kept, popped = 1 - prq, 0, -1
            for slot in range(waiting):
                popped = max(popped + 1, ready[slot])
                axon, counter = axons[prq, slot], counters[prq, slot]
                delay = n_delays - 1 - counter
                if useful[axon, delay]:
                    deliveries[delivered] = (sample, step, axon, delay)
                    delivered += 1
                if counter > zeros[axon]:
                    axons[poq, kept], counters[poq, kept] = axon, counter - 1
                    kept += 1
            cycles[sample, step] = max(taken + 1, popped + 2) + 1
            prq, waiting = poq, kept
    return delivered


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
