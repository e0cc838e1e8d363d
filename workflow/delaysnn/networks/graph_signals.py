"""Inputs of the nodes of a NIR graph: sums of other nodes' spikes, weighted and delayed, and a constant."""

from dataclasses import dataclass, field
from typing import Any

import nir
import numpy as np

from delaysnn.core.errors import InputError
from delaysnn.networks.synapses import add

NEURONS = (nir.LIF, nir.CubaLIF, nir.IF, nir.LI, nir.CubaLI)
_WIDEST = 2**15  # inputs; as many by as many numbers are made of them
_WHOLE = 1e-3  # how far a delay may be from a whole number of steps: float32 loses less


@dataclass(frozen=True)
class Signal:
    """A sum of spikes, weighted and delayed, and a constant.

    Attributes:
        terms: for each node that fires, or ``Input``, its weights float64 [its neurons, width] by delay in time steps.
        constant: float64 [width].
    """

    terms: dict[str, dict[int, np.ndarray]]
    constant: np.ndarray

    @property
    def width(self) -> int:
        return len(self.constant)


@dataclass
class Graph:
    """Nodes of a graph with its subgraphs unfolded, each by its whole name, and the nodes in front of each.

    Attributes:
        nodes: by name; ``Input`` and ``Output`` of subgraphs pass on what they receive.
        into: names of the nodes in front of each.
        dt: length of a time step in the graph's unit of time.
        source: the file, for errors.
        input, output: names of these nodes.
    """

    nodes: dict[str, nir.NIRNode]
    into: dict[str, list[str]]
    dt: float
    source: str
    input: str
    output: str
    _known: dict[str, Signal] = field(default_factory=dict)

    def fail(self, name: str, problem: str) -> InputError:
        """Return an error that names the file and a node."""
        return InputError(f"{self.source}: node {name} {problem}.")

    def arriving(self, name: str) -> Signal:
        """Return what arrives at a node."""
        before = self.into[name]
        if not before:
            raise self.fail(name, "receives nothing; connect or remove it")
        total, *others = [self.leaving(each) for each in before]
        for other, signal in zip(before[1:], others, strict=True):
            if signal.width != total.width:
                raise self.fail(
                    name, f"receives {total.width} values from {before[0]}, but {signal.width} from {other}"
                )
            terms = {
                each: add(total.terms.get(each, {}), signal.terms.get(each, {}))
                for each in (*total.terms, *signal.terms)
            }
            total = Signal(terms, total.constant + signal.constant)
        return total

    def leaving(self, name: str) -> Signal:
        """Return what leaves a node."""
        if name not in self._known:
            node = self.nodes[name]
            if isinstance(node, NEURONS) or (isinstance(node, nir.Input) and not self.into[name]):
                width = self.width(name)
                self._known[name] = Signal({name: {0: np.eye(width)}}, np.zeros(width))
            else:
                # Where it is asked for itself, no neuron lies between.
                self._known[name] = Signal({}, np.zeros(0))
                self._known[name] = self._passed(name, node, self.arriving(name))
        found = self._known[name]
        if not found.width:
            raise self.fail(name, "leads back to itself without a neuron in between")
        return found

    def width(self, name: str) -> int:
        """Return how many values leave a node that fires, or the input."""
        node = self.nodes[name]
        if isinstance(node, nir.Input):
            width = np.prod(node.input_type["input"])
            if width not in range(1, _WIDEST + 1):
                raise self.fail(name, f"has {width} channels; 1 to {_WIDEST} are read")
            return int(width)
        own = max(np.size(value) for value in vars(node).values() if isinstance(value, np.ndarray | np.generic))
        for before in self.into[name]:
            rows = getattr(self.nodes[before], "weight", np.ones((own, 0))).shape[-2]
            # Some tools write one value for all neurons of a layer.
            if own == 1:
                return rows
            if rows != own:
                raise self.fail(name, f"has {own} neurons, but receives {rows} values from {before}")
        return own

    def _passed(self, name: str, node: nir.NIRNode, signal: Signal) -> Signal:
        if isinstance(node, nir.Input | nir.Output | nir.Flatten):
            return signal
        if isinstance(node, nir.Delay):
            return self._delayed(name, np.ravel(node.delay), signal)
        if isinstance(node, nir.Scale):
            scale = self.fitting(name, "scale", node.scale, signal.width)
            return _mapped(signal, lambda values: values * scale)
        if isinstance(node, nir.Linear | nir.Affine):
            weight = np.asarray(node.weight, np.float64)
            if weight.ndim != 2 or weight.shape[1] != signal.width:
                raise self.fail(
                    name, f"has weights of shape {weight.shape}, but {signal.width} values arrive: [post, pre] is read"
                )
            found = _mapped(signal, lambda values: values @ weight.T)
            bias = np.ravel(node.bias) if isinstance(node, nir.Affine) else np.zeros(len(weight))
            if bias.shape != (len(weight),):
                raise self.fail(name, f"has a bias of shape {np.shape(node.bias)}, but {len(weight)} rows of weights")
            return Signal(found.terms, found.constant + bias)
        known = "Delay, Linear, Affine, Scale, Flatten, LIF, CubaLIF, IF, LI and CubaLI"
        raise self.fail(name, f"is a {type(node).__name__}, which is not read; nodes that are read: {known}")

    def _delayed(self, name: str, delay: np.ndarray, signal: Signal) -> Signal:
        steps = self.fitting(name, "delay", delay, signal.width) / self.dt
        whole = np.rint(steps)
        if (wrong := (np.abs(steps - whole) > _WHOLE) | (whole < 0)).any():
            index = int(np.flatnonzero(wrong)[0])
            raise self.fail(
                name,
                f"delays by {delay[index if len(delay) > 1 else 0]:g}, which is {steps[index]:g} steps of "
                f"dt = {self.dt:g}; whole steps from 0 are needed",
            )
        if (whole[signal.constant != 0] > 0).any():
            raise self.fail(name, "delays a bias, which then would not arrive from the first step on")
        terms: dict[str, dict[int, np.ndarray]] = {}
        for source, levels in signal.terms.items():
            terms[source] = {}
            for level, weights in levels.items():
                for more in np.unique(whole).astype(int):
                    late = {level + int(more): np.where(whole == more, weights, 0)}
                    terms[source] = add(terms[source], late)
        return Signal(terms, signal.constant)

    def fitting(self, name: str, what: str, values: Any, width: int) -> np.ndarray:
        """Return a node's values as float64 [width]: one for each neuron, or one for all."""
        found = np.ravel(np.asarray(values, np.float64))
        if len(found) not in (1, width):
            raise self.fail(name, f"has {len(found)} values of {what}, but {width} values arrive")
        if not np.isfinite(found).all():
            raise self.fail(name, f"has a {what} that is not finite")
        return np.broadcast_to(found, (width,))


