"""What a platform is to the rest of the house.

A platform is a :class:`Platform`. What it can do beyond running networks it says by having the methods of
:class:`Recorded`, :class:`Priced`, :class:`PricesFloats` or :class:`Validated`. A second implementation that it is
verified against is a rule on the platform's own page, since such a thing comes with an environment of its own.

Settings are checked at every call of Snakemake, so a ``platform.py`` imports what is heavy inside its methods.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from delaysnn.core.widths import Widths
from delaysnn.neurons import PLAIN

if TYPE_CHECKING:
    import numpy as np

    from delaysnn.core.metrics import Cell
    from delaysnn.core.network import Network
    from delaysnn.core.spike_trains import SpikeTrains

Constants = Mapping[str, float]


@dataclass(frozen=True)
class Setup:
    """One way to run a network on a platform: a row of its own in tables of estimates.

    Attributes:
        name: in the column ``platform`` of tables and metrics.
        label: as readers see it.
        colour: in figures, as #rrggbb.
        tables: tables of estimates that it stands in.
        cores: which of the platform's ``cores`` in the configuration; None where there is no choice.
    """

    name: str
    label: str
    colour: str
    tables: tuple[str, ...] = ("energy",)
    cores: int | str | None = None


@dataclass(frozen=True)
class Planned:
    """A network that will be deployed, as far as it is known before any job.

    Attributes:
        name: in the configuration.
        topology: neurons a layer, inputs first; one output where the classes are not known yet.
        levels: delay levels in time steps behind the first layer; none where the network comes as files.
        kept: how many of them a synapse keeps.
        decays: that a layer may have distinct.
        bits: of a quantised weight, or of each layer's (:func:`delaysnn.core.widths.each_layer`).
        files: the network as it comes, by the name of its file.
        input_sharing: how many neighbouring input channels share a weight.
        input_delays: of the first layer's synapses, in time steps.
        input_kept: how many of these a synapse keeps.
        neurons: names of the models of its neurons; none where the network comes as files.
        features: names of what it has beyond the paper's networks, likewise.
    """

    name: str
    topology: tuple[int, ...]
    levels: tuple[int, ...]
    kept: int
    decays: int
    bits: Widths
    files: Mapping[str, "Network"] = field(default_factory=dict)
    input_sharing: int = 1
    input_delays: tuple[int, ...] = (0,)
    input_kept: int = 1
    neurons: tuple[str, ...] = ()
    features: tuple[str, ...] = ()


@dataclass(frozen=True)
class Run:
    """What a network did.

    Attributes:
        layers: spikes of every layer, without the platform's latency.
        details: further numbers, as JSON takes them.
        beside: spikes of every layer where the platform computes in another way, by a name of ``Platform.labels``.
        scores: of a network with a readout by membranes, what they say for each class, float64 [samples, classes]
            (:func:`delaysnn.core.readout.score`).
        scores_beside: the same of ``beside``, by name.
        potentials: that scores come from, in the platform's integers, int32 [samples, time, classes], where a second
            implementation is compared with them; None elsewhere.
    """

    layers: "tuple[SpikeTrains, ...]"
    details: Mapping[str, Any] = field(default_factory=dict)
    beside: "Mapping[str, tuple[SpikeTrains, ...]]" = field(default_factory=dict)
    scores: "np.ndarray | None" = None
    scores_beside: "Mapping[str, np.ndarray]" = field(default_factory=dict)
    potentials: "np.ndarray | None" = None


@dataclass(frozen=True)
class Basis:
    """What estimates rest on.

    Attributes:
        constants: of the chip.
        settings: the platform's section of the configuration.
        published: the paper's tables.
        fitted: networks of the paper that lines are fitted to; none where the constants are of another chip.
    """

    constants: Constants
    settings: Mapping[str, Any]
    published: Mapping[str, Any]
    fitted: Sequence[str]


@dataclass(frozen=True)
class Estimates:
    """What an inference takes.

    Attributes:
        cells: one a setup, quantity and ``how`` (counted or calibrated).
        outside_fit: by setup and quantity, by which counts a calibrated value is an extrapolation.
        energy_uj: energy of every sample, float [samples], where the platform is priced ``by_sample``.
    """

    cells: "Sequence[Cell]"
    outside_fit: Mapping[str, Mapping[str, Sequence[str]]]
    energy_uj: "np.ndarray | None" = None


@dataclass(frozen=True)
class Platform:
    """What runs networks.

    Attributes:
        name: the folder's name, in every path, table and configuration.
        label: as readers see it.
        colour: in figures, as #rrggbb.
        setups: in which ways it runs networks, where costs are estimated for it.
        labels: of further names that its metrics have in the column ``platform``.
        quantised: it runs weights of each of ``quantisation.bits``, or of a network's own widths; otherwise floats.
        number_format: of these, as readers see it.
        fitted: networks of the paper that its costs are fitted to.
        by_sample: its energy is estimated for every sample.
        neurons: names of the models of neurons (:mod:`delaysnn.neurons`) that it runs; a network of others is not
            deployed on it.
        features: names of what a network may have beyond the paper's (:mod:`delaysnn.core.features`).
        finds: folders of the library whose modules it finds when it runs, which no import names.
    """

    name: str
    label: str
    colour: str
    setups: tuple[Setup, ...] = ()
    labels: tuple[tuple[str, str], ...] = ()
    quantised: bool = False
    number_format: str = ""
    fitted: tuple[str, ...] = ()
    by_sample: bool = False
    finds: tuple[str, ...] = ()
    neurons: tuple[str, ...] = (PLAIN,)
    features: tuple[str, ...] = ()

    def takes(self, neurons: Iterable[str], features: Iterable[str] = ()) -> bool:
        """Return whether it runs networks of neurons of these names and with these features."""
        return {*neurons} <= {*self.neurons} and {*features} <= {*self.features}

    def owns(self, row: str) -> bool:
        """Return whether a name in the column ``platform`` is the platform's own."""
        return row in (self.name, *(setup.name for setup in self.setups), *dict(self.labels))

    def check(self, planned: Planned, constants: Constants, settings: Mapping[str, Any]) -> None:
        """Refuse, before any job, what will not fit the platform; ``settings`` are its section of the configuration.

        Raises:
            InputError: naming the key or file, the value and the limit.
        """

    def place(self, deployed: Any, basis: Basis) -> Any:
        """Return the network as it lies on the chip's cores, which is what costs are counted of; here as it is.

        Raises:
            InputError: it does not fit, naming the network, the value and the limit.
        """
        return deployed

    def deploy(self, network: "Network") -> Any:
        """Return the form in which the platform holds a network: here with a first weight for every input channel.

        A network's input channels may share weights (:class:`delaysnn.core.network.Layer`). A platform that stores them
        so returns another form.
        """
        from delaysnn.core.network import expand_inputs

        return expand_inputs(network)

    def run(self, deployed: Any, spikes: "SpikeTrains") -> Run:
        """Run every sample.

        Raises:
            InputError: the spikes do not fit the network, or a value leaves the platform's range.
        """
        raise NotImplementedError


