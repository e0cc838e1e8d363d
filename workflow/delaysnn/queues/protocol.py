"""What a way to delay spikes is to the rest of the house."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from delaysnn.core.network import Layer
from delaysnn.core.spike_trains import SpikeTrains

Port = tuple[SpikeTrains, np.ndarray]
"""What one layer asks for: the spikes of its pre-neurons, and their useful delays WVU, bool [pre, delay]."""


@dataclass(frozen=True)
class Run:
    """What a structure did with the spikes of all layers.

    Attributes:
        pops: int64 [samples]; events taken from its memory, delivered or not.
        peak: events of memory that the busiest step of the busiest sample needs.
        deliveries: events delivered, of all samples together.
        differences: deliveries that the dense delayed product does not ask for, or asks for in vain.
    """

    pops: np.ndarray
    peak: int
    deliveries: int
    differences: int


@dataclass(frozen=True)
class Need:
    """What a structure needs for one layer.

    Attributes:
        provisioned_bits: memory when every neuron may fire at every step.
        needed_bits: memory that the busiest step of the given samples needs.
        accesses: reads and writes of that memory an inference, on average.
    """

    provisioned_bits: float
    needed_bits: float
    accesses: float


@dataclass(frozen=True)
class Steady:
    """What a structure needs for one layer when each pre-neuron fires in every step with the same chance *a*.

    All grows in a straight line with *a*, so each is a pair: what is needed at *a* = 0, and by how much more at 1.

    Attributes:
        bits: of memory, on average over steps.
        accesses: reads and writes of that memory in a time step.
        word_bits: of what is read or written at a time.
    """

    bits: tuple[float, float]
    accesses: tuple[float, float]
    word_bits: float


@dataclass(frozen=True)
class Structure:
    """A way to delay spikes. What one leaves out, the table or figure of that leaves out too.

    Attributes:
        name: in every table and metrics file.
        label: as readers see it.
        colour: in figures, as #rrggbb.
        place: in tables and legends; equal ones stand by name.
        run: sends the spikes of several layers through queues of so many events each, for tables ``variants`` and
            ``equality``; raises InputError where one overflows.
        need: of one layer, its pre-neurons' spikes and the chip's constants (``event_bits`` of a queued event,
            ``weight_bits`` of a pending current), for table ``structures``.
        bits_at: of pre-neurons, post-neurons, delays, the constants and the shares of neurons that fire in every step;
            returns bits [share], for the figure over density.
        steady: of one layer and the constants, for the figure of regions.
        variant_of: another structure's name, before its own in table ``equality``.
        compared: whether it has a row there; one that another's run stands for has none.
        energy_per_event: what a popped event costs on Seneca, over a write and a read of an event there; with it and
            ``run`` the structure is priced in SCDQ's place, for table ``energy``.
    """

    name: str
    label: str
    colour: str
    place: int = 100
    run: Callable[[Sequence[Port], int], Run] | None = None
    need: Callable[[Layer, SpikeTrains, Mapping[str, float]], Need] | None = None
    bits_at: Callable[[int, int, int, Mapping[str, float], np.ndarray], np.ndarray] | None = None
    steady: Callable[[Layer, Mapping[str, float]], Steady] | None = None
    variant_of: str = ""
    compared: bool = True
    energy_per_event: float = 0.0

    @property
    def priced(self) -> bool:
        """Whether Seneca's estimate prices it."""
        return self.run is not None and self.energy_per_event > 0

    @property
    def comparison(self) -> str:
        """Its name in table ``equality``."""
        return f"{self.variant_of}_{self.name}" if self.variant_of else f"{self.name}_simulator"
