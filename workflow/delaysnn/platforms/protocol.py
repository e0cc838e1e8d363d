"""The interface of a platform: what its folder must have, and what it may have.

A platform is a :class:`Platform`. Further abilities are the methods of :class:`Recorded`, :class:`Priced`,
:class:`PricesFloats` and :class:`Validated`; a platform that has the methods has the ability. A second implementation
that verifies it is a rule in the platform's own rule file, since it has an environment of its own.

Settings are checked at every call of Snakemake. So a ``platform.py`` imports inside its methods what takes long.
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
    """One way to run a network on a platform, with a row of its own in tables of estimates.

    Attributes:
        name: in the column ``platform`` of tables and metrics.
        label: name for readers.
        colour: in figures, as #rrggbb.
        tables: names of the tables of estimates that include it.
        cores: the entry of the platform's ``cores`` in the configuration that it belongs to; None where there is no
            choice.
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
        topology: number of neurons of each layer, inputs first; one output where the classes are not known yet.
        levels: delay levels in time steps of all layers but the first; none where the network comes as files.
        kept: number of these that a synapse keeps.
        decays: the most distinct decays that a layer may have.
        bits: width of a quantised weight, or of each layer's (:func:`delaysnn.core.widths.each_layer`).
        files: networks that come as files, by the name of the file.
        input_sharing: number of neighbouring input channels that share a weight.
        input_delays: delays of the first layer's synapses, in time steps.
        input_kept: number of these that a synapse keeps.
        neurons: names of the models of its neurons; none where the network comes as files.
        features: names of what it has beyond the paper's networks; none where the network comes as files.
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
    """What a platform returns of a run.

    Attributes:
        layers: spikes of every layer, without the platform's latency.
        details: further numbers, as JSON takes them.
        beside: spikes of every layer where the platform also computes in another way, by a name of ``Platform.labels``.
        scores: for a network with a readout by membranes, the score of each class, float64 [samples, classes]
            (:func:`delaysnn.core.readout.score`).
        scores_beside: the scores of ``beside``, by name.
        potentials: the potentials behind the scores, in the platform's integers, int32 [samples, time, classes], where
            a second implementation is compared with them; else None.
    """

    layers: "tuple[SpikeTrains, ...]"
    details: Mapping[str, Any] = field(default_factory=dict)
    beside: "Mapping[str, tuple[SpikeTrains, ...]]" = field(default_factory=dict)
    scores: "np.ndarray | None" = None
    scores_beside: "Mapping[str, np.ndarray]" = field(default_factory=dict)
    potentials: "np.ndarray | None" = None


@dataclass(frozen=True)
class Basis:
    """What estimates are computed from.

    Attributes:
        constants: of the chip, by name.
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
    """Estimates of an inference.

    Attributes:
        cells: one for each setup, quantity and ``how`` (counted or calibrated).
        outside_fit: by setup and quantity, the counts that lie outside of the range of the fit.
        energy_uj: energy of every sample in microjoule, float [samples], where the platform is priced ``by_sample``.
    """

    cells: "Sequence[Cell]"
    outside_fit: Mapping[str, Mapping[str, Sequence[str]]]
    energy_uj: "np.ndarray | None" = None


@dataclass(frozen=True)
class Platform:
    """A chip, or a simulation, that runs networks.

    Attributes:
        name: the folder's name, in every path, table and configuration.
        label: name for readers.
        colour: in figures, as #rrggbb.
        setups: the ways to run networks that costs are estimated for.
        labels: further names that its metrics have in the column ``platform``, each with a label.
        quantised: whether it runs weights of each of ``quantisation.bits``, or of a network's own widths; otherwise
            floats.
        number_format: name of the format of these floats for readers.
        fitted: networks of the paper that its costs are fitted to.
        by_sample: whether its energy is estimated for every sample.
        neurons: names of the models of neurons (:mod:`delaysnn.neurons`) that it runs; a network with others is not
            deployed on it.
        features: names of what a network may have beyond the paper's (:mod:`delaysnn.core.features`).
        finds: folders of the library whose modules it finds when it runs, without an import.
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
        """Return whether it runs networks with neurons of these names and with these features."""
        return {*neurons} <= {*self.neurons} and {*features} <= {*self.features}

    def owns(self, row: str) -> bool:
        """Return whether a name in the column ``platform`` is the platform's own."""
        return row in (self.name, *(setup.name for setup in self.setups), *dict(self.labels))

    def check(self, planned: Planned, constants: Constants, settings: Mapping[str, Any]) -> None:
        """Refuse, before any job, a network that will not fit the platform.

        Args:
            planned: the network.
            constants: of the chip.
            settings: the platform's section of the configuration.

        Raises:
            InputError: naming the key or file, the value and the limit.
        """

    def place(self, deployed: Any, basis: Basis) -> Any:
        """Return the network as it is mapped onto the chip's cores, from which costs are counted.

        Here it is returned unchanged.

        Raises:
            InputError: it does not fit; the message names the network, the value and the limit.
        """
        return deployed

    def deploy(self, network: "Network") -> Any:
        """Return the form in which the platform holds a network. Here every input channel gets a row of weights of its
        own.

        A network's input channels may share weights (:class:`delaysnn.core.network.Layer`). A platform that stores
        shared weights returns another form.
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
    """A platform that shows its membrane potentials."""

    def membranes(self, deployed: Any, spikes: "SpikeTrains") -> "tuple[np.ndarray, ...]":
        """Return the potentials of one sample before the reset, in units of the threshold, float [time, neuron] a
        layer.

        Potentials of a last layer whose membranes decide are in units of the network's weights.
        """


@runtime_checkable
class Priced(Protocol):
    """A platform with estimates of energy, latency or memory."""

    def count(self, deployed: Any, inputs: "SpikeTrains", layers: "Sequence[SpikeTrains]") -> Any:
        """Count the operations of an inference, from the spikes of input channels and layers.

        ``deployed`` is what :meth:`Platform.place` returned.
        """

    def estimate(self, counts: Any, basis: Basis) -> Estimates:
        """Return estimates from the counts of :meth:`count`."""


@runtime_checkable
class PricesFloats(Protocol):
    """A platform that estimates the costs of float networks.

    These include recurrent networks and networks without delays, whether it could run them or not.
    """

    def estimate_floats(
        self, network: "Network", inputs: "SpikeTrains", layers: "Sequence[SpikeTrains]", basis: Basis
    ) -> Estimates:
        """Count and price an inference from its spikes. Input channels of the network may share weights."""


@runtime_checkable
class Validated(Protocol):
    """A platform whose cost model is compared with published cells."""

    def validate(self, basis: Basis) -> dict[str, Any]:
        """Return ``rows`` (see :func:`delaysnn.costs.lines.validate`), ``counts`` and ``sensitivity``, as JSON."""
