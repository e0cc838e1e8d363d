"""Operations of an inference on Seneca, and events that wait in delay queues.

They are counted in two ways. *Within the sample* counts what happens: an event that is due after the last step is never
delivered. *Due* counts every useful delay of a spike. The paper's printed numbers give only this (spikes times levels),
so a line that is fitted to those numbers is fed with the same kind of counts.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from delaysnn.core.errors import InputError
from delaysnn.core.features import features
from delaysnn.core.network import Layer, Network
from delaysnn.core.readout import SPIKES
from delaysnn.core.spike_trains import SpikeTrains
from delaysnn.neurons import PLAIN
from delaysnn.neurons import registered as neurons
from delaysnn.queues import check_run, registered
from delaysnn.queues.delays import Parts, delays_inputs, leading_zeros, queued, useful_delays
from delaysnn.queues.protocol import Run

# Of a readout by membranes, states and operations of an output neuron: a maximum takes a state and a comparison, a sum
# over time two words and an addition; the softmax a maximum over classes, a difference, a sum and a product more.
_READOUTS = {"largest_membrane": (1, 1), "summed_membrane": (2, 1), "summed_softmax": (2, 5)}


@dataclass(frozen=True)
class Updates:
    """Work of a layer's neurons in a sample beyond that of LIF neurons, whose own updates are not counted.

    Attributes:
        parameters: loads of a neuron's parameters other than decay and threshold.
        states: loads of the numbers that it carries from step to step beside its potential, and as many stores.
        operations: additions, subtractions and multiplications (:attr:`delaysnn.neurons.Neuron.operations`), one more
            with a bias, and one with a reset by subtraction.
    """

    parameters: int
    states: int
    operations: int

    @property
    def instructions(self) -> int:
        """Instructions of the neuro-processing elements: a load a parameter, a load and a store a state."""
        return self.parameters + 2 * self.states + self.operations


@dataclass(frozen=True)
class Counts:
    """What an inference takes; numbers, or arrays with one entry a sample. A layer has a core of its own, or several.

    Attributes:
        input_events: spikes of the input channels.
        operations: of each core, the first layer's included: a delivered event meets every post-neuron on it.
        arrivals: spikes that enter each queue: of every core but the first layer's, and of these where it has delays or
            feeds itself; a layer's own spikes share its queue.
        deliveries: events that leave it for the core.
        queue_events: events times the steps they stay in it.
        stored_weights: weights in memory; all delay levels are stored, pruned or not, one that input channels share
            once.
        neurons: of all layers.
        delay_bits: a bit an axon and delay of each queue, which says whether any weight is useful there.
        steps: time steps.
        others: what other delay structures would do in SCDQ's place, by their name.
        updates: of each core; none where all neurons are LIF and do no more.
        stored_numbers: parameters and states of neurons beyond those of LIF.
        divided: whether a layer has more than one core.
        as_fitted: whether the network is of the paper's kind, to which lines are fitted.
    """

    input_events: Any
    operations: tuple[Any, ...]
    arrivals: tuple[Any, ...]
    deliveries: tuple[Any, ...]
    queue_events: tuple[Any, ...]
    stored_weights: int
    neurons: int
    delay_bits: int
    steps: int
    others: Mapping[str, Run] = field(default_factory=dict)
    updates: tuple[Updates, ...] = ()
    stored_numbers: int = 0
    divided: bool = False
    as_fitted: bool = True

    def totals(self) -> dict[str, float]:
        """Return the means over samples, all layers and queues together; of updates only where there are any."""
        instructions = sum(layer.instructions for layer in self.updates)
        updates = {"update_instructions": float(instructions)} if self.updates else {}
        return updates | {
            "input_events": float(np.mean(self.input_events)),
            "operations": float(np.mean(sum(self.operations))),
            "deliveries": float(np.mean(sum(self.deliveries))),
            "queue_events": float(np.mean(sum(self.queue_events))),
        }


def count(
    network: Network,
    inputs: SpikeTrains,
    layers: Sequence[SpikeTrains],
    within_sample: bool,
    parts: Parts | None = None,
) -> Counts:
    """Count the operations of every sample from the spikes of its inputs and layers, arrays float [samples].

    Args:
        network: as deployed.
        inputs: spikes of the input channels.
        layers: spikes of every layer.
        within_sample: count what happens before the sample ends; otherwise every useful delay of a spike.
        parts: of each layer, the neurons that each of its cores holds; None where each has one.

    Raises:
        InputError: a model of neurons does not say what a step of it takes.
    """
    cores = {(index, part): np.zeros(len(inputs)) for index, own in enumerate(parts or _whole(network)) for part in own}
    if not delays_inputs(network):
        for index, (first, last) in cores:
            if index == 0:
                cores[0, (first, last)] = np.diff(inputs.offsets) * float(last - first)
    arrivals, deliveries, waits = [], [], []
    delay_bits = 0
    for each in queued(network, inputs, layers, within_sample, parts):
        useful = useful_delays(each.layer)
        arrivals.append(np.diff(each.spikes.offsets).astype(float))
        delivered, waited = _through_queue(each.spikes, useful, within_sample)
        deliveries.append(delivered)
        waits.append(waited)
        core = each.index, each.part or (0, network.topology[each.index + 1])
        cores[core] = cores[core] + delivered * each.layer.weights.shape[2]
        delay_bits += useful.size
    more = [beyond_lif(network, layer) for layer in network.layers]
    posts = network.topology[1:]
    updates = tuple(
        Updates(*((last - first) * inputs.n_steps * number for number in more[index])) for index, (first, last) in cores
    )
    return Counts(
        input_events=np.diff(inputs.offsets).astype(float),
        operations=tuple(cores.values()),
        arrivals=tuple(arrivals),
        deliveries=tuple(deliveries),
        queue_events=tuple(waits),
        stored_weights=sum(
            weights.size
            for layer in network.layers
            for weights in (layer.weights, layer.recurrent)
            if weights is not None
        ),
        neurons=sum(posts),
        delay_bits=delay_bits,
        steps=inputs.n_steps,
        updates=updates if any(own.instructions for own in updates) else (),
        stored_numbers=sum(
            (parameters + states) * post for post, (parameters, states, _) in zip(posts, more, strict=True)
        ),
        divided=len(cores) > len(network.layers),
        as_fitted=network.neurons == [PLAIN] and not features(network),
    )


def _whole(network: Network) -> Parts:
    return tuple(((0, post),) for post in network.topology[1:])


def beyond_lif(network: Network, layer: Layer) -> tuple[int, int, int]:
    """Return how many parameters and states more than LIF a neuron of the layer has, and its operations a step.

    What a step of LIF takes is not counted, so nothing is taken off where an output neuron never fires.
    """
    neuron = neurons()[layer.neuron]
    if neuron.operations is None:
        raise InputError(
            f"neurons/{layer.neuron}.py: operations is None, so Seneca cannot price a step; write how many additions, "
            f"subtractions and multiplications it takes beyond those of {PLAIN}."
        )
    reads = network.readout != SPIKES and layer is network.layers[-1]
    states, operations = _READOUTS[network.readout] if reads else (0, 0)
    further = (layer.bias is not None) + (layer.reset is not None and not reads)
    return len(neuron.arrays) + further, neuron.states - 1 + states, neuron.operations + further + operations


def run_others(
    network: Network, inputs: SpikeTrains, layers: Sequence[SpikeTrains], parts: Parts | None = None
) -> dict[str, Run]:
    """Return what priced delay structures other than SCDQ do with a network's spikes, by their name.

    They are given room for a copy of every event at every delay.

    Args:
        network, inputs, layers, parts: as :func:`count` takes them.
    """
    ports = [(each.spikes, useful_delays(each.layer)) for each in queued(network, inputs, layers, parts=parts)]
    depth = max((useful.size * useful.shape[1] for _, useful in ports), default=0)
    runs = {
        name: structure.run(ports, depth)
        for name, structure in registered().items()
        if structure.run and structure.priced and name != "scdq"
    }
    for name, run in runs.items():
        check_run(name, run, len(layers[0]))
    return runs


def _through_queue(spikes: SpikeTrains, useful: np.ndarray, within_sample: bool) -> tuple[np.ndarray, np.ndarray]:
    """Return each sample's deliveries and events times steps; ``useful`` is WVU, bool [pre, delay]."""
    n_delays = useful.shape[1]
    alive = np.maximum(n_delays - leading_zeros(useful), 1)[spikes.neurons]
    reached = np.full(len(spikes.steps), n_delays)
    if within_sample:
        left = spikes.n_steps - spikes.steps.astype(np.int64)
        reached, alive = np.minimum(left, n_delays), np.minimum(left, alive)
    delivered = np.cumsum(useful, axis=1)[spikes.neurons, reached - 1]
    samples = len(spikes)
    return np.bincount(spikes.samples, delivered, samples), np.bincount(spikes.samples, alive, samples)


def published_counts(published: Mapping[str, Any], network: str) -> Counts:
    """Return the counts, due, of a network of the paper from its printed shapes and spikes: no axon is pruned.

    Output spikes enter no queue. Input spikes are not printed; those of the same recordings stand for them.
    """
    models = published["table_1_models"]
    n_in, *hidden, n_out = models[network]["topology"]
    spikes = published["table_2_fidelity"][network]["spikes"]["seneca"]
    levels = models["max_delay"] // models["stride"]
    steps_alive = (levels - 1) * models["stride"] + 1
    inputs = published["not_printed"]["input_spikes"]
    return Counts(
        input_events=inputs,
        operations=(inputs * hidden[0], levels * spikes[0] * hidden[1], levels * spikes[1] * n_out),
        arrivals=tuple(spikes),
        deliveries=tuple(levels * fired for fired in spikes),
        queue_events=tuple(steps_alive * fired for fired in spikes),
        stored_weights=n_in * hidden[0] + levels * (hidden[0] * hidden[1] + hidden[1] * n_out),
        neurons=sum(hidden) + n_out,
        delay_bits=steps_alive * sum(hidden),
        steps=models["timesteps"],
    )
