"""The arithmetic of Seneca: bfloat16 parameters, and bfloat16 potentials that are rounded at every addition."""

from collections.abc import Sequence
from dataclasses import replace

import numba
import numpy as np

from delaysnn.core.errors import InputError
from delaysnn.core.network import Layer, Network, expand_inputs
from delaysnn.core.network_checks import check_neurons
from delaysnn.core.readout import SPIKES, score
from delaysnn.core.spike_trains import SpikeTrains
from delaysnn.platforms.seneca.bfloat16 import round_network

_NEURONS = ("lif", "adlif", "cuba")
# Potentials of a layer held at once, of as many samples as that makes: some 80 MB, however many samples there are.
_HELD = 1 << 24
# b, c and d.
_ADAPTATION = ("adaptation_decay", "adaptation_membrane", "adaptation_spike")


def infer(network: Network, spikes: SpikeTrains, every_add: bool = True) -> tuple[SpikeTrains, ...]:
    """Return the spikes of every layer for every sample.

    An event loads the potential of a post-neuron, adds its weight and stores the potential in 16 bits, rounded each
    time. Events of a step come in the order in which the delay queue delivers them: oldest spikes first, then by
    neuron. Before the first event the potential is multiplied by its decay and rounded; after the last it is compared
    with the threshold.

    A layer that feeds itself shares the queue with the layer in front of it. A spike of its own enters one step after
    it was fired, before those that arrive in that step. So with delay d it waits in the queue as long as a spike from
    in front with delay d - 1.

    A ``reset`` is subtracted from the potential of the step after a spike, after the product with the decay, and the
    difference is rounded. Then a ``bias`` is added, and the sum rounded, before the first event.

    An adaptive neuron (``adlif``) keeps its adaptation w in 16 bits, too. After the last event w is subtracted from the
    potential, and the difference rounded. After the comparison, with the potential before its reset, the next w is
    computed in the order of its equation and rounded after each operation: b w, c u, their sum; and where the neuron
    has fired, that sum plus d (a product with 0 or 1 is exact).

    In a neuron whose currents last (``cuba``), events and bias are added to the current i, which has 16 bits, too.
    Before the first of them i is multiplied by g and rounded, and each addition to it is rounded. After the last event
    the potential is multiplied by its decay and rounded, then i is added, and the sum rounded.

    Args:
        network: with float weights.
        spikes: the inputs.
        every_add: as above. Otherwise a step's currents are summed in 32 bits, and when the step ends, the product with
            the decay and the sum, less w and reset, are rounded once together, and so is the next w; with lasting
            currents, i is rounded once, and then the potential.

    Raises:
        InputError: the inputs do not fit the network, or it has neurons that Seneca does not run.
    """
    return decide(network, spikes, every_add)[0]


