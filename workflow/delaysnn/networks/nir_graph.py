"""A network as a graph of the Neuromorphic Intermediate Representation (NIR), which other tools read.

NIR has no synapse with several delays and no discrete time. A layer becomes one branch a delay level, a Delay and a
Linear node, all into one LIF node; its differential equation gives our steps back when it is solved by Euler's method
at steps of ``dt``, which the graph's metadata hold: ``v[k] = v[k-1] + dt / tau * (v_leak - v[k-1] + r * I[k])``.
"""

import io
from pathlib import Path

import nir
import numpy as np

from delaysnn.core.features import check_features
from delaysnn.core.files import atomic
from delaysnn.core.network import Layer, Network, expand_inputs
from delaysnn.core.network_checks import check_neurons
from delaysnn.neurons import registered

_ALMOST_ENDLESS = 1e12  # time steps


def to_nir(network: Network, step_s: float) -> nir.NIRGraph:
    """Return the network as a graph; where input channels share weights, each has its own in the graph.

    Args:
        network: of float or quantised weights.
        step_s: length of a time step in seconds, ``dt``.

    Raises:
        InputError: a layer feeds itself, or has other neurons than LIF.
    """
    source = f"network {network.name}"
    check_neurons(network, source, {"NIR": [name for name, neuron in registered().items() if neuron.in_nir]})
    check_features(network, source, {"NIR": ()})
    network = expand_inputs(network)
    nodes: dict[str, nir.NIRNode] = {"input": nir.Input(input_type={"input": np.array([network.topology[0]])})}
    edges, before = [], "input"
    for index, layer in enumerate(network.layers):
        name = f"layer{index}"
        nodes[name] = _neurons(layer, step_s)
        used = np.flatnonzero(layer.weights.any(axis=(1, 2)))
        # A layer without synapses keeps a branch, too: nothing else ties its neurons to those before.
        for level in used if len(used) else [0]:
            delay, source = layer.delay_levels[level], before
            if delay:
                source = f"{name}_delay{delay}"
                nodes[source] = nir.Delay(delay=np.full(layer.weights.shape[1], delay * step_s))
                edges.append((before, source))
            nodes[f"{name}_weights{delay}"] = nir.Linear(weight=layer.weights[level].T)
            edges += [(source, f"{name}_weights{delay}"), (f"{name}_weights{delay}", name)]
        before = name
    nodes["output"] = nir.Output(output_type={"output": np.array([network.topology[-1]])})
    edges.append((before, "output"))
    return nir.NIRGraph(nodes=nodes, edges=edges, metadata={"dt": step_s, "name": network.name})


def write_nir(path: str | Path, graph: nir.NIRGraph) -> None:
    """Write a graph as NIR's HDF5 file."""
    # In memory first: on a full disk HDF5 crashes when it closes the file.
    content = io.BytesIO()
    nir.write(content, graph)
    with atomic(path) as temporary:
        temporary.write_bytes(content.getbuffer())


def _neurons(layer: Layer, step_s: float) -> nir.LIF:
    # A neuron that does not decay has no time constant, so it gets one of so many steps that nothing is seen of it.
    lost = np.maximum(1 - layer.decay.astype(np.float64), 1 / _ALMOST_ENDLESS)
    zeros = np.zeros_like(lost)
    # Ours fire at the threshold, NIR's above it.
    threshold = np.nextafter(layer.threshold.astype(np.float32), np.float32(-np.inf)).astype(np.float64)
    return nir.LIF(tau=step_s / lost, r=1 / lost, v_leak=zeros, v_threshold=threshold, v_reset=zeros)
