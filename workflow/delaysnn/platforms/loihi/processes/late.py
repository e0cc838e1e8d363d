"""Lava's LIF with biases that wait for the first input, as a Lava process."""

import numpy as np
from lava.magma.core.decorator import implements, requires, tag
from lava.magma.core.model.py.ports import PyOutPort
from lava.magma.core.model.py.type import LavaPyType
from lava.magma.core.resources import CPU
from lava.magma.core.sync.protocols.loihi_protocol import LoihiProtocol
from lava.proc.lif.models import AbstractPyLifModelFixed
from lava.proc.lif.process import LIF


class LateLIF(LIF):
    """Lava's LIF, which rests for its first ``late`` steps: a bias must not act before a layer sees the first input."""

    def __init__(self, *, late: int, **own):
        super().__init__(late=late, **own)


# Lava takes no subclass of the model of LIF itself, so what that adds to the model of all such neurons is written anew.
@implements(proc=LateLIF, protocol=LoihiProtocol)
@requires(CPU)
@tag("fixed_pt")
class PyLateLIF(AbstractPyLifModelFixed):
    s_out: PyOutPort = LavaPyType(PyOutPort.VEC_DENSE, np.int32, precision=24)
    vth: int = LavaPyType(int, np.int32, precision=17)

    def scale_threshold(self):
        self.effective_vth = np.left_shift(self.vth, self.vth_shift)
        self.isthrscaled = True

    def spiking_activation(self):
        return self.v > self.effective_vth

    def run_spk(self):
        if self.time_step > self.proc_params["late"]:
            super().run_spk()
        else:
            self.s_out.send(np.zeros_like(self.a_in.recv()))
