"""Sections on the networks: their shape, their delays, and those that come as files."""

from collections.abc import Iterable, Sequence
from typing import Annotated, Literal

from pydantic import Discriminator, Field, Tag

from delaysnn.core import network
from delaysnn.core.readout import READOUTS, SPIKES
from delaysnn.networks.readers import About, Reader, read_with, reader_of
from delaysnn.networks.readers import registered as readers
from delaysnn.neurons import PLAIN, registered
from delaysnn.settings.section import Bits, Count, Distinct, Increasing, OneOf, Seconds, Section, Steps, Unit, Words

_Delay = Annotated[int, Field(ge=0), Unit("time steps")]
InputDelays = Annotated[
    Annotated[bool, Tag("bool")] | Annotated[list[_Delay], Field(min_length=2), Increasing, Tag("list")],
    Discriminator(lambda value: "list" if isinstance(value, list) else "bool"),
]
_WithSeed = Field(pattern="^([^{}]|[{]seed[}])+$")


class Shape(Section):
    """What a network is trained as, before pruning."""

    hidden: Annotated[list[Annotated[int, Field(ge=1, le=65535), Unit("neurons")]], Field(min_length=1)]
    """number of neurons of each hidden layer"""
    delays: Literal[True, False, "random", "learned"]
    """whether synapses after the first layer have delays. `random`: each (pre, post) pair has `delays.keep` levels,
    drawn by the seed before training; they never change. `learned`: each pair has `delays.keep` synapses, whose delays
    are trained like weights, by `training.positions` ([`docs/training.md`](../docs/training.md)). Both need
    `pruning: none`. A network with `random`, or with `false` and no `input_delays`, is a baseline: it is trained,
    fine-tuned and scored, but not deployed"""
    recurrent: Literal[True, False, "axonal", "axonal_random"] = False
    """recurrence of the hidden layers; may be left out, then `false`. `true`: every neuron feeds all neurons of its
    layer, one step later. `axonal`: its spikes return later, by all levels of `delays`, and `pruning: axon` leaves each
    neuron `keep` of them. `axonal_random`: by `keep` levels that the seed draws before training and that never change;
    this needs `pruning: none`. A recurrent network is a baseline and needs `delays: false`"""
    input_sharing: Annotated[int, Field(ge=1), Unit("channels")] = 1
    """number of neighbouring input channels that share a weight to each neuron of the first layer; may be left out,
    then 1. The shared weight is stored once. The last run of channels may be shorter. Spikes do not change: if several
    channels of a run spike in one step, all of these spikes count"""
    input_delays: InputDelays = False
    """delays of the synapses from the inputs to the first layer; may be left out, then `false`: inputs arrive at once.
    `true`: all levels of `delays`. A list of two or more time steps, such as `[0, 8, 16]`: these, for all pairs.
    `pruning` or `delays: random` leaves each pair `keep` of them, as in later layers, or all if there are no more. With
    `delays: learned` only `true` or `false` is allowed. Such a network is deployed even if `delays` is `false`
    ([`docs/training.md`](../docs/training.md))"""
    neuron: Annotated[str, OneOf(tuple(registered()), "a neuron")] = PLAIN
    """the model of the hidden layers' neurons; may be left out, then `lif`. `lif` is the paper's. `adlif` is adaptive
    LIF and needs `training.adaptation`. `cuba` is LIF with currents that decay and needs `training.current_decay`
    ([`docs/training.md`](../docs/training.md)). A network is deployed on those of `platforms` that run its neurons;
    Loihi runs `lif` and `cuba`. If none of them does, the network is trained and scored only"""
    bias: bool = False
    """whether every neuron has a bias, a current that arrives at every step; may be left out, then `false`. Training
    starts it at zero. Such a network is deployed on those of `platforms` that have biases"""
    reset: Literal["zero", "subtract"] = "zero"
    """how a spike resets its neuron; may be left out, then `zero`, as in the paper. `subtract`: the threshold is
    subtracted from the potential of the next step, after its decay. Such a network is deployed on those of `platforms`
    that reset in this way"""
    readout: Annotated[str, OneOf(READOUTS, "a readout")] | None = None
    """how the class is decided; may be left out, then by `spikes` of the output layer, as in the paper. The other
    readouts use the membrane potentials of the output neurons, which then never fire: the largest over time, their sum,
    or the sum of their softmax. The loss reads the same (`training.loss`). Such a network is deployed on those of
    `platforms` that have this readout"""
    recipe: str | None = None
    """the entry of `recipes` by which the network is trained; may be left out, then `training`. A network with a recipe
    is reported beside the others, but not deployed"""

    @property
    def takes_levels(self) -> bool:
        """Whether any of its synapses have the levels of ``delays``."""
        return bool(self.delays) or self.input_delays is True or self.returns_late

    @property
    def decides(self) -> str:
        """What decides in a network that is trained here, by name (:data:`delaysnn.core.readout.READOUTS`)."""
        return self.readout or SPIKES

    @property
    def returns_late(self) -> bool:
        """Whether the spikes of its hidden layers return to them after levels of ``delays``."""
        return self.recurrent in ("axonal", "axonal_random")

    def delays_of_inputs(self, levels: Sequence[int]) -> tuple[int, ...]:
        """Return the delays of synapses from the inputs, in time steps; ``levels`` are those of later layers."""
        if isinstance(self.input_delays, list):
            return tuple(self.input_delays)
        return tuple(levels) if self.input_delays else (0,)


