"""Seneca as a platform: bfloat16, a core and a delay queue for each layer, or for each part of one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from delaysnn.core.errors import InputError
from delaysnn.platforms.protocol import Basis, Constants, Estimates, Planned, Platform, Run, Setup
from delaysnn.platforms.seneca.limits import FEATURES, check
from delaysnn.queues import file_of, registered

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
    """Inference in bfloat16; its rules also run delay queues and their Verilog."""

    def check(self, planned: Planned, constants: Constants, settings: Mapping[str, Any]) -> None:
        check(planned, constants)

    def deploy(self, network: "Network") -> "Network":
        """Return the network itself: where input channels share a weight, its address is the channel's number, divided.

        So memory holds it once, and a spike meets every post-neuron as it does without sharing.
        """
        return network

    def place(self, deployed: "Network", basis: Basis) -> "Network":
        from delaysnn.platforms.seneca.division import place

        return place(deployed, basis.constants)

    def run(self, deployed: "Network", spikes: "SpikeTrains") -> Run:
        from delaysnn.platforms.seneca.inference import decide

        layers, scores = decide(deployed, spikes)
        beside, scores_beside = decide(deployed, spikes, every_add=False)
        return Run(
            layers,
            beside={_PER_STEP: beside},
            scores=scores,
            scores_beside={} if scores_beside is None else {_PER_STEP: scores_beside},
        )

    def membranes(self, deployed: "Network", spikes: "SpikeTrains") -> "tuple[np.ndarray, ...]":
        from delaysnn.platforms.seneca.inference import membranes

        return membranes(deployed, spikes)

    def count(self, deployed: "Network", inputs: "SpikeTrains", layers: "Sequence[SpikeTrains]") -> Both:
        from delaysnn.platforms.seneca.counts import count, run_others
        from delaysnn.platforms.seneca.division import Placed

        parts = deployed.parts if isinstance(deployed, Placed) else None
        happens, due = (count(deployed, inputs, layers, within_sample, parts) for within_sample in (True, False))
        return replace(happens, others=run_others(deployed, inputs, layers, parts)), due

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


_SETUPS = (
    Setup("seneca_scdq", "Seneca with SCDQ", "#d55e00", tables=("energy", "three_cores")),
    Setup("seneca_scdq_flip_flop", "Seneca, SCDQ in flip-flops", "#d55e00", tables=("edap",)),
    Setup("seneca_scdq_sram", "Seneca, SCDQ in SRAM", "#d55e00", tables=("edap",)),
    Setup("seneca_software", "Seneca, software queue", "#b5638f", tables=("energy", "edap")),
)


def _with_others() -> tuple[Setup, ...]:
    """Return a setup for each priced structure in the place of SCDQ."""
    others = {name: each for name, each in registered().items() if each.priced and name != "scdq"}
    for name in others:
        if f"seneca_{name}" in (_PER_STEP, *(setup.name for setup in _SETUPS)):
            raise InputError(
                f"{file_of(name)}: a priced structure cannot be called {name}, since Seneca has seneca_{name} already; "
                "give it another name."
            )
    return tuple(Setup(f"seneca_{name}", f"Seneca with {each.label}", each.colour) for name, each in others.items())


PLATFORM = Seneca(
    "seneca",
    "Seneca",
    "#d55e00",
    setups=(*_SETUPS, *_with_others()),
    labels=((_PER_STEP, "Seneca, rounded once a step"),),
    number_format="bfloat16",
    fitted=("48", "32", "24"),
    by_sample=True,
    neurons=("lif", "adlif", "cuba"),
    features=FEATURES,
    finds=("queues/structures",),
)
