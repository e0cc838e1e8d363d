"""The interface of a delay structure: what its file must have so that tables and figures include it."""

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
        deliveries: events delivered, a sum over all samples.
        differences: deliveries that the dense delayed product does not have, and deliveries of it that are missing.
    """

    pops: np.ndarray
    peak: int
    deliveries: int
    differences: int


@dataclass(frozen=True)
class Need:
    """Memory that a structure needs for one layer.

    Attributes:
        provisioned_bits: memory if every neuron may fire at every step.
        needed_bits: memory that the busiest step of the given samples needs.
        accesses: reads and writes of that memory in an inference, a mean over samples.
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
    """A way to delay spikes. If it leaves out a function, the table or figure of that function leaves out the
    structure.

    Attributes:
        name: in every table and metrics file.
        label: name for readers.
        colour: in figures, as #rrggbb.
        place: order in tables and legends; structures with equal places are ordered by name.
        run: sends the spikes of several layers through queues, each of the given number of events, for tables
            ``variants`` and ``equality``; raises InputError where one overflows.
        need: takes a layer, the spikes of its pre-neurons and the chip's constants (``event_bits`` of a queued event,
            ``weight_bits`` of a pending current), for table ``structures``.
        bits_at: takes numbers of pre-neurons, post-neurons and delays, the constants, and shares of neurons that fire
            in every step; returns bits [share], for the figure over density.
        steady: takes a layer and the constants, for the figure of regions.
        variant_of: another structure's name, which is put before its own in table ``equality``.
        compared: whether it has a row there; without one if another structure's run gives the same.
        energy_per_event: cost of an event taken from the queue on Seneca, as a multiple of SCDQ's write and read of an
            event. With this and ``run`` the structure is priced in SCDQ's place, for table ``energy``.
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
