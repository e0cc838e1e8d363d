"""A network as a graph of the Neuromorphic Intermediate Representation (NIR), which other tools read.

NIR has no synapse with several delays and no discrete time. A layer becomes one branch a delay level, a Delay and a
Linear node, all into one LIF node; its differential equation gives our steps back when it is solved by Euler's method
at steps of ``dt``, which the graph's metadata hold: ``v[k] = v[k-1] + dt / tau * (v_leak - v[k-1] + r * I[k])``.
"""

import io
from pathlib import Path

import nir
import numpy as np

from delaysnn.errors import InputError
from delaysnn.files import atomic
from delaysnn.formats.network import Layer, Network, check_feed_forward


def to_nir(network: Network, step_s: float) -> nir.NIRGraph:
    """Return the network as a graph.

    Args:
        network: of float or quantised weights.
        step_s: length of a time step in seconds, ``dt``.

    Raises:
        InputError: a neuron does not leak, which no time constant says, or a layer feeds itself.
    """
    check_feed_forward(network, f"network {network.name}")
    nodes: dict[str, nir.NIRNode] = {"input": nir.Input(input_type={"input": np.array([network.topology[0]])})}
    edges, before = [], "input"
    for index, layer in enumerate(network.layers):
        name = f"layer{index}"
        nodes[name] = _neurons(layer, step_s, f"network {network.name}, layer {index}")
        for level in np.flatnonzero(layer.weights.any(axis=(1, 2))):
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


def _neurons(layer: Layer, step_s: float, where: str) -> nir.LIF:
    lost = 1 - layer.decay.astype(np.float64)
    if (lost <= 0).any():
        raise InputError(f"{where}: neuron {np.argmin(lost)} has decay 1; NIR needs neurons that leak.")
    zeros = np.zeros_like(lost)
    # Ours fire at the threshold, NIR's above it.
    threshold = np.nextafter(layer.threshold.astype(np.float32), np.float32(-np.inf)).astype(np.float64)
    return nir.LIF(tau=step_s / lost, r=1 / lost, v_leak=zeros, v_threshold=threshold, v_reset=zeros)
