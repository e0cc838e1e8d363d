"""Loihi 2 as a platform: Loihi's integers, and neurons that adapt."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from delaysnn.platforms.protocol import Constants, Planned, Platform, Run

if TYPE_CHECKING:
    import numpy as np

    from delaysnn.core.network import Network
    from delaysnn.core.spike_trains import SpikeTrains
    from delaysnn.platforms.loihi.integer_network import IntegerNetwork

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Loihi2(Platform):
    """The integer reference; its page of rules runs Lava beside it, too. No costs: none of its constants is checked."""

    neurons: tuple[str, ...] = ("lif", "adlif")

    def check(self, planned: Planned, constants: Constants, settings: Mapping[str, Any]) -> None:
        from delaysnn.platforms.loihi2.limits import check

        check(planned)

    def deploy(self, network: "Network") -> "IntegerNetwork":
        from delaysnn.platforms.loihi2.conversion import convert

        return convert(network, {})

    def run(self, deployed: "IntegerNetwork", spikes: "SpikeTrains") -> Run:
        from delaysnn.platforms.loihi2.fixed_point import simulate

        simulation = simulate(deployed, spikes)
        accumulated, saturated = simulation.accumulated, simulation.saturated
        _log.info(
            "up to %.1f %% of an accumulator's range used, up to %.2f %% of potentials saturate",
            *(100 * max(accumulated), 100 * max(saturated)),
        )
        return Run(simulation.layers, {"accumulated": accumulated, "saturated": saturated})

    def membranes(self, deployed: "IntegerNetwork", spikes: "SpikeTrains") -> "tuple[np.ndarray, ...]":
        from delaysnn.platforms.loihi2.fixed_point import membranes

        return membranes(deployed, spikes)


PLATFORM = Loihi2("loihi2", "Loihi 2", "#009e73", quantised=True, number_format="integers of 24 bits")
