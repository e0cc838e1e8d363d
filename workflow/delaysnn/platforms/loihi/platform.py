"""Loihi as a platform: integers of few bits, on one core, on three, or divided over as few as hold them."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from delaysnn.platforms.loihi.conversion import FEATURES, NEURONS
from delaysnn.platforms.protocol import Basis, Constants, Estimates, Planned, Platform, Run, Setup

if TYPE_CHECKING:
    import numpy as np

    from delaysnn.core.network import Network
    from delaysnn.core.spike_trains import SpikeTrains
    from delaysnn.platforms.loihi.cost import Counts
    from delaysnn.platforms.loihi.integer_network import IntegerNetwork
    from delaysnn.platforms.loihi.placement import Placed


@dataclass(frozen=True)
class Loihi(Platform):
    """The integer reference; its page of rules runs Lava beside it, too."""

    def owns(self, row: str) -> bool:
        """Any number of cores may be configured."""
        return super().owns(row) or re.fullmatch(r"loihi_\d+cores", row) is not None

    def check(self, planned: Planned, constants: Constants, settings: Mapping[str, Any]) -> None:
        from delaysnn.platforms.loihi.limits import check

        check(planned, settings["cores"], settings["excess"], constants)

    def place(self, deployed: "IntegerNetwork", basis: Basis) -> "Placed":
        from delaysnn.platforms.loihi.placement import place

        return place(deployed, basis.settings["cores"], basis.constants, basis.settings["excess"])

    def deploy(self, network: "Network") -> "IntegerNetwork":
        from delaysnn.platforms.loihi.conversion import convert

        return convert(network, {})

    def run(self, deployed: "IntegerNetwork", spikes: "SpikeTrains") -> Run:
        from delaysnn.platforms.loihi.fixed_point import simulate

        return simulate(deployed, spikes).as_run()

    def membranes(self, deployed: "IntegerNetwork", spikes: "SpikeTrains") -> "tuple[np.ndarray, ...]":
        from delaysnn.platforms.loihi.fixed_point import membranes

        return membranes(deployed, spikes)

    def count(self, deployed: "IntegerNetwork", inputs: "SpikeTrains", layers: "Sequence[SpikeTrains]") -> "Counts":
        from delaysnn.platforms.loihi.cost import count
        from delaysnn.platforms.loihi.placement import Placed
        from delaysnn.platforms.loihi.spread import spread

        counts = count(deployed, inputs, layers)
        if not isinstance(deployed, Placed):
            return counts
        division = deployed.mapped.division
        found = spread(deployed, division, inputs, layers, deployed.constants) if division else None
        return replace(counts, too_few=deployed.mapped.too_few, spread=found)

    def estimate(self, counts: "Counts", basis: Basis) -> Estimates:
        from delaysnn.platforms.loihi.cost import estimate

        return estimate(self.name, counts, basis, basis.settings["cores"])

    def estimate_floats(
        self, network: "Network", inputs: "SpikeTrains", layers: "Sequence[SpikeTrains]", basis: Basis
    ) -> Estimates:
        from delaysnn.platforms.loihi.cost import count_floats, estimate
        from delaysnn.platforms.loihi.mapping import platform

        counts = count_floats(network, inputs, layers, int(basis.constants["weight_bits"]))
        found = estimate(platform(1), counts, basis, [1])
        # Rounded weights are not stored, so nothing is said of memory.
        return Estimates([cell for cell in found.cells if cell.quantity != "memory"], found.outside_fit)

    def validate(self, basis: Basis) -> dict[str, Any]:
        from delaysnn.costs.sensitivity import vary
        from delaysnn.platforms.loihi.cost import estimates_of_published, published_counts, validate

        published, constants, fitted = basis.published, basis.constants, basis.fitted
        counts = {name: published_counts(published, constants, name).synaptic_operations for name in fitted}
        return {
            "rows": validate(published, constants, fitted),
            "counts": {name: {"operations": operations} for name, operations in counts.items()},
            "sensitivity": {
                "network": fitted[0],
                "rows": vary(lambda varied: estimates_of_published(published, varied, fitted, fitted[0]), constants),
            },
        }


PLATFORM = Loihi(
    "loihi",
    "Loihi",
    "#0072b2",
    setups=(
        Setup("loihi_1core", "Loihi, 1 core", "#0072b2", cores=1),
        Setup("loihi_3cores", "Loihi, 3 cores", "#0072b2", tables=("three_cores",), cores=3),
        Setup("loihi_fewest", "Loihi, fewest cores", "#3a8fc7", cores="fewest"),
    ),
    quantised=True,
    fitted=("48", "32", "24"),
    neurons=NEURONS,
    features=FEATURES,
)