class Network(Shape):
    pruning: Literal["synapse", "axon", "refined", "gradual", "none"]
    """how pruning chooses the `delays.keep` levels that remain: for each `synapse` (a pre, post pair), for each `axon`
    (a pre-neuron), or `none`. `refined`: for each synapse, twice; the second time from the kept delays and others
    beside them, at half the stride ([`docs/training.md`](../docs/training.md)). `refined` needs an even `delays.stride`
    and two epochs of `training.pruned`, and such a network is not deployed. `gradual`: for each synapse, a part of the
    levels before each epoch of the first half of `training.pruned`"""
    keep: Annotated[int, Field(ge=1), Unit("levels")] | None = None
    """number of levels that this network keeps, whether they are pruned, drawn at random or learned; may be left out,
    then `delays.keep`. A network with another number is left out of tables and figures over levels"""
    bits: Annotated[list[Bits], Field(min_length=1)] | None = None
    """widths of this network's weights, one for each hidden layer and the output layer, such as `[8, 4, 4]`; may be
    left out, then `quantisation.deployed`. The network is quantised to these widths only, and left out of tables and
    figures over levels. Seneca runs the weights before quantisation"""

    @property
    def keeps(self) -> bool:
        """Whether the network has fewer levels than there are, by pruning or from the start."""
        return self.pruning != "none" or self.drawn_with_fewer

    @property
    def drawn_with_fewer(self) -> bool:
        """Whether it has fewer levels than there are from the start."""
        return self.delays in ("random", "learned") or self.recurrent == "axonal_random"

    @property
    def learns_delays(self) -> bool:
        """Whether training decides what each delay weighs, behind the first layer or in front of it."""
        return self.delays in (True, "learned") or bool(not self.delays and self.input_delays)

    @property
    def neurons(self) -> list[str]:
        """Names of the models of its neurons; those of an output layer that is trained here are plain."""
        return [self.neuron, PLAIN]

    @property
    def features(self) -> list[str]:
        """Names of what it has beyond the paper's networks where it is deployed (:mod:`delaysnn.core.features`)."""
        has = {"bias": self.bias, "reset": self.reset != "zero", "readout": self.decides != SPIKES}
        return [name for name, found in has.items() if found]

    @property
    def deployed(self) -> bool:
        """Whether the network is deployed, on platforms that run its neurons, or only trained and scored: a baseline
        without learned delays or of another recipe, or one refined.

        Refined delays ask nothing new of a chip, and deploying a network, with its sweeps, takes about ten times as
        long as refining it.
        """
        return self.learns_delays and self.pruning != "refined" and not self.recipe


