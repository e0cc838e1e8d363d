"""Checkpoints of mlGeNN: a folder of .npy files, one for each variable of a connection or a population.

    i[k] = exp(-dt / tau_syn) * i[k-1] + sum_i g[i] * s[i, k - d[i]]   (Exponential; Delta: the sum alone)
    V[k] = exp(-dt / tau_mem) * V[k-1] + i[k], a spike where V >= v_thresh

Files: ``<epoch>-<connection>-g.npy`` holds weights [pre * post]; ``...-d.npy``, if delays were trained, delays in time
steps, which GeNN rounds; ``<epoch>-<population>-Bias.npy`` biases of the output layer. With ``scale_i``, as in
EventProp, weights include the factors ``1 - exp(-dt / tau_mem)`` of the neuron and ``tau_syn / dt * (1 - exp(-dt /
tau_syn))`` of the synapse. GeNN delivers a spike one step after it is fired. That step is left out here, so spikes of
the first layer come one step earlier than in GeNN, and those of the next layer two. A bias does not wait for that step,
so a layer with biases keeps the step as a delay.
"""

from pathlib import Path
from typing import Any, Literal

import numpy as np
from pydantic import Field

from delaysnn.core.errors import InputError
from delaysnn.core.network import Layer, Network
from delaysnn.networks.about import read_about
from delaysnn.networks.assemble import assemble
from delaysnn.networks.readers import About, Reader
from delaysnn.settings.section import Section

_READOUTS = {
    "spike_count": "spikes",
    "max_var": "largest_membrane",
    "sum_var": "summed_membrane",
    "avg_var": "summed_membrane",
}
# What save and save_connectivity write of a connection and of a population.
_OF_CONNECTION = ("g", "d")
_OF_POPULATION = ("Bias",)


class Connection(Section):
    name: str
    """such as ``Conn_Input_Hidden``"""
    tau_syn: float | None = Field(None, gt=0)
    """of ``Exponential``, in milliseconds; null for ``Delta``"""
    delay: int = Field(0, ge=0)
    """of all its synapses, where they are not in a file"""


class Population(Section):
    name: str
    neurons: int = Field(ge=1)
    tau_mem: float = Field(gt=0)
    """in milliseconds"""
    v_thresh: float | None = Field(None, gt=0)
    """of ``LeakyIntegrateFire``; null for ``LeakyIntegrate``"""
    relative_reset: bool = False
    """whether a spike takes ``v_thresh`` away, ``v_reset`` being 0"""
    scale_i: bool
    connection: Connection
    recurrent: Connection | None = None


class Told(Section):
    """What the tool's script says and its files do not."""

    prefix: str = ""
    """what stands before every name, such as the epoch"""
    layers: list[Population] = Field(min_length=1)
    readout: Literal["spike_count", "max_var", "sum_var", "avg_var"]


class MlGenn(Reader):
    name = "mlgenn"
    keys = ("layers", "dt")
    needs = "a network of mlGeNN is a folder of its .npy files, and a .json beside it that names populations"

    def read(self, path: str, about: About) -> Network:
        (beside,) = self.beside(path, about)
        told = read_about(beside, Told, self.needs)
        if about.dt is None:
            raise InputError(f"{path}: has no dt; say how many seconds a time step of the compiled network is.")
        if not Path(path).is_dir():
            raise InputError(f"{path}: is no folder; {self.needs}.")
        files = _Files(path, told.prefix)
        parts = [_Part(files, beside, one, about.dt * 1e3) for one in told.layers]
        files.refuse_unread()
        if (told.readout == "spike_count") != (told.layers[-1].v_thresh is not None):
            raise InputError(
                f"{beside}: readout is {told.readout}, but {told.layers[-1].name} has v_thresh "
                f"{told.layers[-1].v_thresh}; spike_count needs one, and others none."
            )
        wait = any(part.bias is not None for part in parts)
        return assemble(path, [part.layer(wait) for part in parts], about, "mlGeNN", _READOUTS[told.readout])


