"""Spikes from and to files, potentials to files, and delayed synapses for a batch, as Lava processes."""

import numpy as np
from lava.magma.core.decorator import implements, requires, tag
from lava.magma.core.model.py.model import PyLoihiProcessModel
from lava.magma.core.model.py.ports import PyInPort, PyOutPort, PyRefPort
from lava.magma.core.model.py.type import LavaPyType
from lava.magma.core.process.ports.ports import InPort, OutPort, RefPort
from lava.magma.core.process.process import AbstractProcess
from lava.magma.core.resources import CPU
from lava.magma.core.sync.protocols.loihi_protocol import LoihiProtocol


class SpikeFile(AbstractProcess):
    """Sends the spikes of an npy file, uint8 [time, ...], one step at a time, and silence after its end."""

    def __init__(self, path: str, shape: tuple[int, ...]):
        super().__init__(path=path)
        self.s_out = OutPort(shape=shape)


@implements(proc=SpikeFile, protocol=LoihiProtocol)
@requires(CPU)
@tag("fixed_pt")
class PySpikeFile(PyLoihiProcessModel):
    s_out: PyOutPort = LavaPyType(PyOutPort.VEC_DENSE, np.int32)

    def __init__(self, proc_params):
        super().__init__(proc_params)
        self.spikes = np.load(proc_params["path"], mmap_mode="r")

    def run_spk(self):
        index = self.time_step - 1
        shape = self.spikes.shape[1:]
        self.s_out.send(self.spikes[index].astype(np.int32) if index < len(self.spikes) else np.zeros(shape, np.int32))


class SpikeSink(AbstractProcess):
    """Writes what it receives over ``n_steps`` to an npy file, uint8 [time, ...]."""

    def __init__(self, path: str, shape: tuple[int, ...], n_steps: int):
        super().__init__(path=path, n_steps=n_steps, shape=shape)
        self.a_in = InPort(shape=shape)


@implements(proc=SpikeSink, protocol=LoihiProtocol)
@requires(CPU)
@tag("fixed_pt")
class PySpikeSink(PyLoihiProcessModel):
    a_in: PyInPort = LavaPyType(PyInPort.VEC_DENSE, np.int32)

    def __init__(self, proc_params):
        super().__init__(proc_params)
        self.path, self.n_steps = proc_params["path"], proc_params["n_steps"]
        self.received = np.zeros((self.n_steps, *proc_params["shape"]), np.uint8)

    def run_spk(self):
        self.received[self.time_step - 1] = self.a_in.recv()
        if self.time_step == self.n_steps:
            np.save(self.path, self.received)


class PotentialSink(AbstractProcess):
    """Reads a variable at the end of each of ``n_steps`` and writes it to an npy file, int32 [time, ...]."""

    def __init__(self, path: str, shape: tuple[int, ...], n_steps: int):
        super().__init__(path=path, n_steps=n_steps, shape=shape)
        self.potentials = RefPort(shape=shape)


@implements(proc=PotentialSink, protocol=LoihiProtocol)
@requires(CPU)
@tag("fixed_pt")
class PyPotentialSink(PyLoihiProcessModel):
    potentials: PyRefPort = LavaPyType(PyRefPort.VEC_DENSE, np.int32)

    def __init__(self, proc_params):
        super().__init__(proc_params)
        self.path, self.n_steps = proc_params["path"], proc_params["n_steps"]
        self.read = np.zeros((self.n_steps, *proc_params["shape"]), np.int32)

    def post_guard(self):
        return True

    def run_post_mgmt(self):
        self.read[self.time_step - 1] = self.potentials.read()
        if self.time_step == self.n_steps:
            np.save(self.path, self.read)


class MultiDelayDense(AbstractProcess):
    """Synapses with one weight a delay level, for a batch: a spike of delay ``d`` arrives ``1 + d`` steps later.

    Args:
        weights: int [delay, pre, post].
        delay_levels: int [delay].
        batch: samples side by side.
    """

    def __init__(self, weights: np.ndarray, delay_levels: np.ndarray, batch: int):
        super().__init__(weights=weights, delay_levels=delay_levels, batch=batch)
        self.s_in = InPort(shape=(batch, weights.shape[1]))
        self.a_out = OutPort(shape=(batch, weights.shape[2]))


@implements(proc=MultiDelayDense, protocol=LoihiProtocol)
@requires(CPU)
@tag("fixed_pt")
class PyMultiDelayDense(PyLoihiProcessModel):
    s_in: PyInPort = LavaPyType(PyInPort.VEC_DENSE, np.int32)
    a_out: PyOutPort = LavaPyType(PyOutPort.VEC_DENSE, np.int32)

    def __init__(self, proc_params):
        super().__init__(proc_params)
        weights, self.levels = proc_params["weights"], proc_params["delay_levels"]
        n_levels, n_pre, n_post = weights.shape
        # Sums stay far below 2^24, so the fast product of floats is exact.
        self.flat = weights.transpose(1, 0, 2).reshape(n_pre, n_levels * n_post).astype(np.float32)
        self.ring = np.zeros((int(self.levels[-1]) + 2, proc_params["batch"], n_post), np.int32)

    def run_spk(self):
        slots, batch, n_post = self.ring.shape
        now = self.time_step % slots
        self.a_out.send(self.ring[now].copy())
        self.ring[now] = 0
        spikes = self.s_in.recv().astype(np.float32)
        arriving = (spikes @ self.flat).astype(np.int32).reshape(batch, len(self.levels), n_post)
        for index, level in enumerate(self.levels):
            self.ring[(self.time_step + 1 + level) % slots] += arriving[:, index]
