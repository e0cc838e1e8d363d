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
    """of each hidden layer"""
    delays: Literal[True, False, "random", "learned"]
    """whether synapses after the first layer have delays; `random`: each (pre, post) pair has `delays.keep` levels,
    drawn by the seed before training, which never change; `learned`: it has `delays.keep` synapses, whose delays are
    trained as weights are, by `training.positions` ([`docs/training.md`](../docs/training.md)). Both need
    `pruning: none`. A network with `random`, or with `false` and no `input_delays`, is a baseline: trained, fine-tuned
    and scored, but not deployed"""
    recurrent: Literal[True, False, "axonal", "axonal_random"] = False
    """may be left out; `true`: every neuron of a hidden layer also feeds all neurons of its layer, one step later;
    `axonal`: its spikes return later by all levels of `delays`, of which `pruning: axon` leaves each neuron `keep`;
    `axonal_random`: by `keep` of them, which the seed draws before training and which never change, with `pruning:
    none`. Such a network is a baseline and needs `delays: false`"""
    input_sharing: Annotated[int, Field(ge=1), Unit("channels")] = 1
    """may be left out (1); so many neighbouring input channels share a weight to each neuron of the first layer, which
    is stored once. The last run of channels may be shorter; spikes stay as they are, so several of a run in one step
    all count"""
    input_delays: InputDelays = False
    """may be left out, then `false`: inputs reach the first layer at once; delays of its synapses: `true`, all levels
    of `delays`; or a list of two time steps or more, such as `[0, 8, 16]`, the same for all pairs. Of either, `pruning`
    or `delays: random` leaves each pair `keep` as in later layers, all where there are no more. With `delays: learned`
    it is `true` or `false`. Such a network is deployed where `delays` is `false`, too
    ([`docs/training.md`](../docs/training.md))"""
    neuron: Annotated[str, OneOf(tuple(registered()), "a neuron")] = PLAIN
    """may be left out, then `lif`; the model of the hidden layers' neurons: `lif`, the paper's; `adlif`, adaptive LIF,
    which needs `training.adaptation`; or `cuba`, LIF whose currents decay, which needs `training.current_decay`
    ([`docs/training.md`](../docs/training.md)). A network is deployed on those of `platforms` that run its neurons:
    Loihi runs `lif` and `cuba`. Where none does, it is trained and scored only"""
    bias: bool = False
    """may be left out, then `false`; `true`: every neuron has a bias, a current that arrives at every step; it is
    trained, from zero. Such a network is deployed on those of `platforms` that have biases"""
    reset: Literal["zero", "subtract"] = "zero"
    """may be left out; how a spike resets its neuron: to `zero`, as in the paper; or `subtract`: the threshold is taken
    from the potential of the next step, after its decay. Such a network is deployed on those of `platforms` that reset
    so"""
    readout: Annotated[str, OneOf(READOUTS, "a readout")] | None = None
    """may be left out, then `spikes`; what decides: `spikes` of the output layer, as the paper's; or the membrane
    potentials of its neurons, which then never fire: the largest over time, their sum, or the sum of their softmax. The
    loss reads the same (`training.loss`). Such a network is deployed on those of `platforms` that read them"""
    recipe: str | None = None
    """may be left out; one of `recipes`, by which the network is trained instead: reported beside, not deployed"""

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
    """what keeps `delays.keep` levels: each `synapse` (pre, post), each `axon` (pre), or `none`; or `refined`: each
    synapse, twice, the second time of delays at half the stride beside those it kept
    ([`docs/training.md`](../docs/training.md)). That needs an even `delays.stride` and two epochs of `training.pruned`,
    and such a network is trained and scored, but not deployed. Or `gradual`: each synapse, a part of the levels before
    each epoch of the first half of `training.pruned`"""
    keep: Annotated[int, Field(ge=1), Unit("levels")] | None = None
    """may be left out, then `delays.keep`; how many levels this network keeps, pruned, drawn at random or learned. With
    a number of its own it is left out of the tables and figures over levels"""
    bits: Annotated[list[Bits], Field(min_length=1)] | None = None
    """may be left out, then `quantisation.deployed`; widths of this network's weights, one for each hidden layer and
    the output layer, such as `[8, 4, 4]`. It is quantised to these alone, and left out of tables and figures over
    levels. Seneca runs weights before that"""

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
    """instead of the keys above: a network trained elsewhere, see above; `{seed}` in it stands for each of `seeds`"""
    format: Annotated[str, OneOf(tuple(readers()), "a format")] | None = None
    """may be left out where the file's ending says it; which tool wrote the file
    ([`docs/own-network.md`](../docs/own-network.md))"""
    layers: Annotated[str, _WithSeed, Words("a path without braces but those of {seed}")] | None = None
    """may be left out where it lies beside `file` and is called as that is; a JSON that names the layers, of formats
    that do not"""
    dt: Seconds | None = None
    """may be left out where the file says it; length of a time step, of formats whose time is continuous"""
    readout: Annotated[str, OneOf(READOUTS, "a readout")] | None = None
    """may be left out where the file says it; how the output layer says which class it is"""

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
    """delay levels are 0, stride, 2 stride, ... below it: at least two, and none above the 62 steps that Loihi takes"""
    stride: Steps
    """from one delay level to the next"""
    keep: Annotated[int, Field(ge=1), Unit("levels")] | None = None
    """of random or learned delays, for each pair"""

    @property
    def levels(self) -> tuple[int, ...]:
        """The delays of a synapse in time steps: 0, stride, 2 * stride, ... below max (paper section II)."""
        return tuple(range(0, self.max, self.stride))


class KeptLevels(DelayLevels):
    keep: Annotated[int, Field(ge=1), Unit("levels")]
    """that pruning keeps"""


class Delays(KeptLevels):
    sweep: Annotated[list[Count], Field(min_length=1), Distinct]
    """numbers of levels to keep beside `delays.keep`, which must not be among them, for the tables and figures
    `levels`, `sweep` and `pareto`; each is fine-tuned once, and then once more at each of `quantisation.bits`. At every
    number below all levels, `delays.keep` included, the first network also gets two controls
    ([`docs/training.md`](../docs/training.md))"""
