"""Cost of an inference on several cores beside its operations, counted from its spikes.

A spike is one message for each of its neuron's output axons, however near; those to its own core are free. In every
time step cores work in parallel, and all wait for the busiest one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numba
import numpy as np

from delaysnn.core.spike_trains import SpikeTrains
from delaysnn.platforms.loihi.division import Division
from delaysnn.platforms.loihi.integer_network import IntegerNetwork
from delaysnn.platforms.loihi.mesh import barrier_ns, spike_pj

# Samples whose steps are looked at together, so that memory does not grow with their number.
_SAMPLES = 64


@dataclass(frozen=True)
class Spread:
    """What an inference takes beside its operations, on average over samples.

    Attributes:
        cores: that the network is divided over.
        messages: spikes from one core to another.
        messages_pj: their energy.
        latency_ns: work of the busiest core of each step, and a barrier a step.
    """

    cores: int
    messages: float
    messages_pj: float
    latency_ns: float


def spread(
    network: IntegerNetwork,
    division: Division,
    inputs: SpikeTrains,
    layers: Sequence[SpikeTrains],
    constants: Mapping[str, float],
) -> Spread:
    """Count what a division of a network takes from the spikes of its inputs and layers."""
    cores = len(division.cores)
    sent = _messages(network, division, layers)
    work = _work(network, division, inputs, layers, constants)
    return Spread(
        cores=cores,
        messages=float(sent.sum() - np.trace(sent)),
        messages_pj=float((sent * spike_pj(cores, constants)).sum()),
        latency_ns=work + network.n_steps * barrier_ns(cores, constants),
    )


def _messages(network: IntegerNetwork, division: Division, layers: Sequence[SpikeTrains]) -> np.ndarray:
    """Return the spikes a sample from each core to each, float [from, to]."""
    sent = np.zeros((len(division.cores), len(division.cores)))
    for index, spikes in enumerate(layers):
        fired = np.bincount(spikes.neurons, minlength=spikes.n_neurons) / len(spikes)
        reached = [(target, part.demand.axons) for target, part in division.of_layer(index + 1)]
        reached += [(target, part.demand.own_axons) for target, part in division.of_layer(index)]
        for source, own in division.of_layer(index):
            for target, axons in reached:
                sent[source, target] += fired[own.first : own.last] @ axons[own.first : own.last]
    return sent


def _work(
    network: IntegerNetwork,
    division: Division,
    inputs: SpikeTrains,
    layers: Sequence[SpikeTrains],
    constants: Mapping[str, float],
) -> float:
    """Return the work of the busiest core of each step in ns, summed over steps; the mean over samples."""
    cores, total = len(division.cores), 0.0
    silent, active = (constants[f"neuron_update_{way}_ns"] for way in ("inactive", "active"))
    # What a spike of each neuron makes on each core, with how much later.
    making: list[list[tuple[np.ndarray, int]]] = []
    idle = np.zeros((len(layers), cores))
    for index, layer in enumerate(network.layers):
        reached = [np.zeros((weights.shape[1], cores)) for weights in layer.arriving]
        fired = np.zeros((layer.weights.shape[2], cores))
        for core, part in division.of_layer(index):
            here = slice(part.first, part.last)
            for weights, each in zip(layer.arriving, reached, strict=True):
                each[:, core] = constants["synaptic_operation_ns"] * np.count_nonzero(weights[:, :, here], axis=(0, 2))
            fired[here, core] = active - silent
            idle[index, core] = silent * (part.last - part.first)
        # A layer's own spikes come back a step later.
        making.append([(reached[0], 0), (fired, 0), *((each, 1) for each in reached[1:])])
    for first in range(0, len(inputs), _SAMPLES):
        samples = np.arange(first, min(first + _SAMPLES, len(inputs)))
        # Each layer works a step behind the one before.
        busy = np.zeros((len(samples), network.n_steps + len(layers), cores))
        for index, (before, own) in enumerate(zip([inputs, *layers[:-1]], layers, strict=True)):
            busy[:, index : index + network.n_steps] += idle[index]
            for spikes, (each, later) in zip((before, own, own), making[index], strict=False):
                some = spikes.select(samples)
                _add(some.offsets, some.steps, some.neurons, index + later, each, busy)
        total += busy.max(axis=2).sum()
    return float(total / len(inputs))


@numba.njit(cache=True)
def _add(offsets, steps, neurons, later, each, busy):
    """Add to a core's work of a step what a spike of each neuron makes there, ``later`` by so many steps."""
    for sample in range(len(busy)):
        for event in range(offsets[sample], offsets[sample + 1]):
            for core in range(each.shape[1]):
                busy[sample, steps[event] + later, core] += each[neurons[event], core]
