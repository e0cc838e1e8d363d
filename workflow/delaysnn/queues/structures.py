"""Other ways to delay spikes, on the same spikes: what each must remember, and how often it touches its memory."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from delaysnn.core.network import Layer
from delaysnn.core.spike_trains import SpikeTrains
from delaysnn.queues.capacity import history_bits, ring_buffer_bits, scdq_events, shared_queue_events
from delaysnn.queues.scdq import expected_occupancy, useful_delays
from delaysnn.queues.variants import arrivals

STRUCTURES = ("ring_buffer", "shared_queue", "scdq", "history")


@dataclass(frozen=True)
class Need:
    """What a structure needs for one layer.

    Attributes:
        provisioned_bits: memory when every neuron may fire at every step.
        needed_bits: memory that the busiest step of the given samples needs.
        accesses: reads and writes of that memory an inference, on average.
    """

    provisioned_bits: float
    needed_bits: float
    accesses: float


def compare_structures(layer: Layer, spikes: SpikeTrains, constants: Mapping[str, float]) -> dict[str, Need]:
    """Return each structure's need for the delays of one layer.

    A ``ring_buffer`` of pending currents a post-neuron (Loihi, SpiNNaker) is read and written by every kept synapse of
    a spike and read and cleared once a neuron and step. A ``shared_queue`` holds one FIFO a delay level (TrueNorth),
    takes a spike once for each useful delay and gives it when due, which it never is after the sample's end. ``scdq``
    is this paper's. ``history`` keeps one bit an axon and step, shifts it once a step and reads it as one word an axon.

    Args:
        layer: synapses and neurons behind the delays.
        spikes: of the pre-neurons.
        constants: ``event_bits`` of a queued event and ``weight_bits`` of a pending current.
    """
    useful = useful_delays(layer)
    n_pre, n_delays = useful.shape
    n_post = layer.weights.shape[2]
    event_bits, n_steps = constants["event_bits"], spikes.n_steps
    fired = spikes.counts()
    copies = float((fired @ useful.sum(axis=1)).mean())
    synapses = float((fired @ np.count_nonzero(layer.weights, axis=(0, 2))).mean())
    waiting = expected_occupancy(spikes, useful)
    pops = float(waiting.sum(axis=1).mean())
    ring, history = ring_buffer_bits(n_post, n_delays, constants["weight_bits"]), history_bits(n_pre, n_delays)
    return {
        "ring_buffer": Need(ring, ring, 2 * synapses + 2 * n_post * n_steps),
        "shared_queue": Need(
            event_bits * shared_queue_events(n_pre, n_delays),
            event_bits * float(_waiting_in_levels(spikes, useful).max()),
            copies + _due(spikes, useful) / len(spikes),
        ),
        "scdq": Need(
            event_bits * scdq_events(n_pre, n_delays),
            event_bits * float(waiting.max() + (waiting - arrivals(spikes)).max()),
            2 * pops,
        ),
        "history": Need(history, history, 2.0 * n_pre * n_steps),
    }


def activity_density(spikes: SpikeTrains) -> float:
    """Return the share of neurons that fire in a time step, over all samples and steps."""
    return len(spikes.neurons) / (len(spikes) * spikes.n_steps * spikes.n_neurons)


def memory_over_density(
    n_pre: int, n_post: int, n_delays: int, constants: Mapping[str, float], densities: np.ndarray
) -> dict[str, np.ndarray]:
    """Return each structure's bits [density] when this share of neurons fires at every step."""
    ring = ring_buffer_bits(n_post, n_delays, constants["weight_bits"])
    return {
        "ring_buffer": np.full(len(densities), float(ring)),
        "shared_queue": constants["event_bits"] * shared_queue_events(n_pre, n_delays) * densities,
        "scdq": constants["event_bits"] * scdq_events(n_pre, n_delays) * densities,
        "history": np.full(len(densities), float(history_bits(n_pre, n_delays))),
    }


def _due(spikes: SpikeTrains, useful: np.ndarray) -> int:
    """Return how many useful delays of all spikes end within their sample."""
    within = np.minimum(spikes.n_steps - spikes.steps.astype(np.int64), useful.shape[1])
    return int(useful.cumsum(axis=1)[spikes.neurons, within - 1].sum())


def _waiting_in_levels(spikes: SpikeTrains, useful: np.ndarray) -> np.ndarray:
    """Return the events in all FIFOs, int64 [samples, time]: a copy a useful delay, each until it is due."""
    # A spike that is `age` steps old still waits in every FIFO whose delay is at least that.
    still = useful[:, ::-1].cumsum(axis=1)[:, ::-1]
    waiting = np.zeros((len(spikes), spikes.n_steps), np.int64)
    for age in range(min(useful.shape[1], spikes.n_steps)):
        late = spikes.steps.astype(np.int64) + age
        inside = late < spikes.n_steps
        np.add.at(waiting, (spikes.samples[inside], late[inside]), still[spikes.neurons[inside], age])
    return waiting
