"""Events that wait in front of Seneca's first core where inputs are delayed: known before training."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from delaysnn.core.errors import InputError
from delaysnn.core.spike_trains import SpikeTrains
from delaysnn.queues.structures.scdq import expected_occupancy


@dataclass(frozen=True)
class FirstQueue:
    """Events that the busiest step needs, over all samples.

    Attributes:
        least: where each channel keeps the shortest of its delays.
        most: where each channel keeps the longest.
    """

    least: int
    most: int


def measure(inputs: SpikeTrains, delays: Sequence[int], kept: int) -> FirstQueue:
    """Return what the queue needs of every channel; a spike waits until the longest delay that its channel keeps.

    Args:
        inputs: spikes of the input channels.
        delays: of their synapses, in time steps, increasing.
        kept: how many of them each synapse keeps.
    """

    def busiest(longest: int) -> int:
        return int(expected_occupancy(inputs, np.ones((inputs.n_neurons, longest + 1), bool)).max())

    return FirstQueue(busiest(delays[kept - 1]), busiest(delays[-1]))


def check(found: FirstQueue, name: str, depth: int) -> str:
    """Return what is to be warned of: empty where the queue holds all events whichever delays are kept.

    Args:
        found: of the network's inputs.
        name: the network's, in the configuration.
        depth: events that the queue holds.

    Raises:
        InputError: it cannot hold them, whichever delays are kept.
    """
    if found.most <= depth:
        return ""
    need = f"{found.most} events" + f" ({found.least} where the shortest are kept)" * (found.least < found.most)
    said = (
        f"Configuration: networks.{name}.input_delays makes test inputs wait in Seneca's first queue, whose busiest "
        f"step needs {need}, but queue_depth is {depth}; write shorter delays, or more queue_depth in the file that "
        "hardware.seneca names, or else in config/hardware/seneca.yaml."
    )
    if found.least > depth:
        raise InputError(said)
    return said
