"""NeuroBench's metrics of a network and its spikes, in its words (https://neurobench.readthedocs.io, version 2.3.0).

NeuroBench counts what enters Linear layers. A delayed layer becomes one Linear over the history of the spikes before
it: input ``(d, i)`` of step k is ``s[i, k - delay_levels[d]]``. A layer that feeds itself has a second one, over its
own history. This module counts in closed form; :mod:`delaysnn.costs.as_linear` runs NeuroBench itself.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from delaysnn.core.errors import InputError
from delaysnn.core.network import Layer, Network, expand_inputs
from delaysnn.core.readout import SPIKES
from delaysnn.core.spike_trains import SpikeTrains

# By name, its unit, and how far NeuroBench's own value may be off ours, as a share of ours, or absolute.
NEUROBENCH = {
    "classification_accuracy": ("1", 1e-6),  # a mean of 32 bits
    "footprint": ("byte", 0.0),
    "connection_sparsity": ("1", 5.1e-5),  # which it rounds to four decimals
    "activation_sparsity": ("1", 1e-9),  # a sum over batches
    "effective_acs": ("1", 0.0),
    "effective_macs": ("1", 0.0),
    "dense": ("1", 0.0),
}
_BYTES = 4  # of a number of 32 bits


def count(network: Network, inputs: SpikeTrains, layers: Sequence[SpikeTrains]) -> dict[str, float]:
    """Return what NeuroBench would count, by the names of :data:`NEUROBENCH`, all but the accuracy.

    - ``footprint``: bytes of all arrays of the network at 32 bits a number, pruned weights included.
    - ``connection_sparsity``: share of the weights that are zero.
    - ``activation_sparsity``: share of neurons and steps without a spike, of all layers that fire.
    - ``effective_acs``: additions a sample: one a weight other than zero, of each spike that arrives in time.
    - ``effective_macs``: products a sample; none, since all that arrives is a spike.
    - ``dense``: products a sample of a network whose neurons all fire and whose weights are none of them zero.

    Args:
        network: input channels that share a weight have one each, since no Linear shares any.
        inputs: spikes of the input channels.
        layers: spikes of every layer.
    """
    network = expand_inputs(network)
    fed = list(zip(network.layers, [inputs, *layers[:-1]], layers, strict=True))
    firing = layers if network.readout == SPIKES else layers[:-1]
    places = sum(len(each) * each.n_steps * each.n_neurons for each in firing)
    parts = [part for layer in network.layers for part in linear(layer)]
    weights = sum(part.size for part, _ in parts)
    reached = sum(
        _reached(part, delays, spikes)
        for layer, before, own in fed
        for (part, delays), spikes in zip(linear(layer), (before, own), strict=False)
    )
    return {
        "footprint": _BYTES * sum(values.size for layer in network.layers for values in layer.arrays.values()),
        "connection_sparsity": sum(int((part == 0).sum()) for part, _ in parts) / weights,
        "activation_sparsity": (places - sum(len(each.steps) for each in firing)) / places if places else 0.0,
        "effective_acs": reached / len(inputs),
        "effective_macs": 0.0,
        "dense": float(weights * network.n_steps),
    }


def linear(layer: Layer) -> list[tuple[np.ndarray, tuple[int, ...]]]:
    """Return weights [delay, pre, post] and delays of a layer's synapses from the layer before, then from itself."""
    own = [] if layer.feedback is None else [(layer.feedback, layer.recurrent_delays)]
    return [(layer.weights, layer.delay_levels), *own]


def _reached(weights: np.ndarray, delays: Sequence[int], spikes: SpikeTrains) -> int:
    """Return how many weights other than zero the spikes of all samples meet before these end."""
    kept = np.cumsum(np.count_nonzero(weights, axis=2), axis=0)
    in_time = np.searchsorted(delays, spikes.n_steps - spikes.steps.astype(np.int64))
    arrives = in_time > 0
    return int(kept[in_time[arrives] - 1, spikes.neurons[arrives]].sum())


def check(name: str, ours: Mapping[str, float], theirs: Mapping[str, float]) -> None:
    """Compare what NeuroBench itself counted of a network with our counts.

    Raises:
        InputError: it counted otherwise, naming the network, the quantity and both values; or not all of it.
    """
    for quantity, value in ours.items():
        if quantity not in theirs:
            raise InputError(
                f"network {name}: NeuroBench returned no {quantity}; its environment has another version, so make it "
                "again."
            )
        tolerance = NEUROBENCH[quantity][1]
        if abs(theirs[quantity] - value) > tolerance * max(1.0, abs(value)):
            raise InputError(
                f"network {name}: NeuroBench counts {quantity} {theirs[quantity]:.12g}, but it is {value:.12g} here; "
                "either the traces are of another network, or a count is wrong."
            )
