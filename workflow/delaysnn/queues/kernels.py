"""Compiled loops of the simulated queues, in a file of their own, so that listing structures compiles nothing."""

import numba
import numpy as np


@numba.njit(cache=True)
def differences_from_dense(delivered, steps, neurons, useful):
    """Count where one sample's deliveries, uint8 [time, pre, delay], differ from the dense delayed product.

    That product asks for every spike at every useful delay that still falls into the sample, once. Clears
    ``delivered``.

    Args:
        delivered: how often each delay of an axon was delivered in each step.
        steps, neurons: of the sample's spikes.
        useful: WVU, bool [pre, delay].
    """
    differences = 0
    for spike in range(len(steps)):
        for delay in range(min(useful.shape[1], len(delivered) - steps[spike])):
            if useful[neurons[spike], delay]:
                arrival = steps[spike] + delay
                if delivered[arrival, neurons[spike], delay] == 1:
                    delivered[arrival, neurons[spike], delay] = 0
                else:
                    differences += 1
    return differences + delivered.sum()


@numba.njit(cache=True)
def circulate_in_two(steps, neurons, n_steps, useful, after, period):
    """Send one sample through a near and a far queue; return as ``circulate``, and the far queue's events."""
    deliveries, pops = 0, 0
    near, far = np.zeros(n_steps, np.int64), np.zeros(n_steps, np.int64)
    # Axon and step of birth; at most every spike waits in a queue at once.
    soon = np.empty((2, len(steps), 2), np.int64)
    late = np.empty((len(steps), 2), np.int64)
    delivered = np.zeros((n_steps, useful.shape[0], useful.shape[1]), np.uint8)
    event, prq, n_soon, n_late = 0, 0, 0, 0
    for step in range(n_steps):
        poq, kept, parked = 1 - prq, 0, 0
        taken_late = n_late if step % period == 0 else 0
        if taken_late == 0:
            parked = n_late
        arrived = 0
        while event + arrived < len(steps) and steps[event + arrived] == step:
            soon[prq, n_soon + arrived, 0] = neurons[event + arrived]
            soon[prq, n_soon + arrived, 1] = step
            arrived += 1
        event += arrived
        near[step] = n_soon + arrived
        # The far queue is read before the near one, since its events are older.
        for slot in range(taken_late + n_soon + arrived):
            if slot < taken_late:
                axon, birth = late[slot]
            else:
                axon, birth = soon[prq, slot - taken_late]
            pops += 1
            delay = step - birth
            if useful[axon, delay]:
                delivered[step, axon, delay] += 1
                deliveries += 1
            if after[axon, delay] < 0:
                continue
            if birth + after[axon, delay] >= (step // period + 1) * period:
                late[parked, 0], late[parked, 1] = axon, birth
                parked += 1
            else:
                soon[poq, kept, 0], soon[poq, kept, 1] = axon, birth
                kept += 1
        far[step] = parked
        prq, n_soon, n_late = poq, kept, parked
    return deliveries, pops, near, differences_from_dense(delivered, steps, neurons, useful), far


@numba.njit(cache=True, parallel=True)
def circulate(offsets, steps, neurons, n_steps, useful, zeros, depth):
    """Send every sample through SCDQ; an event goes on while its counter is above the ``zeros`` of its axon.

    Returns:
        The arrays of :class:`delaysnn.queues.structures.scdq.QueueRun`; and the step of overflow or -1 [samples].
    """
    n_samples = len(offsets) - 1
    n_axons, n_delays = useful.shape
    deliveries = np.zeros(n_samples, np.int64)
    pops = np.zeros(n_samples, np.int64)
    occupancy = np.zeros((n_samples, n_steps), np.int64)
    differences = np.zeros(n_samples, np.int64)
    overflow = np.full(n_samples, -1, np.int64)
    for sample in numba.prange(n_samples):
        axons = np.empty((2, depth), np.int32)
        counters = np.empty((2, depth), np.int32)
        delivered = np.zeros((n_steps, n_axons, n_delays), np.uint8)
        prq, waiting = 0, 0
        event, end = offsets[sample], offsets[sample + 1]
        for step in range(n_steps):
            # New arrivals queue behind the older events, then comes EOT.
            while event < end and steps[event] == step:
                if waiting == depth:
                    overflow[sample] = step
                    break
                axons[prq, waiting] = neurons[event]
                counters[prq, waiting] = n_delays - 1
                waiting += 1
                event += 1
            if overflow[sample] >= 0:
                break
            occupancy[sample, step] = waiting
            poq, kept = 1 - prq, 0
            for slot in range(waiting):
                axon, counter = axons[prq, slot], counters[prq, slot]
                delay = n_delays - 1 - counter
                pops[sample] += 1
                if useful[axon, delay]:
                    delivered[step, axon, delay] += 1
                    deliveries[sample] += 1
                if counter > zeros[axon]:
                    axons[poq, kept] = axon
                    counters[poq, kept] = counter - 1
                    kept += 1
            prq, waiting = poq, kept
        first, last = offsets[sample], offsets[sample + 1]
        differences[sample] = differences_from_dense(delivered, steps[first:last], neurons[first:last], useful)
    return deliveries, pops, occupancy, differences, overflow
