"""Neurons that Loihi does not have for a batch, as a Lava process."""

import numpy as np
from lava.magma.core.decorator import implements, requires, tag
from lava.magma.core.model.py.model import PyLoihiProcessModel
from lava.magma.core.model.py.ports import PyInPort, PyOutPort
from lava.magma.core.model.py.type import LavaPyType
from lava.magma.core.process.ports.ports import InPort, OutPort
from lava.magma.core.process.process import AbstractProcess
from lava.magma.core.process.variable import Var
from lava.magma.core.resources import CPU
from lava.magma.core.sync.protocols.loihi_protocol import LoihiProtocol


class ProgrammedLIF(AbstractProcess):
    """Neurons with a current ``u``, a potential ``v`` and an adaptation ``w``, [batch, post] each.

    They fire above their threshold. A reset is by subtraction where it is not 0, and to zero elsewhere.

    Args:
        batch: samples side by side.
        late: first steps in which they rest, since nothing can arrive yet.
        decay, threshold: int [post], as in AdaptiveLayer.
        current_decay, bias, reset: int [post], as in ProgrammedLayer. Left out, a current lasts one step, there is no
            bias, and a reset is to zero.
        adaptation_decay, adaptation_membrane, adaptation_spike: int [post], as in AdaptiveLayer. Left out, there is no
            adaptation.
    """

    def __init__(self, batch: int, late: int, **own: np.ndarray):
        numbers = {name: np.asarray(values, np.int64) for name, values in own.items()}
        super().__init__(batch=batch, late=late, own=numbers)
        shape = (batch, len(own["decay"]))
        self.a_in = InPort(shape=shape)
        self.s_out = OutPort(shape=shape)
        self.v = Var(shape=shape, init=0)


@implements(proc=ProgrammedLIF, protocol=LoihiProtocol)
@requires(CPU)
@tag("fixed_pt")
class PyProgrammedLIF(PyLoihiProcessModel):
    a_in: PyInPort = LavaPyType(PyInPort.VEC_DENSE, np.int32)
    s_out: PyOutPort = LavaPyType(PyOutPort.VEC_DENSE, np.int32)
    v: np.ndarray = LavaPyType(np.ndarray, np.int32)

    def __init__(self, proc_params):
        super().__init__(proc_params)
        self.late, own = proc_params["late"], proc_params["own"]
        zero = np.zeros_like(own["decay"])
        names = ("bias", "reset", "adaptation_membrane", "adaptation_spike")
        self.own = {name: zero for name in names} | {f"{name}_decay": zero + 4096 for name in ("current", "adaptation")}
        self.own |= own
        states = (proc_params["batch"], len(zero))
        self.u, self.w, self.owed = (np.zeros(states, np.int64) for _ in range(3))

    def run_spk(self):
        own, arriving = self.own, self.a_in.recv().astype(np.int64)
        if self.time_step <= self.late:
            self.s_out.send(np.zeros(arriving.shape, np.int32))
            return
        self.u = _times(self.u, 4096 - own["current_decay"]) + (arriving << 6) + own["bias"]
        v = _limit(_times(self.v.astype(np.int64), 4096 - own["decay"]) - self.owed + self.u - self.w)
        fired = v > own["threshold"] << 6
        taken = _times(v, own["adaptation_membrane"]) + fired * (own["adaptation_spike"] << 6)
        self.w = _limit(_times(self.w, 4096 - own["adaptation_decay"]) + taken)
        self.owed = fired * (own["reset"] << 6)
        self.v[:] = np.where(fired & (own["reset"] == 0), 0, v)
        self.s_out.send(fired.astype(np.int32))


def _times(state: np.ndarray, numerator: np.ndarray) -> np.ndarray:
    """Return state * numerator / 4096, truncated towards zero."""
    return np.sign(state) * (np.abs(state) * numerator // 4096)


def _limit(state: np.ndarray) -> np.ndarray:
    """Stop a state at the ends of its 24 bits."""
    return np.clip(state, 1 - 2**23, 2**23 - 1)
