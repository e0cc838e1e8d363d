"""Graphs of the Neuromorphic Intermediate Representation (https://neuroir.org), solved by Euler's method.

With a step ``dt``, ``tau dv/dt = v_leak - v + r I`` becomes ``v[k] = (1 - dt/tau) v[k-1] + dt/tau (v_leak + r I[k])``.
The factor of ``I`` goes into the weights. A current that lasts is updated before the potential, as in snnTorch and
SpikingJelly. NIR's neurons fire above their threshold. A recurrent spike arrives one step later, or after the delay of
a Delay node, since no neuron has fired before its step is over.
"""

from typing import TYPE_CHECKING, Any

import numpy as np

from delaysnn.core.errors import InputError
from delaysnn.core.network import Layer, Network
from delaysnn.core.readout import READOUTS, SPIKES
from delaysnn.networks.assemble import assemble
from delaysnn.networks.readers import About, Reader
from delaysnn.networks.synapses import above, add, by_level

if TYPE_CHECKING:
    from delaysnn.networks.graph_signals import Graph, Signal


class Nir(Reader):
    name = "nir"
    endings = (".nir",)
    keys = ("dt", "readout")
    needs = "a network of NIR is one HDF5 file"

    def beside(self, path: str, about: About) -> tuple[str, ...]:
        return ()

    def read(self, path: str, about: About) -> Network:
        import h5py
        import nir

        from delaysnn.networks.graph_signals import graph_of
        from delaysnn.networks.hdf5 import refuse_huge

        try:
            with h5py.File(path) as file:
                refuse_huge(path, file)
            root = nir.read(path, type_check=False)
        except InputError:
            raise
        except Exception as error:  # h5py's, or of nir where a node lacks something
            raise InputError(f"{path}: cannot be read as a graph of NIR ({type(error).__name__}: {error}).") from None
        if not isinstance(root, nir.NIRGraph):
            raise InputError(f"{path}: holds a {type(root).__name__}; a NIRGraph is needed.")
        graph = graph_of(root, _step(path, root.metadata, about), path)
        layers, spikes = _chain(graph)
        readout = _readout(path, root.metadata, about, spikes)
        return assemble(path, layers, about, "NIR", readout)


def _step(path: str, metadata: dict[str, Any], about: About) -> float:
    said = metadata.get("dt", about.dt)
    if said is None:
        raise InputError(
            f"{path}: its metadata have no dt, so give it: the length of a time step in the unit of the graph's times; "
            "snnTorch and SpikingJelly write times for 0.0001, Norse for 0.001."
        )
    found = float(said)
    if about.dt is not None and not np.isclose(found, about.dt, rtol=1e-6):
        raise InputError(f"{path}: its metadata say dt = {found:g}, but you say {about.dt:g}; leave yours out.")
    if not 0 < found < np.inf:
        raise InputError(f"{path}: its metadata say dt = {found:g}; a number above 0 is needed.")
    return found


def _readout(path: str, metadata: dict[str, Any], about: About, spikes: bool) -> str:
    said = metadata.get("readout", about.readout or (SPIKES if spikes else None))
    if about.readout not in (None, said):
        raise InputError(f"{path}: its metadata say readout = {said}, but you say {about.readout}; leave yours out.")
    if said is None:
        raise InputError(
            f"{path}: its last neurons do not fire, so give the readout, by which their potentials say the class: one "
            f"of {', '.join(each for each in READOUTS if each != SPIKES)}."
        )
    if said not in READOUTS or (said == SPIKES) != spikes:
        what = "fire" if spikes else "do not fire"
        raise InputError(f"{path}: readout is {said}, but the graph's last neurons {what}.")
    return said


