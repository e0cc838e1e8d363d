"""One FIFO a delay level (TrueNorth): it takes a spike once for each useful delay, and gives each copy when due."""

from collections.abc import Mapping

import numpy as np

from delaysnn.core.network import Layer
from delaysnn.core.spike_trains import SpikeTrains
from delaysnn.queues.capacity import shared_queue_events
from delaysnn.queues.delays import useful_delays
from delaysnn.queues.protocol import Need, Steady, Structure


def need(layer: Layer, spikes: SpikeTrains, constants: Mapping[str, float]) -> Need:
    """A copy is written once, and read when due, which it never is after the sample's end."""
    useful = useful_delays(layer)
    copies = float((spikes.counts() @ useful.sum(axis=1)).mean())
    return Need(
        constants["event_bits"] * shared_queue_events(*useful.shape),
        constants["event_bits"] * float(_waiting(spikes, useful).max()),
        copies + _due(spikes, useful) / len(spikes),
    )


def bits_at(n_pre: int, n_post: int, n_delays: int, constants: Mapping[str, float], density: np.ndarray) -> np.ndarray:
    """A spike takes a place in every FIFO."""
    return constants["event_bits"] * shared_queue_events(n_pre, n_delays) * density


def steady(layer: Layer, constants: Mapping[str, float]) -> Steady:
    """A spike has a copy at each useful delay, written once, read once, and there for a step more than it is long."""
    useful = useful_delays(layer)
    waiting = float((useful * np.arange(1, useful.shape[1] + 1)).sum())
    return Steady((0, constants["event_bits"] * waiting), (0, 2 * float(useful.sum())), constants["event_bits"])


def _due(spikes: SpikeTrains, useful: np.ndarray) -> int:
    """Return how many useful delays of all spikes end within their sample."""
    within = np.minimum(spikes.n_steps - spikes.steps.astype(np.int64), useful.shape[1])
    return int(useful.cumsum(axis=1)[spikes.neurons, within - 1].sum())


def _waiting(spikes: SpikeTrains, useful: np.ndarray) -> np.ndarray:
    """Return the events in all FIFOs, int64 [samples, time]: a copy a useful delay, each until it is due."""
    # A spike that is `age` steps old still waits in every FIFO whose delay is at least that.
    still = useful[:, ::-1].cumsum(axis=1)[:, ::-1]
    waiting = np.zeros((len(spikes), spikes.n_steps), np.int64)
    for age in range(min(useful.shape[1], spikes.n_steps)):
        late = spikes.steps.astype(np.int64) + age
        inside = late < spikes.n_steps
        np.add.at(waiting, (spikes.samples[inside], late[inside]), still[spikes.neurons[inside], age])
    return waiting


STRUCTURES = (
    Structure(
        "shared_queue", "shared queue, a FIFO a level", "#0072b2", place=2, need=need, bits_at=bits_at, steady=steady
    ),
)