class NetworkFile(Section):
    file: Annotated[str, _WithSeed, Words("a path without braces but those of {seed}")]
    """instead of the keys above: the file of a network that was trained elsewhere (see above). `{seed}` in the path
    stands for each of `seeds`"""
    format: Annotated[str, OneOf(tuple(readers()), "a format")] | None = None
    """the tool that wrote the file ([`docs/own-network.md`](../docs/own-network.md)); may be left out if the file's
    ending says it"""
    layers: Annotated[str, _WithSeed, Words("a path without braces but those of {seed}")] | None = None
    """a JSON that names the layers, for formats that do not; may be left out if it has the name of `file` and is beside
    it"""
    dt: Seconds | None = None
    """length of a time step, for formats with continuous time; may be left out if the file says it"""
    readout: Annotated[str, OneOf(READOUTS, "a readout")] | None = None
    """how the output layer decides the class; may be left out if the file says it"""

    @property
    def reader(self) -> Reader:
        """What reads its files."""
        return reader_of(self.file, self.format)

    def path(self, seed: int | str) -> str:
        """Return the path of the network, one for all seeds or one a seed."""
        return self.file.replace("{seed}", str(seed))

    def beside(self, seed: int | str) -> list[str]:
        """Return the paths of what else belongs to the network."""
        return [*self.reader.beside(self.path(seed), self.about(seed))]

    def about(self, seed: int | str, name: str = "", dataset: str = "", n_steps: int = 0) -> About:
        """Return what the configuration says of the network; what it is run on is not asked for everywhere."""
        layers = None if self.layers is None else self.layers.replace("{seed}", str(seed))
        return About(n_steps, name, int(seed), dataset, layers, self.dt, self.readout)

    def paths(self, seeds: Iterable[int]) -> dict[str, int]:
        """Return the distinct paths of the network, each with the first seed that it stands for."""
        found: dict[str, int] = {}
        for seed in seeds:
            found.setdefault(self.path(seed), seed)
        return found

    def read(self, seeds: Iterable[int], name: str, dataset: str, n_steps: int) -> dict[str, network.Network]:
        """Return what each of its files holds, by the file's name."""
        return {
            file: read_with(self.reader, file, self.about(seed, name, dataset, n_steps))
            for file, seed in self.paths(seeds).items()
        }


class BroughtNetwork(Network, NetworkFile):
    """A network trained elsewhere, with the shape and the neurons that its file has."""

    brought_neurons: list[str]
    brought_features: list[str] = Field(default_factory=list)

    @property
    def neurons(self) -> list[str]:
        return self.brought_neurons

    @property
    def features(self) -> list[str]:
        return self.brought_features


class DelayLevels(Section):
    """The delays that a network is drawn with."""

    max: Steps
    """bound of the delays: levels are 0, stride, 2 stride, ... below it. There must be at least two, and none above the
    62 steps that Loihi takes"""
    stride: Steps
    """distance from one delay level to the next"""
    keep: Annotated[int, Field(ge=1), Unit("levels")] | None = None
    """number of random or learned delays of each pair"""

    @property
    def levels(self) -> tuple[int, ...]:
        """The delays of a synapse in time steps: 0, stride, 2 * stride, ... below max (paper section II)."""
        return tuple(range(0, self.max, self.stride))


class KeptLevels(DelayLevels):
    keep: Annotated[int, Field(ge=1), Unit("levels")]
    """number of levels that pruning keeps"""


class Delays(KeptLevels):
    sweep: Annotated[list[Count], Field(min_length=1), Distinct]
    """further numbers of levels to keep, for the tables and figures `levels`, `sweep` and `pareto`. `delays.keep` must
    not be among them. Each is fine-tuned once as floats, and once at each of `quantisation.bits`. At every number below
    all levels, `delays.keep` included, the first network also gets two controls
    ([`docs/training.md`](../docs/training.md))"""
