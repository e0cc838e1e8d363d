"""The interface between a layer and a delay structure: its useful delays, and the spikes that arrive."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from delaysnn.core.network import Layer, Network, expand_inputs
from delaysnn.core.spike_trains import SpikeTrains

# Of each layer, the neurons that each of its cores holds: first and last + 1.
Parts = tuple[tuple[tuple[int, int], ...], ...]


@dataclass(frozen=True)
class Queued:
    """A layer behind a delay queue. There is one queue a core: a layer that feeds itself shares it with its inputs.

    Attributes:
        index: of the layer, counted from 0.
        layer: the synapses that the queue serves, a row for each axon: the layer's own neurons first if it feeds
            itself, then neurons or channels in front of it. Delays count from the step in which an event enters; a
            spike of the layer's own enters one step after it was fired.
        spikes: spikes that enter the queue, by axon.
        sources: names of the layers that they come from.
        part: neurons of the layer that the queue's core holds, first and last + 1; None where it holds all.
    """

    index: int
    layer: Layer
    spikes: SpikeTrains
    sources: tuple[str, ...]
    part: tuple[int, int] | None = None

    @property
    def between(self) -> str:
        """Where the queue stands, in words."""
        own = f", neurons {self.part[0]} to {self.part[1] - 1}" if self.part else ""
        return f"{', '.join(self.sources)} and layer {self.index + 1}{own}"


def queued(
    network: Network,
    inputs: SpikeTrains,
    layers: Sequence[SpikeTrains],
    within_sample: bool = True,
    parts: Parts | None = None,
) -> list[Queued]:
    """Return the layers behind delay queues: all but the first, and the first if it delays inputs or feeds itself.

    If the first layer feeds itself and does not delay its inputs, these go straight to its core, and the queue serves
    its own neurons alone.

    Args:
        network: may share weights between input channels; its first queue has an axon for each channel all the same.
        inputs, layers: spikes of the input channels and of every layer.
        within_sample: leave out spikes that a layer fires in the last step, which would enter its own queue after the
            sample's end; otherwise the spikes that enter have one step more.
        parts: of each layer, the neurons that each of its cores holds; None where a core holds a layer. Each core has a
            queue of its own, which every spike enters.
    """
    names = ["inputs", *(f"h{index}" for index in range(1, len(layers))), "output"]
    fed = zip(expand_inputs(network).layers, [inputs, *layers[:-1]], layers, strict=True)
    found = []
    for index, (layer, before, own) in enumerate(fed):
        waits = index > 0 or delays_inputs(network)
        if layer.recurrent is not None:
            back = _one_step_later(own, within_sample)
            spikes = _side_by_side(back, before) if waits else back
            sources = (names[index], names[index + 1]) if waits else (names[index + 1],)
            found.append(Queued(index, _served(layer, waits), spikes, sources))
        elif waits:
            found.append(Queued(index, layer, before, (names[index],)))
    return found if parts is None else [part for each in found for part in _divided(each, parts[each.index])]


def _divided(each: Queued, own: Sequence[tuple[int, int]]) -> list[Queued]:
    if len(own) == 1:
        return [each]
    layers = [replace(each.layer, weights=each.layer.weights[:, :, first:last]) for first, last in own]
    return [replace(each, layer=layer, part=part) for layer, part in zip(layers, own, strict=True)]


def _served(layer: Layer, waits: bool) -> Layer:
    """Return what the queue of a layer that feeds itself serves; ``waits`` says whether what is in front passes it."""
    own = layer.feedback
    assert own is not None
    returns = [delay - 1 for delay in layer.recurrent_delays]
    levels, weights = tuple(returns), own
    if waits:
        levels = tuple(sorted({*returns, *layer.delay_levels}))
        back = own.shape[1]
        weights = np.zeros((len(levels), back + layer.weights.shape[1], back), np.float32)
        weights[[levels.index(delay) for delay in returns], :back] = own
        weights[[levels.index(delay) for delay in layer.delay_levels], back:] = layer.weights
    return replace(layer, weights=weights, delay_levels=levels, recurrent=None, recurrent_delays=(1,))


def _one_step_later(own: SpikeTrains, within_sample: bool) -> SpikeTrains:
    n_steps = own.n_steps if within_sample else own.n_steps + 1
    kept = own.steps < n_steps - 1
    return _collect(own.samples[kept], own.steps[kept] + 1, own.neurons[kept], len(own), n_steps, own.n_neurons)


def _side_by_side(one: SpikeTrains, other: SpikeTrains) -> SpikeTrains:
    """Return the spikes of both, the neurons of ``other`` numbered on."""
    parts = [
        np.concatenate([getattr(one, name), getattr(other, name)]).astype(np.int64) for name in ("samples", "steps")
    ]
    neurons = np.concatenate([one.neurons, other.neurons.astype(np.int64) + one.n_neurons])
    order = np.lexsort((neurons, *reversed(parts)))
    samples, steps = (part[order] for part in parts)
    return _collect(samples, steps, neurons[order], len(one), one.n_steps, one.n_neurons + other.n_neurons)


def _collect(
    samples: np.ndarray, steps: np.ndarray, neurons: np.ndarray, n_samples: int, n_steps: int, n_neurons: int
) -> SpikeTrains:
    offsets = np.concatenate([[0], np.bincount(samples, minlength=n_samples).cumsum()])
    return SpikeTrains(offsets, steps.astype(np.uint16), neurons.astype(np.uint16), n_steps, n_neurons)


def delays_inputs(network: Network) -> bool:
    """Return whether the first layer has delays."""
    return network.layers[0].delay_levels[-1] > 0


def useful_delays(layer: Layer) -> np.ndarray:
    """Return the table of useful delays (WVU, paper section V), bool [pre, delay].

    An entry is true where any post-neuron has a weight other than zero. There is one column for every delay in time
    steps, 0 to the longest delay of the layer.

    Examples:
        >>> from delaysnn import read_network
        >>> hidden = read_network("examples/networks/48.safetensors").layers[1]
        >>> useful_delays(hidden).shape  # 48 neurons in front, delays 0 to 58
        (48, 59)
    """
    useful = np.zeros((layer.inputs, layer.delay_levels[-1] + 1), bool)
    run = np.arange(layer.inputs) // layer.input_sharing
    useful[:, list(layer.delay_levels)] = (layer.weights != 0).any(axis=2).T[run]
    return useful


def leading_zeros(useful: np.ndarray) -> np.ndarray:
    """Return the leading zeros of each row of WVU, int64 [pre], reading the largest delay first."""
    reverse = useful[:, ::-1]
    return np.where(useful.any(axis=1), reverse.argmax(axis=1), useful.shape[1])


def arrivals(spikes: SpikeTrains) -> np.ndarray:
    """Return the number of spikes in each sample and step, int64 [samples, time]."""
    flat = spikes.samples * spikes.n_steps + spikes.steps
    return np.bincount(flat, minlength=len(spikes) * spikes.n_steps).reshape(len(spikes), spikes.n_steps)


def activity_density(spikes: SpikeTrains) -> float:
    """Return the share of neurons that fire in a time step, over all samples and steps."""
    return len(spikes.neurons) / (len(spikes) * spikes.n_steps * spikes.n_neurons)