def _chain(graph: "Graph") -> tuple[tuple[Layer, ...], bool]:
    """Return the layers in their order, and whether the last one fires."""
    import nir

    from delaysnn.networks.graph_signals import NEURONS

    arriving = {name: graph.arriving(name) for name, node in graph.nodes.items() if isinstance(node, NEURONS)}
    if not arriving:
        raise graph.fail(graph.output, "is reached from no neurons")
    last = _direct(graph, graph.output)
    layers: list[Layer] = []
    before, left = graph.input, dict(arriving)
    while left:
        names = [name for name, signal in left.items() if before in signal.terms]
        if len(names) != 1:
            what = f"leads to {' and '.join(names)}; layers in a chain are read" if names else "leads to no neurons"
            raise graph.fail(before, what)
        name = names[0]
        if more := sorted(set(left[name].terms) - {before, name}):
            raise graph.fail(
                name, f"receives spikes of {more[0]}, too; a layer is read that receives those of {before}"
            )
        layers.append(_layer(graph, name, left.pop(name), before))
        before = name
    if before != last:
        raise graph.fail(last, f"leads to the output, but {before} is the last layer")
    if unread := sorted(set(graph.nodes) - _leading_to(graph, graph.output)):
        raise graph.fail(unread[0], "leads to no output; remove it")
    fires = {name: isinstance(graph.nodes[name], nir.LIF | nir.CubaLIF | nir.IF) for name in arriving}
    for name, signal in arriving.items():
        # What does not fire sends potentials, which the output alone takes.
        if not fires[name] and (name != last or name in signal.terms):
            raise graph.fail(name, "does not fire, but leads to other neurons or to itself; it may only be the last")
    return tuple(layers), fires[last]


def _direct(graph: "Graph", output: str) -> str:
    """Return the neurons whose spikes, or potentials, are the output, each its own."""
    signal = graph.arriving(output)
    (name, levels), *others = signal.terms.items()
    same = set(levels) == {0} and np.array_equal(levels[0], np.eye(signal.width))
    if others or not same or signal.constant.any():
        raise graph.fail(output, f"receives more than the spikes or potentials of one layer, those of {name} weighted")
    return name


def _leading_to(graph: "Graph", name: str) -> set[str]:
    found, waiting = {name}, [name]
    while waiting:
        more = set(graph.into[waiting.pop()]) - found
        found |= more
        waiting += more
    return found


def _layer(graph: "Graph", name: str, signal: "Signal", before: str) -> Layer:
    """Return the layer of a node's neurons."""
    import nir

    node, width = graph.nodes[name], signal.width

    def values(key: str) -> np.ndarray:
        return graph.fitting(name, key, getattr(node, key), width)

    def share(key: str) -> np.ndarray:
        """Return the share of a state that a step takes away."""
        tau = values(key)
        if (tau < graph.dt).any():
            raise graph.fail(name, f"has {key} = {tau.min():g}, which is less than a step of dt = {graph.dt:g}")
        return graph.dt / tau

    own, rest = {}, np.zeros(width)
    if isinstance(node, nir.IF):
        decay, factor = np.ones(width), graph.dt * values("r")
    elif isinstance(node, nir.LIF | nir.LI):
        lost = share("tau")
        decay, factor, rest = 1 - lost, lost * values("r"), lost * values("v_leak")
    else:
        lost, ends = share("tau_mem"), share("tau_syn")
        decay, factor = 1 - lost, lost * values("r") * ends * values("w_in")
        own = {"current_decay": (1 - ends).astype(np.float32)}
        if values("v_leak").any():
            raise graph.fail(name, "has a v_leak, which of neurons whose current lasts is not read")
    threshold = np.ones(width, np.float32)
    if not isinstance(node, nir.LI | nir.CubaLI):
        if values("v_reset").any():
            raise graph.fail(name, f"is reset to {values('v_reset').max():g}; a v_reset of 0 is read")
        if (values("v_threshold") <= 0).any():
            raise graph.fail(name, f"has v_threshold = {values('v_threshold').min():g}; above 0 is needed")
        threshold = above(values("v_threshold"))
    weights, levels = by_level({each: part * factor for each, part in signal.terms[before].items()})
    bias = rest + factor * signal.constant
    returning: dict[int, np.ndarray] = {}
    for delay, part in signal.terms.get(name, {}).items():
        returning = add(returning, {max(delay, 1): part * factor})
    recurrent, recurrent_delays = by_level(returning) if returning else (None, (1,))
    return Layer(
        weights=weights,
        delay_levels=levels,
        decay=decay.astype(np.float32),
        threshold=threshold,
        recurrent=recurrent[0] if recurrent is not None and recurrent_delays == (1,) else recurrent,
        recurrent_delays=recurrent_delays,
        neuron="cuba" if own else "lif",
        own=own,
        bias=bias.astype(np.float32) if bias.any() else None,
    )


READER = Nir()