def _mapped(signal: Signal, change: Any) -> Signal:
    """Return a signal whose weights and constant went through a linear map of the last axis."""
    terms = {source: {level: change(each) for level, each in levels.items()} for source, levels in signal.terms.items()}
    return Signal(terms, change(signal.constant))


def graph_of(root: nir.NIRGraph, dt: float, source: str) -> Graph:
    """Return a graph with its subgraphs unfolded."""
    nodes: dict[str, nir.NIRNode] = {}
    edges: list[tuple[str, str]] = []
    _unfold(root, "", nodes, edges, source)
    into: dict[str, list[str]] = {name: [] for name in nodes}
    for before, after in edges:
        if missing := {before, after} - set(nodes):
            raise InputError(
                f"{source}: the edge from {before} to {after} names {min(missing)}, but there is no such node."
            )
        into[after].append(before)
    first, last = _only(root, nir.Input, "", source), _only(root, nir.Output, "", source)
    return Graph(nodes, into, dt, source, first, last)


def _unfold(graph: nir.NIRGraph, above: str, nodes: dict, edges: list, source: str) -> None:
    inner = {name: node for name, node in graph.nodes.items() if isinstance(node, nir.NIRGraph)}
    ends = {
        name: (_only(node, nir.Input, f"{above}{name}", source), _only(node, nir.Output, f"{above}{name}", source))
        for name, node in inner.items()
    }
    for name, node in graph.nodes.items():
        if name in inner:
            _unfold(node, f"{above}{name}.", nodes, edges, source)
        else:
            nodes[f"{above}{name}"] = node
    # One edge is one connection, however often a tool wrote it.
    for before, after in dict.fromkeys(map(tuple, graph.edges)):
        start = f"{before}.{ends[before][1]}" if before in inner else before
        end = f"{after}.{ends[after][0]}" if after in inner else after
        edges.append((f"{above}{start}", f"{above}{end}"))


def _only(graph: nir.NIRGraph, kind: type, name: str, source: str) -> str:
    found = [key for key, node in graph.nodes.items() if isinstance(node, kind)]
    if len(found) != 1:
        raise InputError(f"{source}: {name or 'the graph'} has {len(found)} {kind.__name__} nodes; one is read.")
    return found[0]
