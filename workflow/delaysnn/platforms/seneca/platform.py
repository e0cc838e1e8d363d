"""Seneca as a platform: bfloat16, a core and a delay queue a layer."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from delaysnn.platforms.protocol import Basis, Estimates, Platform, Run, Setup
from delaysnn.queues import registered

if TYPE_CHECKING:
    import numpy as np

    from delaysnn.core.network import Network
    from delaysnn.core.spike_trains import SpikeTrains
    from delaysnn.platforms.seneca.counts import Counts

# What is counted: what happens within the sample, and what is due.
Both = tuple["Counts", "Counts"]
_PER_STEP = "seneca_rounded_per_step"


@dataclass(frozen=True)
class Seneca(Platform):
    """Inference in bfloat16; its page of rules runs delay queues and their Verilog beside it."""

    def run(self, deployed: "Network", spikes: "SpikeTrains") -> Run:
        from delaysnn.platforms.seneca.inference import infer

        return Run(infer(deployed, spikes), beside={_PER_STEP: infer(deployed, spikes, every_add=False)})

    def membranes(self, deployed: "Network", spikes: "SpikeTrains") -> "tuple[np.ndarray, ...]":
        from delaysnn.platforms.seneca.inference import membranes

        return membranes(deployed, spikes)

    def count(self, deployed: "Network", inputs: "SpikeTrains", layers: "Sequence[SpikeTrains]") -> Both:
        from delaysnn.platforms.seneca.counts import count, run_others

        happens, due = (count(deployed, inputs, layers, within_sample) for within_sample in (True, False))
        return replace(happens, others=run_others(deployed, layers)), due

    def estimate(self, counts: Both, basis: Basis) -> Estimates:
        from delaysnn.platforms.seneca.estimates import estimate

        return estimate(*counts, basis)

    def estimate_floats(
        self, network: "Network", inputs: "SpikeTrains", layers: "Sequence[SpikeTrains]", basis: Basis
    ) -> Estimates:
        from delaysnn.platforms.seneca.estimates import estimate_floats
        from delaysnn.platforms.seneca.floats import count_floats, has_queue

        happens, due = (count_floats(network, inputs, layers, within_sample) for within_sample in (True, False))
        return estimate_floats(happens, due, has_queue(network), basis)

    def validate(self, basis: Basis) -> dict[str, Any]:
        from delaysnn.costs.sensitivity import vary
        from delaysnn.platforms.seneca.cost import asked, estimates_of_published, software_cycles, validate
        from delaysnn.platforms.seneca.counts import published_counts

        published, constants, fitted = basis.published, basis.constants, basis.fitted
        return {
            "rows": validate(published, constants, fitted),
            "counts": {name: published_counts(published, name).totals() for name in fitted},
            "asked": asked(published, constants, fitted),
            "software": software_cycles(published, constants, fitted),
            "sensitivity": {
                "network": fitted[0],
                "rows": vary(lambda varied: estimates_of_published(published, varied, fitted, fitted[0]), constants),
            },
        }


PLATFORM = Seneca(
    "seneca",
    "Seneca",
    "#d55e00",
    setups=(
        Setup("seneca_scdq", "Seneca with SCDQ", "#d55e00", tables=("energy", "three_cores")),
        Setup("seneca_scdq_flip_flop", "Seneca, SCDQ in flip-flops", "#d55e00", tables=("edap",)),
        Setup("seneca_scdq_sram", "Seneca, SCDQ in SRAM", "#d55e00", tables=("edap",)),
        Setup("seneca_software", "Seneca, software queue", "#e69f00", tables=("energy", "edap")),
        *(
            Setup(f"seneca_{name}", f"Seneca with {structure.label}", structure.colour)
            for name, structure in registered().items()
            if structure.priced and name != "scdq"
        ),
    ),
    labels=((_PER_STEP, "Seneca, rounded once a step"),),
    number_format="bfloat16",
    fitted=("48", "32", "24"),
    by_sample=True,
    finds=("queues/structures",),
)
