"""A hierarchical split of the delay queue: events that are not due soon wait in a queue that is seldom read."""

from dataclasses import dataclass
from itertools import pairwise

import numba
import numpy as np

from delaysnn.core.spike_trains import SpikeTrains
from delaysnn.queues.scdq import differences_from_dense


@dataclass(frozen=True)
class SplitRun:
    """What the two queues did, per sample.

    Attributes:
        deliveries: int64 [samples]; events delivered to the core.
        pops: int64 [samples]; events taken from either queue, delivered or not.
        near: int64 [samples, time]; events in the near queue at the step's EOT, arrivals of the step included.
        far: int64 [samples, time]; events in the far queue at the step's end.
        differences: int64 [samples]; deliveries that differ from the dense delayed product.
    """

    deliveries: np.ndarray
    pops: np.ndarray
    near: np.ndarray
    far: np.ndarray
    differences: np.ndarray


def run_split(spikes: SpikeTrains, useful: np.ndarray, period: int) -> SplitRun:
    """Send every sample's spikes through a near queue, read in every step, and a far one, read every ``period`` steps.

    An event goes to the far queue while its next useful delay is due no earlier than that queue's next reading; there
    its counter falls by ``period`` at a time.

    Args:
        spikes: of the pre-neurons.
        useful: WVU, bool [pre, delay].
        period: time steps between two readings of the far queue.
    """
    after, runs = following(useful), []
    for first, last in pairwise(spikes.offsets):
        own = spikes.steps[first:last], spikes.neurons[first:last]
        deliveries, pops, near, far, delivered = _run(*own, spikes.n_steps, useful, after, period)
        # Not called in `_run`, whose compiled code would keep an old oracle: numba watches the file of `_run` alone.
        runs.append((deliveries, pops, near, far, differences_from_dense(delivered, *own, useful)))
    return SplitRun(*(np.array(values) for values in zip(*runs, strict=True)))


def following(useful: np.ndarray) -> np.ndarray:
    """Return, int64 [pre, delay], the next useful delay after each delay; -1 where there is none."""
    after = np.full(useful.shape, -1)
    for delay in range(useful.shape[1] - 2, -1, -1):
        after[:, delay] = np.where(useful[:, delay + 1], delay + 1, after[:, delay + 1])
    return after


@numba.njit(cache=True)
def _run(steps, neurons, n_steps, useful, after, period):
    """Send one sample's spikes; return deliveries, pops, near and far of :class:`SplitRun`, and what was delivered."""
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
    return deliveries, pops, near, far, delivered