@runtime_checkable
class Recorded(Protocol):
    """Shows its membrane potentials."""

    def membranes(self, deployed: Any, spikes: "SpikeTrains") -> "tuple[np.ndarray, ...]":
        """Return potentials before the reset in units of the threshold, float [time, neuron] a layer, of one sample.

        Those of a last layer whose membranes decide are in units of the network's weights.
        """


@runtime_checkable
class Priced(Protocol):
    """Has energy, latency or memory."""

    def count(self, deployed: Any, inputs: "SpikeTrains", layers: "Sequence[SpikeTrains]") -> Any:
        """Count what an inference takes, from the spikes of input channels and layers.

        ``deployed`` is what :meth:`Platform.place` returned.
        """

    def estimate(self, counts: Any, basis: Basis) -> Estimates:
        """Price what :meth:`count` returned."""


@runtime_checkable
class PricesFloats(Protocol):
    """Says what networks of floats would take, recurrent and delay-free ones too, whether it could run them or not."""

    def estimate_floats(
        self, network: "Network", inputs: "SpikeTrains", layers: "Sequence[SpikeTrains]", basis: Basis
    ) -> Estimates:
        """Count and price an inference from its spikes; input channels of the network may share weights."""


@runtime_checkable
class Validated(Protocol):
    """Has published cells to compare its cost model with."""

    def validate(self, basis: Basis) -> dict[str, Any]:
        """Return ``rows`` (see :func:`delaysnn.costs.lines.validate`), ``counts`` and ``sensitivity``, as JSON."""
