"""What baselines ask of either chip, beside networks with delays: all counted alike, from spikes of the float networks.

No chip here runs a recurrent network, and Loihi runs rounded weights. So that nothing but the memory differs between
what is compared, every network is counted on the spikes and synapses of its floats:

- a synapse to a layer's own neurons has delay 1. On Loihi it is a synapse as any other. On Seneca a spike passes a
  delay queue with one level, in which it waits one step, beside going on to the next layer;
- a layer without delays has no queue on Seneca: its spikes go straight to the core.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from delaysnn.core.network import Layer, Network
from delaysnn.core.spike_trains import SpikeTrains
from delaysnn.platforms.loihi import cost as loihi
from delaysnn.platforms.seneca import counts as seneca


def count_on_loihi(
    network: Network, inputs: SpikeTrains, layers: Sequence[SpikeTrains], weight_bits: int
) -> loihi.Counts:
    """Count a float network's operations on Loihi: a spike reaches every kept synapse of its neuron once.

    Args:
        network: may have recurrent layers.
        inputs: spikes of the input channels.
        layers: spikes of every layer.
        weight_bits: that its weights would have.
    """
    operations = sum(_reached(layer.weights, spikes) for layer, spikes in _fed(network, inputs, layers))
    for layer, own in zip(network.layers, layers, strict=True):
        if layer.recurrent is not None:
            operations += _reached(layer.recurrent[None], own)
    return loihi.Counts(
        synaptic_operations=operations,
        spikes=sum(len(spikes.steps) / len(spikes) for spikes in layers),
        updates=sum(network.topology[1:]) * network.n_steps,
        synapses=network.parameters,
        weight_bits=weight_bits,
        n_steps=network.n_steps,
    )


def count_on_seneca(
    network: Network, inputs: SpikeTrains, layers: Sequence[SpikeTrains], within_sample: bool
) -> seneca.Counts:
    """Count a float network's operations and queue events on Seneca, arrays float [samples].

    A recurrent layer's queue is added to that in front of it, to that of the second layer where it is the first. Memory
    is not to be read from these counts.

    Args:
        network, inputs, layers: as of :func:`count_on_loihi`.
        within_sample: as of :func:`delaysnn.platforms.seneca.counts.count`.
    """
    counts = seneca.count(network, inputs, layers, within_sample)
    parts = {name: list(getattr(counts, name)) for name in ("operations", "arrivals", "deliveries", "queue_events")}
    for index, layer in enumerate(network.layers[1:]):
        if not _delays(layer):
            for name in ("arrivals", "deliveries", "queue_events"):
                parts[name][index] = np.zeros(len(inputs))
    for index, (layer, own) in enumerate(zip(network.layers, layers, strict=True)):
        if layer.recurrent is not None:
            fired = np.diff(own.offsets).astype(float)
            # What fires in the last step waits, but comes back no more.
            back = fired - (np.bincount(own.samples[own.steps == own.n_steps - 1], minlength=len(own)) * within_sample)
            queue = max(index - 1, 0)
            parts["operations"][index] = parts["operations"][index] + back * layer.recurrent.shape[1]
            for name, events in (("arrivals", fired), ("deliveries", back), ("queue_events", fired)):
                parts[name][queue] = parts[name][queue] + events
    changed: dict[str, Any] = {name: tuple(values) for name, values in parts.items()}
    return replace(counts, **changed)


def _delays(layer: Layer) -> bool:
    return layer.delay_levels[-1] > 0


def _reached(weights: np.ndarray, spikes: SpikeTrains) -> float:
    """Return the kept synapses that a sample's spikes reach; ``weights`` is [delay, pre, post]."""
    fan_out = np.count_nonzero(weights, axis=(0, 2))
    return float(fan_out[spikes.neurons].sum()) / len(spikes)


def _fed(network: Network, inputs: SpikeTrains, layers: Sequence[SpikeTrains]) -> list[tuple[Layer, SpikeTrains]]:
    return list(zip(network.layers, [inputs, *layers[:-1]], strict=True))


def has_queue(network: Network) -> bool:
    """Say whether any spike of the network waits in a delay queue on Seneca."""
    return any(_delays(layer) or layer.recurrent is not None for layer in network.layers)
