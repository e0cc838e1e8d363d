"""A network as a graph of the Neuromorphic Intermediate Representation (NIR), which other tools read.

NIR has neither synapses with several delays nor discrete time. A layer becomes one branch for each delay level, with a
Delay and a Linear node, all into one node of neurons. Euler's method at steps of ``dt`` turns its differential equation
into our steps: ``v[k] = v[k-1] + dt / tau * (v_leak - v[k-1] + r * I[k])``. The graph's metadata hold ``dt``.
A recurrent spike that arrives one step later needs no Delay, since no neuron has fired before its step is over. With a
readout by membranes, the last node is one that does not fire, and the metadata name the ``readout``.
"""

import io
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import nir
import numpy as np

from delaysnn.core.features import check_features
from delaysnn.core.files import atomic
from delaysnn.core.network import Layer, Network, expand_inputs
from delaysnn.core.network_checks import check_neurons
from delaysnn.core.readout import SPIKES
from delaysnn.networks import IN_NIR
from delaysnn.neurons import PLAIN, registered

_ALMOST_ENDLESS = 1e12  # time steps


def to_nir(network: Network, step_s: float, folded: bool = False) -> nir.NIRGraph:
    """Return the network as a graph, in which each input channel has its own weights.

    Args:
        network: of float or quantised weights.
        step_s: length of a time step in seconds, ``dt``.
        folded: whether weights include the resistance of LIF nodes, so that it is 1; some tools need this.

    Raises:
        InputError: a layer has neurons that NIR does not have, or is reset by subtraction.
    """
    source = f"network {network.name}"
    check_neurons(network, source, {"NIR": [name for name, neuron in registered().items() if neuron.in_nir]})
    check_features(network, source, {"NIR": IN_NIR})
    network = expand_inputs(network)
    if folded:
        network = replace(network, layers=tuple(_fold(layer) for layer in network.layers))
    nodes: dict[str, nir.NIRNode] = {"input": nir.Input(input_type={"input": np.array([network.topology[0]])})}
    edges: list[tuple[str, str]] = []
    before = "input"
    for index, layer in enumerate(network.layers):
        name = f"layer{index}"
        fires = network.readout == SPIKES or layer is not network.layers[-1]
        nodes[name] = _neurons(layer, step_s, fires, folded)
        more = [
            _branches(name, "", before, dict(zip(layer.delay_levels, layer.weights, strict=True)), layer.bias, step_s)
        ]
        if layer.feedback is not None:
            returning = dict(zip(layer.recurrent_delays, layer.feedback, strict=True))
            more.append(_branches(name, "recurrent_", name, returning, None, step_s))
        for new, leading in more:
            nodes |= new
            edges += leading
        before = name
    nodes["output"] = nir.Output(output_type={"output": np.array([network.topology[-1]])})
    edges.append((before, "output"))
    said = {} if network.readout == SPIKES else {"readout": network.readout}
    return nir.NIRGraph(nodes=nodes, edges=edges, metadata={"dt": step_s, "name": network.name, **said})


def _branches(
    name: str, kind: str, before: str, terms: Mapping[int, np.ndarray], bias: np.ndarray | None, step_s: float
) -> tuple[dict[str, nir.NIRNode], list[tuple[str, str]]]:
    """Return the nodes and edges of a layer's synapses from one node, a branch for each delay that has any.

    Args:
        name: of the layer's node, to which they lead.
        kind: what else their names begin with.
        before: the node they come from.
        terms: weights [pre, post] by delay in time steps. What returns to its own node arrives a step later anyhow.
        bias: of the layer, [post]; a branch has it.
    """
    nodes: dict[str, nir.NIRNode] = {}
    edges: list[tuple[str, str]] = []
    # A layer without synapses keeps a branch, too: nothing else ties its neurons to those before.
    for delay in [each for each, weights in terms.items() if weights.any()] or [*terms][:1]:
        weights, last = terms[delay].T, before
        if delay > (before == name):
            last = f"{name}_{kind}delay{delay}"
            nodes[last] = nir.Delay(delay=np.full(weights.shape[1], delay * step_s))
            edges.append((before, last))
        linear = f"{name}_{kind}weights{delay}"
        nodes[linear] = nir.Linear(weight=weights) if bias is None else nir.Affine(weight=weights, bias=bias)
        edges += [(last, linear), (linear, name)]
        bias = None
    return nodes, edges


def write_nir(path: str | Path, graph: nir.NIRGraph) -> None:
    """Write a graph as NIR's HDF5 file."""
    # In memory first: on a full disk HDF5 crashes when it closes the file.
    content = io.BytesIO()
    nir.write(content, graph)
    with atomic(path) as temporary:
        temporary.write_bytes(content.getbuffer())


def _neurons(layer: Layer, step_s: float, fires: bool, folded: bool) -> nir.NIRNode:
    lost = _lost(layer.decay)
    zeros = np.zeros_like(lost)
    # Ours fire at the threshold, NIR's above it.
    threshold = np.nextafter(layer.threshold.astype(np.float32), np.float32(-np.inf)).astype(np.float64)
    firing = {"v_threshold": threshold, "v_reset": zeros} if fires else {}
    if layer.neuron == PLAIN:
        return (nir.LIF if fires else nir.LI)(
            tau=step_s / lost, r=np.ones_like(lost) if folded else 1 / lost, v_leak=zeros, **firing
        )
    ends = _lost(layer.own["current_decay"])
    currents = {"tau_syn": step_s / ends, "w_in": 1 / ends, "tau_mem": step_s / lost, "r": 1 / lost, "v_leak": zeros}
    return (nir.CubaLIF if fires else nir.CubaLI)(**currents, **firing)


def _lost(decay: np.ndarray) -> np.ndarray:
    """Return the share that a step takes away, [post].

    What does not decay has no time constant, so it gets one of so many steps that nothing is seen of it.
    """
    return np.maximum(1 - decay.astype(np.float64), 1 / _ALMOST_ENDLESS)


def _fold(layer: Layer) -> Layer:
    """Return a layer whose synapses and biases are weighed as a LIF node would weigh them, in float64."""
    if layer.neuron != PLAIN:
        return layer
    r = 1 / _lost(layer.decay)
    recurrent, bias = (None if each is None else each * r for each in (layer.recurrent, layer.bias))
    return replace(layer, weights=layer.weights * r, recurrent=recurrent, bias=bias)
