"""The engine in Verilog as a platform: a network on an FPGA, in the integers of Loihi 2."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from delaysnn.core.errors import InputError
from delaysnn.platforms.protocol import Basis, Constants, Estimates, Planned, Platform, Run, Setup

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np

    from delaysnn.core.network import Network
    from delaysnn.core.spike_trains import SpikeTrains
    from delaysnn.platforms.fpga.accesses import Counts
    from delaysnn.platforms.fpga.images import Images
    from delaysnn.platforms.loihi.integer_network import IntegerNetwork

# The engine's layers: two hidden ones and the output.
LAYERS = 3
# A row in tables of estimates for each delay structure.
_SETUPS = (
    Setup("fpga_scdq", "engine with SCDQ", "#d55e00"),
    Setup("fpga_scdq_strided", "engine with SCDQ in units of the stride", "#cc79a7"),
    Setup("fpga_history", "engine with spike history", "#009e73"),
    Setup("fpga_ring_buffer", "engine with a ring buffer of sums", "#56606b"),
    Setup("fpga_shared_queue", "engine with a shared queue", "#0072b2"),
)


@dataclass(frozen=True)
class Fpga(Platform):
    """The integer reference; its page of rules runs the Verilog beside it, too."""

    def check(self, planned: Planned, constants: Constants, settings: Mapping[str, Any]) -> None:
        from delaysnn.platforms.fpga.images import check
        from delaysnn.platforms.loihi.limits import check_delays, integer_forms
        from delaysnn.platforms.loihi2.conversion import convert

        what = f"Configuration: networks.{planned.name}"
        if not planned.files and len(planned.topology) != LAYERS + 1:
            raise InputError(
                f"{what}.hidden has {len(planned.topology) - 2} layers, but the engine of fpga has {LAYERS - 1}; write "
                "as many, or platforms without fpga."
            )
        if planned.input_delays != (0,):
            raise InputError(
                f"{what}.input_delays are {planned.input_delays}, but the engine of fpga does not delay inputs; write "
                "null, or platforms without fpga."
            )
        check_delays(planned)
        for form in integer_forms(planned, convert):
            check(form)

    def deploy(self, network: "Network") -> "IntegerNetwork":
        from delaysnn.platforms.loihi2.conversion import convert

        return convert(network, {})

    def run(self, deployed: "IntegerNetwork", spikes: "SpikeTrains") -> Run:
        from delaysnn.platforms.loihi2.fixed_point import simulate

        return simulate(deployed, spikes).as_run()

    def membranes(self, deployed: "IntegerNetwork", spikes: "SpikeTrains") -> "tuple[np.ndarray, ...]":
        from delaysnn.platforms.loihi2.fixed_point import membranes

        return membranes(deployed, spikes)

    def place(self, deployed: "IntegerNetwork", basis: Basis) -> "Images":
        from delaysnn.platforms.fpga.images import Options, make_images

        return make_images(deployed, Options(depth=int(basis.constants["queue_depth"])))

    def count(self, deployed: "Images", inputs: "SpikeTrains", layers: "Sequence[SpikeTrains]") -> "dict[str, Counts]":
        from delaysnn.platforms.fpga.accesses import count

        return count(deployed, inputs, layers)

    def estimate(self, counts: "dict[str, Counts]", basis: Basis) -> Estimates:
        from delaysnn.platforms.fpga.cost import estimate

        return Estimates(estimate(counts, basis.constants), outside_fit={})


PLATFORM = Fpga(
    "fpga",
    "FPGA",
    "#d55e00",
    setups=_SETUPS,
    quantised=True,
    number_format="integers of 24 bits",
    neurons=("lif", "adlif"),
)
