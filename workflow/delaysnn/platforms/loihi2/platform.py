"""Loihi 2 as a platform: Loihi's integers, and neurons that adapt."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from delaysnn.platforms.loihi2.conversion import FEATURES, NEURONS
from delaysnn.platforms.protocol import Constants, Planned, Platform, Run

if TYPE_CHECKING:
    import numpy as np

    from delaysnn.core.network import Network
    from delaysnn.core.spike_trains import SpikeTrains
    from delaysnn.platforms.loihi.integer_network import IntegerNetwork


@dataclass(frozen=True)
class Loihi2(Platform):
    """The integer reference; Lava runs beside it. It has no costs, since no constants for it could be checked."""

    def check(self, planned: Planned, constants: Constants, settings: Mapping[str, Any]) -> None:
        from delaysnn.platforms.loihi2.limits import check

        check(planned)

    def deploy(self, network: "Network") -> "IntegerNetwork":
        from delaysnn.platforms.loihi2.conversion import convert

        return convert(network, {})

    def run(self, deployed: "IntegerNetwork", spikes: "SpikeTrains") -> Run:
        from delaysnn.platforms.loihi2.fixed_point import simulate

        return simulate(deployed, spikes).as_run()

    def membranes(self, deployed: "IntegerNetwork", spikes: "SpikeTrains") -> "tuple[np.ndarray, ...]":
        from delaysnn.platforms.loihi2.fixed_point import membranes

        return membranes(deployed, spikes)


PLATFORM = Loihi2(
    "loihi2",
    "Loihi 2",
    "#009e73",
    quantised=True,
    number_format="integers of 24 bits",
    neurons=NEURONS,
    features=FEATURES,
)
