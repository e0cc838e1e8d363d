"""The delay queue's events one by one, for a few events, as in the paper's Figures 3 and 5."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from delaysnn.queues.delays import leading_zeros

Event = tuple[int, int]


@dataclass(frozen=True)
class Step:
    """One time step of the queue, from the first pop to the end-of-time-step event.

    Attributes:
        waiting: events (axon, counter) in the PRQ in the order they are taken.
        delivered: events (axon, delay) that reach the core.
        kept: events (axon, counter) that go on to the POQ, which is the next step's PRQ.
    """

    waiting: list[Event]
    delivered: list[Event]
    kept: list[Event]


def trace_events(arrivals: Sequence[Sequence[int]], useful: np.ndarray) -> list[Step]:
    """Send a few spikes through the queue and write down every event.

    Args:
        arrivals: the axons whose spikes arrive, for each time step.
        useful: WVU, bool [pre, delay].
    """
    highest = useful.shape[1] - 1
    zeros = leading_zeros(useful)
    prq: deque[Event] = deque()
    steps = []
    for axons in arrivals:
        prq.extend((axon, highest) for axon in axons)
        waiting, delivered = list(prq), []
        poq: deque[Event] = deque()
        for axon, counter in waiting:
            if useful[axon, highest - counter]:
                delivered.append((axon, highest - counter))
            if counter > zeros[axon]:
                poq.append((axon, counter - 1))
        steps.append(Step(waiting, delivered, list(poq)))
        prq = poq
    return steps