class _Files:
    """The folder's arrays, each taken once."""

    def __init__(self, path: str, prefix: str) -> None:
        self.path, self.start = path, f"{prefix}-" if prefix else ""
        self.left = {file.name for file in Path(path).glob(f"{self.start}*.npy")}

    def take(self, name: str, variable: str) -> np.ndarray | None:
        """Return an array, float64, or None where there is no such file."""
        file = f"{self.start}{name}-{variable}.npy"
        if file not in self.left:
            return None
        self.left.remove(file)
        try:
            with (Path(self.path) / file).open("rb") as opened:
                values = np.load(opened, allow_pickle=False)
        except Exception as error:  # of whatever NumPy tries to read it as
            raise InputError(f"{self.path}/{file}: cannot be read as an array ({error}).") from None
        if not isinstance(values, np.ndarray) or values.dtype.kind not in "fiu" or not np.isfinite(values).all():
            raise InputError(f"{self.path}/{file}: holds values that are no finite numbers.")
        return values.astype(np.float64)

    def refuse_unread(self) -> None:
        if self.left:
            raise InputError(
                f"{self.path}: holds {min(self.left)}, which is not read here; a connection has "
                f"{' and '.join(_OF_CONNECTION)}, the output {' '.join(_OF_POPULATION)}, each named in the JSON."
            )


class _Part:
    """A population and what feeds it, out of its files."""

    def __init__(self, files: _Files, beside: str, told: Population, dt: float) -> None:
        self.told, self.where = told, f"{files.path}: {told.name}"
        self.kept = np.exp(-dt / told.tau_mem)
        taus = {each.tau_syn for each in (told.connection, told.recurrent) if each}
        if len(taus) > 1:
            raise InputError(
                f"{beside}: {told.name} has connections with tau_syn {', '.join(map(str, taus))}; a layer of ours has "
                "currents of one decay."
            )
        (tau,) = taus
        self.lasting = None if tau is None else np.exp(-dt / tau)
        gain = (1 - self.kept if told.scale_i else 1.0) * (
            tau / dt * (1 - np.exp(-dt / tau)) if told.scale_i and tau is not None else 1.0
        )
        self.forward = self._synapses(files, told.connection, gain)
        self.back = self._synapses(files, told.recurrent, gain) if told.recurrent else None
        bias = files.take(told.name, "Bias")
        self.bias = None if bias is None or not bias.any() else bias.ravel()
        if self.bias is not None and (self.lasting is not None or self.told.v_thresh is not None):
            raise InputError(
                f"{self.where} has biases and {'currents that last' if self.lasting else 'neurons that fire'}, which "
                "no network of ours computes as mlGeNN does; train without bias."
            )

    def layer(self, wait: bool) -> Layer:
        """Return the layer; where ``wait``, the step that GeNN takes to deliver a spike is one of its delays."""
        weights, delays = self.forward
        post = self.told.neurons
        threshold = self.told.v_thresh or 1.0  # by membranes it means nothing
        lasts = self.lasting is not None
        return Layer(
            weights.astype(np.float32),
            tuple((delays + wait).tolist()),
            np.full(post, self.kept, np.float32),
            np.full(post, threshold, np.float32),
            neuron="cuba" if lasts else "lif",
            own={"current_decay": np.full(post, self.lasting, np.float32)} if lasts else {},
            bias=None if self.bias is None else self.bias.astype(np.float32),
            # Taken before the potential decays.
            reset=np.full(post, self.kept * threshold, np.float32) if self.told.relative_reset else None,
            **self._feedback(),
        )

    def _feedback(self) -> dict[str, Any]:
        if self.back is None:
            return {}
        weights, delays = self.back[0].astype(np.float32), tuple((self.back[1] + 1).tolist())
        return {"recurrent": weights[0] if delays == (1,) else weights, "recurrent_delays": delays}

    def _synapses(self, files: _Files, told: Connection, gain: float) -> tuple[np.ndarray, np.ndarray]:
        """Return weights [delay, pre, post] and the delays of the first axis."""
        weights = files.take(told.name, "g")
        if weights is None:
            raise InputError(f"{files.path}: has no {files.start}{told.name}-g.npy, the weights of {told.name}.")
        post = self.told.neurons
        if weights.size % post or (told is self.told.recurrent and weights.size != post**2):
            raise InputError(
                f"{self.where}: {told.name} has {weights.size} weights, not one for each pair with {post} neurons; "
                "sparse connections are not read."
            )
        weights = gain * weights.reshape(-1, post)
        delays = files.take(told.name, "d")
        if delays is not None and (delays.size != weights.size or told.delay):
            raise InputError(
                f"{self.where}: {told.name} has {delays.size} delays in a file for {weights.size} weights, and delay "
                f"{told.delay}; give one for each, and leave delay out."
            )
        each = np.full(weights.shape, told.delay) if delays is None else np.rint(delays).reshape(weights.shape)
        if (each < 0).any():
            raise InputError(f"{self.where}: {told.name} has a delay of {each.min():g} time steps, below 0.")
        levels = np.unique(each[weights != 0]) if weights.any() else np.zeros(1)
        return np.where(levels[:, None, None] == each, weights, 0), levels.astype(int)


READER = MlGenn()