def decide(
    network: Network, spikes: SpikeTrains, every_add: bool = True
) -> tuple[tuple[SpikeTrains, ...], np.ndarray | None]:
    """Return the spikes of every layer, as :func:`infer` does, and the scores of the classes where membranes decide.

    Potentials have 16 bits. A sum of potentials over time has more bits, since it would lose small terms in 16.
    """
    if spikes.n_neurons != network.topology[0]:
        raise InputError(
            f"Network {network.name} takes {network.topology[0]} inputs, but the spikes have {spikes.n_neurons}."
        )
    prepared, size = _prepare(network), max(1, _HELD // (spikes.n_steps * max(network.topology[1:])))
    ran = [
        _decide(network.readout, prepared, spikes.select(np.arange(first, min(first + size, len(spikes)))), every_add)
        for first in range(0, len(spikes), size)
    ]
    layers = tuple(SpikeTrains.join(parts) for parts in zip(*(layers for layers, _ in ran), strict=True))
    scores = [scores for _, scores in ran if scores is not None]
    return layers, np.concatenate(scores) if scores else None


def _decide(
    readout: str, prepared: Sequence[Layer], spikes: SpikeTrains, every_add: bool
) -> tuple[list[SpikeTrains], np.ndarray | None]:
    layers = []
    for layer in prepared:
        spikes, potential = _infer_layer(layer, spikes, every_add)
        layers.append(spikes)
    return layers, None if readout == SPIKES else score(readout, potential)


def membranes(network: Network, spikes: SpikeTrains) -> tuple[np.ndarray, ...]:
    """Return potentials before the reset in units of the threshold, float [time, neuron] a layer, of one sample.

    Those of an output layer whose membranes decide are in units of the network's weights.
    """
    layers = []
    for layer in _prepare(network):
        spikes, potential = _infer_layer(layer, spikes, every_add=True)
        layers.append(potential[0] / np.where(np.isinf(layer.threshold), 1, layer.threshold))
    return tuple(layers)


def _prepare(network: Network) -> tuple[Layer, ...]:
    """Return the layers as Seneca stores them, with a first weight for every input channel.

    An output layer whose membranes decide has thresholds that nothing reaches.
    """
    check_neurons(network, f"network {network.name}", {"seneca": _NEURONS})
    layers = round_network(expand_inputs(network)).layers
    if network.readout == SPIKES:
        return layers
    return (*layers[:-1], replace(layers[-1], threshold=np.full_like(layers[-1].threshold, np.inf), reset=None))


def _infer_layer(layer: Layer, spikes: SpikeTrains, every_add: bool) -> tuple[SpikeTrains, np.ndarray]:
    """Return the layer's spikes, and its potentials before the reset, float32 [batch, time, post]."""
    none = np.zeros(0, np.float32)
    by_neuron = np.ascontiguousarray(layer.weights.transpose(1, 0, 2))
    feedback = none.reshape(0, 0, 0) if layer.feedback is None else layer.feedback
    events = (spikes.offsets, spikes.steps, spikes.neurons, spikes.n_steps)
    own = [layer.own[name] for name in _ADAPTATION if name in layer.own]
    adaptation = np.array(own, np.float32).reshape(len(own), len(layer.decay))
    lasting = layer.own.get("current_decay", none)
    bias, reset = (none if values is None else values for values in (layer.bias, layer.reset))
    neurons = layer.decay, layer.threshold, adaptation, lasting, bias, reset
    fired, potential = _run(*events, by_neuron, feedback, _in_order(layer), *neurons, every_add)
    return SpikeTrains.from_dense(fired.transpose(1, 0, 2)), potential


def _in_order(layer: Layer) -> np.ndarray:
    """Return delays as the queue delivers their spikes, int64 [delay, 3]: in time steps, its number, whether it leads
    from the layer to itself.
    """
    found = [(delay, number, 0) for number, delay in enumerate(layer.delay_levels)]
    if layer.recurrent is not None:
        found += [(delay, number, 1) for number, delay in enumerate(layer.recurrent_delays)]
    # What has waited longest comes first, and of a step's arrivals the layer's own, which were fired a step before.
    return np.array(sorted(found, key=lambda each: (each[2] - each[0], -each[2])), np.int64)


# As ml_dtypes rounds a finite value; a compiled loop cannot call that.
@numba.njit(cache=True)
def _rounded(value):
    bits = np.float32(value).view(np.uint32)
    nearest = bits + np.uint32(0x7FFF) + ((bits >> np.uint32(16)) & np.uint32(1))
    return np.uint32(nearest & np.uint32(0xFFFF0000)).view(np.float32)


@numba.njit(cache=True)
def _adapt(w, potential, fired, adaptation, every_add):
    b, c, d = adaptation[0], adaptation[1], adaptation[2]
    for post in range(len(w)):
        kept, driven = b[post] * w[post], c[post] * potential[post]
        spike = d[post] if fired[post] else np.float32(0)
        if every_add:
            w[post] = _rounded(_rounded(_rounded(kept) + _rounded(driven)) + spike)
        else:
            w[post] = _rounded(kept + driven + spike)


@numba.njit(cache=True)
def _add(state, current, weights, every_add):
    if every_add:
        for post in range(len(weights)):
            state[post] = _rounded(state[post] + weights[post])
    else:
        for post in range(len(weights)):
            current[post] += weights[post]


@numba.njit(cache=True)
def _run(
    offsets,
    steps,
    neurons,
    n_steps,
    weights,
    feedback,
    order,
    decay,
    threshold,
    adaptation,
    lasting,
    bias,
    reset,
    every_add,
):
    # Empty where neurons are not adaptive, no current lasts, there is no bias, or a spike resets to zero.
    adaptive, lasts, biased, subtracts = len(adaptation) > 0, len(lasting) > 0, len(bias) > 0, len(reset) > 0
    n_batch, n_post = len(offsets) - 1, weights.shape[2]
    fired = np.zeros((n_batch, n_steps, n_post), np.uint8)
    potential = np.zeros((n_batch, n_steps, n_post), np.float32)
    begin = np.zeros(n_steps + 1, np.int64)
    current = np.zeros(n_post, np.float32)
    for sample in range(n_batch):
        # Spikes of step k are begin[k] to begin[k + 1].
        event = offsets[sample]
        for step in range(n_steps):
            begin[step] = event
            while event < offsets[sample + 1] and steps[event] == step:
                event += 1
        begin[n_steps] = event
        u = np.zeros(n_post, np.float32)
        w = np.zeros(n_post, np.float32)
        i = np.zeros(n_post, np.float32)
        # What the last step's spikes take from the potential.
        taken = np.zeros(n_post, np.float32)
        # What events are added to, and its decay.
        state, factor = (i, lasting) if lasts else (u, decay)
        for step in range(n_steps):
            current[:] = 0
            if every_add:
                for post in range(n_post):
                    state[post] = _rounded(state[post] * factor[post])
                if subtracts and not lasts:
                    for post in range(n_post):
                        u[post] = _rounded(u[post] - taken[post])
            if biased:
                _add(state, current, bias, every_add)
            for place in range(len(order)):
                delay, level, own = order[place]
                emitted = step - delay
                if emitted < 0:
                    continue
                if own:
                    for pre in range(n_post):
                        if fired[sample, emitted, pre]:
                            _add(state, current, feedback[level, pre], every_add)
                else:
                    for event in range(begin[emitted], begin[emitted + 1]):
                        row = weights[neurons[event], level]
                        # Most of the time goes here, so this is no call.
                        if every_add:
                            for post in range(n_post):
                                state[post] = _rounded(state[post] + row[post])
                        else:
                            for post in range(n_post):
                                current[post] += row[post]
            if adaptive and every_add:
                for post in range(n_post):
                    u[post] = _rounded(u[post] - w[post])
            elif adaptive:
                for post in range(n_post):
                    current[post] -= w[post]
            if lasts and not every_add:
                for post in range(n_post):
                    i[post] = _rounded(i[post] * lasting[post] + current[post])
                current[:] = i
            for post in range(n_post):
                if not every_add:
                    u[post] = _rounded(u[post] * decay[post] - taken[post] + current[post])
                elif lasts:
                    u[post] = _rounded(_rounded(_rounded(u[post] * decay[post]) - taken[post]) + i[post])
                potential[sample, step, post] = u[post]
                taken[post] = 0.0
                if u[post] >= threshold[post]:
                    fired[sample, step, post] = 1
                    if subtracts:
                        taken[post] = reset[post]
                    else:
                        u[post] = 0.0
            if adaptive:
                _adapt(w, potential[sample, step], fired[sample, step], adaptation, every_add)
    return fired, potential
