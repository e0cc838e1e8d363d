"""Costs of baselines on Seneca beside networks with delays, all counted from spikes of the float networks.

Deployed networks are counted by :mod:`delaysnn.platforms.seneca.counts`. Here a recurrent network is counted as a
baseline, with a queue for its own spikes beside the one in front. All networks are counted alike, so that they can be
compared, except in memory:

- a recurrent synapse has delay 1, or the delays of its axon: a spike goes to the next layer, and also waits in a delay
  queue until the last of these delays;
- a layer without delays has no queue: its spikes go straight to the core.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from delaysnn.core.network import Layer, Network
from delaysnn.core.spike_trains import SpikeTrains
from delaysnn.platforms.seneca.counts import Counts, count


def count_floats(network: Network, inputs: SpikeTrains, layers: Sequence[SpikeTrains], within_sample: bool) -> Counts:
    """Count a float network's operations and queue events, arrays float [samples].

    A recurrent layer's queue is added to that in front of it, to that of the second layer where it is the first. Memory
    is not to be read from these counts.

    Args:
        network: may have recurrent layers.
        inputs, layers, within_sample: as of :func:`delaysnn.platforms.seneca.counts.count`.
    """
    forward = tuple(replace(layer, recurrent=None, recurrent_delays=(1,)) for layer in network.layers)
    counts = count(replace(network, layers=forward), inputs, layers, within_sample)
    parts = {name: list(getattr(counts, name)) for name in ("operations", "arrivals", "deliveries", "queue_events")}
    # Of the first layer with a queue, counted from 0.
    begin = len(network.layers) - len(counts.queue_events)
    for index, layer in enumerate(network.layers[begin:]):
        if not _delays(layer):
            for name in ("arrivals", "deliveries", "queue_events"):
                parts[name][index] = np.zeros(len(inputs))
    for index, (layer, own) in enumerate(zip(network.layers, layers, strict=True)):
        if layer.recurrent is not None:
            back, waited = _returning(layer, own, within_sample)
            queue = max(index - begin, 0)
            parts["operations"][index] = parts["operations"][index] + back * layer.weights.shape[2]
            fired = np.diff(own.offsets).astype(float)
            for name, events in (("arrivals", fired), ("deliveries", back), ("queue_events", waited)):
                parts[name][queue] = parts[name][queue] + events
    changed: dict[str, Any] = {name: tuple(values) for name, values in parts.items()}
    return replace(counts, **changed)


def _returning(layer: Layer, own: SpikeTrains, within_sample: bool) -> tuple[np.ndarray, np.ndarray]:
    """Return each sample's deliveries and events times steps in a recurrent layer's queue, float [samples].

    An event is first taken one step after its spike. What fires in the last step waits, but comes back no more.
    """
    assert layer.feedback is not None
    delays = np.array(layer.recurrent_delays)
    useful = (layer.feedback != 0).any(axis=2).T[own.neurons]
    waits = (useful * delays).max(axis=1).clip(min=1)
    if within_sample:
        left = own.n_steps - 1 - own.steps.astype(np.int64)
        useful, waits = useful & (delays <= left[:, None]), np.minimum(waits, left.clip(min=1))
    return np.bincount(own.samples, useful.sum(axis=1), len(own)), np.bincount(own.samples, waits, len(own))


def _delays(layer: Layer) -> bool:
    return layer.delay_levels[-1] > 0


def has_queue(network: Network) -> bool:
    """Return whether any spike of the network waits in a delay queue."""
    return any(_delays(layer) or layer.recurrent is not None for layer in network.layers)
