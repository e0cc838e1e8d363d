"""Adaptive neurons for a batch, as a Lava process."""

import numpy as np
from lava.magma.core.decorator import implements, requires, tag
from lava.magma.core.model.py.model import PyLoihiProcessModel
from lava.magma.core.model.py.ports import PyInPort, PyOutPort
from lava.magma.core.model.py.type import LavaPyType
from lava.magma.core.process.ports.ports import InPort, OutPort
from lava.magma.core.process.process import AbstractProcess
from lava.magma.core.resources import CPU
from lava.magma.core.sync.protocols.loihi_protocol import LoihiProtocol


class AdaptiveLIF(AbstractProcess):
    """Neurons with a potential ``v`` and an adaptation ``w``, [batch, post] each, that fire above their threshold.

    Args:
        batch: samples side by side.
        decay, threshold, adaptation_decay, adaptation_membrane, adaptation_spike: int [post], as in AdaptiveLayer.
    """

    def __init__(self, batch: int, **own: np.ndarray):
        super().__init__(batch=batch, own={name: np.asarray(values, np.int64) for name, values in own.items()})
        shape = (batch, len(own["decay"]))
        self.a_in = InPort(shape=shape)
        self.s_out = OutPort(shape=shape)


@implements(proc=AdaptiveLIF, protocol=LoihiProtocol)
@requires(CPU)
@tag("fixed_pt")
class PyAdaptiveLIF(PyLoihiProcessModel):
    a_in: PyInPort = LavaPyType(PyInPort.VEC_DENSE, np.int32)
    s_out: PyOutPort = LavaPyType(PyOutPort.VEC_DENSE, np.int32)

    def __init__(self, proc_params):
        super().__init__(proc_params)
        self.own = proc_params["own"]
        self.v = np.zeros((proc_params["batch"], len(self.own["decay"])), np.int64)
        self.w = np.zeros_like(self.v)

    def run_spk(self):
        own, w = self.own, self.w
        v = _limit(_times(self.v, 4096 - own["decay"]) + (self.a_in.recv().astype(np.int64) << 6) - w)
        fired = v > own["threshold"] << 6
        taken = _times(v, own["adaptation_membrane"]) + fired * (own["adaptation_spike"] << 6)
        self.w = _limit(_times(w, 4096 - own["adaptation_decay"]) + taken)
        self.v = np.where(fired, 0, v)
        self.s_out.send(fired.astype(np.int32))


def _times(state: np.ndarray, numerator: np.ndarray) -> np.ndarray:
    """Return state * numerator / 4096, truncated towards zero."""
    return np.sign(state) * (np.abs(state) * numerator // 4096)


def _limit(state: np.ndarray) -> np.ndarray:
    """Stop a state at the ends of its 24 bits."""
    return np.clip(state, 1 - 2**23, 2**23 - 1)
