"""The delay queue ``workflow/rtl/scdq.v`` cycle by cycle: its deliveries, their order, and the cycles of each step.

The clock starts anew with every time step, in the first cycle that can take a spike. A gap is a number of such cycles
in which the sender has nothing. An output that has to wait stops the whole pipeline, so it adds its own cycles to these
and changes nothing else.
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
        lost: int64 [samples]; spikes that found no room.
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
    deliveries = np.empty((int(useful.sum(axis=1)[spikes.neurons].sum()), 4), np.int64)
    cycles = np.zeros((len(spikes), spikes.n_steps), np.int64)
    lost = np.zeros(len(spikes), np.int64)
    events = (spikes.offsets, spikes.steps, spikes.neurons.astype(np.int64))
    count = _scdq(*events, useful, gaps, leading_zeros(useful), depth, deliveries, cycles, lost)
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
