"""The configuration, typed: its sections, and what follows from them for the rules."""

from collections.abc import Collection, Iterable, Mapping
from functools import cache, cached_property
from importlib import import_module
from itertools import islice
from pathlib import Path
from typing import Annotated, Any

from pydantic import Discriminator, Field, Tag, ValidationError, create_model

from delaysnn.core.errors import InputError
from delaysnn.core.sensor import Sensor
from delaysnn.core.widths import Widths
from delaysnn.data.sources import Source
from delaysnn.data.sources import registered as sources
from delaysnn.data.splits import refuse_absent
from delaysnn.networks import IN_NIR
from delaysnn.neurons import registered as registered_neurons
from delaysnn.platforms import REFERENCE
from delaysnn.platforms import registered as platforms
from delaysnn.settings.checks import check_brought, check_combinations, check_platforms, check_report
from delaysnn.settings.data import Card, Data, Fold
from delaysnn.settings.engines import check_engines
from delaysnn.settings.frontier import Frontier
from delaysnn.settings.messages import explain
from delaysnn.settings.network_files import check_existence, describe_file
from delaysnn.settings.networks import BroughtNetwork, Delays, Network, NetworkFile, Shape
from delaysnn.settings.raw import check_values
from delaysnn.settings.renamed import refuse_renamed
from delaysnn.settings.section import Distinct, OneOf, PlainName, Section, Seeds, Text
from delaysnn.settings.training import Course, Phases, Quantisation

_CHIPS = tuple(name for name in platforms() if name != REFERENCE)
Chip = Annotated[str, OneOf(_CHIPS, "a platform")]


class Report(Section):
    show: str | None
    """the network that figures of a single network show; it must be deployed. `null`: the first of the networks that
    run on most of `platforms`"""


class Configuration(Section):
    """All sections but those that platforms and sources of data bring (:func:`whole`)."""

    seeds: Seeds
    """seeds of training. Every network is trained once with each. Tables show mean and standard deviation over them"""
    platforms: Annotated[list[Chip], Field(min_length=1), Distinct]
    """platforms on which networks are deployed, beside the reference in PyTorch. Nothing is checked, run or shown for
    other platforms"""
    data: Data
    folds: Annotated[list[Fold], Field(min_length=1)]
    """for `.venv/bin/snakemake --cores 8 folds`. It trains every network anew for each entry and each of its `seeds`,
    on all speakers but those of `test` and `validation`. Beside the networks it trains a convolutional network that
    does not spike (`card.seed`, `card.epochs`). Table `folds` has the accuracy on speakers that no network was trained
    on. Table `fold_comparisons` says which networks and phases differ. Data of your own need their own list. Folds are
    not part of the paper's run"""
    card: Card
    """the data set's card (`results/data/card.json`): accuracies of baselines, in percent, on the test samples. If
    `data.test_speakers` names speakers, only their samples count. `unseen` says whether it is known that no baseline
    was trained on one of these speakers"""
    networks: dict[
        PlainName,
        Annotated[
            Annotated[Network, Tag("Network")] | Annotated[NetworkFile, Tag("NetworkFile")],
            Discriminator(lambda value: "NetworkFile" if isinstance(value, Mapping) and "file" in value else "Network"),
        ],
    ]
    """the keys of a network, three of them required; or a file. An overlay takes a network out with `null`"""
    delays: Delays
    training: Course
    recipes: dict[PlainName, Course]
    """any of the keys of `training`, for the networks that name this recipe. Keys that it leaves out are those of
    `training`. `authors` is the recipe of the authors' public code, with two differences: validation samples choose the
    epoch, and no sample is left out"""
    quantisation: Quantisation
    frontier: Frontier
    """for `.venv/bin/snakemake --cores 8 frontier`, which searches by successive halving for the most accurate network
    at each of `budgets_kb` ([`docs/frontier.md`](../docs/frontier.md)). It is not part of the paper's run"""
    report: Report
    hardware: dict[Chip, Text | None]
    """a file with your own constants of a platform. It takes the place of `hardware/<platform>.yaml`, or of the
    platform's own `constants.yaml`. Copy that file and change what differs. Counted quantities (bits, events, axons,
    ...) are whole numbers. The paper's Table III was measured on another chip than yours, so only *counted* estimates
    are shown. `null`, or not named: the paper's chip"""

    def section(self, name: str) -> Any:
        """Return the section that a platform or a source of data brought, None where the configuration has none."""
        return getattr(self, name, None)

    @property
    def plain(self) -> dict[str, Any]:
        """What was written, without what was left out, as sources of data take it."""
        return self.model_dump(exclude_unset=True, exclude={"networks"})

    @property
    def source(self) -> Source:
        """Where the data come from."""
        return sources()[self.data.name]

    @property
    def dataset(self) -> str:
        """The data set's name in paths, tables and figures: the user's own data have one of their own."""
        return self.source.dataset_name(self.plain)

    @property
    def has_speakers(self) -> bool:
        """Whether samples are by speakers, known or not, and split by them."""
        return self.data.validation_share is None

    @cached_property
    def channels(self) -> int:
        """How many channels the data have."""
        return self.source.channels(self.plain)

    @property
    def sensor(self) -> Sensor | None:
        """The shape of a sensor of two dimensions, None where channels have one."""
        return self.source.sensor(self.plain)

    @property
    def classes(self) -> int | None:
        """How many classes there are, None where only the files say."""
        return self.source.classes(self.plain)

    @cached_property
    def speakers(self) -> Collection[int] | None:
        """Who speaks, None where only the files say."""
        return self.source.speakers(self.plain)

    def network(self, name: str) -> Network:
        """Return a network's shape, which those that come as files have once they are read."""
        found = self.networks[name]
        assert isinstance(found, Network)
        return found

    def described(self, name: str) -> dict[str, Any]:
        """Return what tables and figures are told of a network: its keys, and its further features."""
        network = self.network(name)
        return network.model_dump() | {"features": network.features}

    @property
    def own_networks(self) -> dict[str, Network]:
        """Networks that are trained here, by name."""
        return {
            name: network
            for name, network in self.networks.items()
            if isinstance(network, Network) and not isinstance(network, BroughtNetwork)
        }

    @property
    def brought(self) -> list[str]:
        """Networks that were trained elsewhere."""
        return [name for name in self.networks if name not in self.own_networks]

    def taken_by(self, platform: str) -> list[str]:
        """Return the networks of neurons that a platform runs, those that are not deployed, too."""
        return [
            name
            for name, network in self.networks.items()
            if isinstance(network, Network) and platforms()[platform].takes(network.neurons, network.features)
        ]

    def deployed_on(self, platform: str) -> list[str]:
        """Return the networks that are deployed on a platform."""
        return [name for name in self.taken_by(platform) if self.network(name).deployed]

    @property
    def deployed(self) -> list[str]:
        """Networks that are deployed on any of the platforms."""
        found = {name for platform in self.platforms for name in self.deployed_on(platform)}
        return [name for name in self.networks if name in found]

    @property
    def as_integers(self) -> list[str]:
        """Networks of which a platform runs weights of each of :meth:`widths`."""
        found = {name for each in self.platforms if platforms()[each].quantised for name in self.deployed_on(each)}
        return [name for name in self.networks if name in found]

    @property
    def swept(self) -> list[str]:
        """Networks that are pruned to other numbers of delay levels, too, each at every width."""

        def follows(name: str, network: Network) -> bool:
            pruned = network.takes_levels and network.pruning != "none"
            return pruned and self.kept(name) == self.delays.keep and not network.bits

        own = self.own_networks
        return [name for name in self.deployed if name in own and follows(name, own[name])]

    @property
    def in_nir(self) -> list[str]:
        """Deployed networks that NIR has the neurons of, and all else that they have."""
        known = {name for name, neuron in registered_neurons().items() if neuron.in_nir}
        found = {name: self.network(name) for name in self.deployed}
        return [name for name, each in found.items() if {*each.neurons} <= known and {*each.features} <= {*IN_NIR}]

    @property
    def shown(self) -> str:
        """The network of figures that show a single one."""
        on = [name for platform in self.platforms for name in self.deployed_on(platform)]
        return self.report.show or max(self.deployed, key=on.count)

    def course(self, name: str) -> Phases:
        """Return how a network is trained: by the section ``training``, or by its recipe.

        How other neurons than its own start is null, as is how delays are learned where they are not, so that a change
        of it makes nothing of the network stale.
        """
        network = self.network(name)
        found = self.varied(self.recipes[network.recipe] if network.recipe else self.training)
        neurons = registered_neurons()
        others = {each.settings for each in neurons.values()} - {neurons[name].settings for name in network.neurons}
        others |= set() if network.delays == "learned" else {"positions"}
        return found.model_copy(update=dict.fromkeys(filter(None, others)))

    def varied(self, course: Course) -> Phases:
        """Return a course with what varies samples of the data's kind alone."""
        return Phases(**dict(course.varied(self.source.augmentation(self.plain))))

    def kept(self, name: str) -> int:
        """Return how many delay levels a network keeps."""
        return self.network(name).keep or self.delays.keep

    def kept_of_inputs(self, name: str) -> int:
        """Return how many delays a synapse from the inputs keeps."""
        given = len(self.network(name).delays_of_inputs(self.delays.levels))
        return min(self.kept(name), given) if self.network(name).keeps else given

    def widths(self, name: str) -> list[Widths]:
        """Return the widths that a network is quantised to: those of ``quantisation.bits``, or its own alone."""
        own = self.network(name).bits
        return [own] if own else [*self.quantisation.bits]

    def deployed_width(self, name: str) -> Widths:
        """Return the width of weights that a network is deployed with."""
        return self.network(name).bits or self.quantisation.deployed

    def shares_training(self, name: str) -> str:
        """Return the first network of the same shape: pruning alone tells the others apart, so one dense training
        serves all."""

        def before_pruning(of: str) -> tuple[dict[str, Any], dict[str, Any]]:
            return self.shape(of), self.levels_before_pruning(of)

        return next(other for other in self.own_networks if before_pruning(other) == before_pruning(name))

    def shape(self, name: str) -> dict[str, Any]:
        """Return what a network is trained as, before pruning."""
        return self.network(name).model_dump(include=set(Shape.model_fields))

    def levels_before_pruning(self, name: str) -> dict[str, Any]:
        """Return the levels that a network is trained with; how many are kept matters where that is said before."""
        levels = self.delays.model_dump(include={"max", "stride"})
        return levels | ({"keep": self.kept(name)} if self.network(name).drawn_with_fewer else {})

    def held_out(self, fold: int, seed: str | None) -> dict[str, list[int]]:
        """Return the speakers whom a fold chooses by and tests on.

        Args:
            fold: its number.
            seed: of the training, None where it has one of its own.

        Raises:
            InputError: the data have no speakers, the fold does not have this seed, or its speakers do not exist.
        """
        if not self.has_speakers:
            raise InputError(
                "Configuration: folds hold out speakers, but data.validation_share says that there are none; leave out "
                "the target folds."
            )
        asked = self.folds[fold]
        if seed is not None and int(seed) not in asked.seeds:
            raise InputError(f"Configuration: folds.{fold}.seeds is {asked.seeds}, without {seed}; add it there.")
        chosen = {"validation": asked.validation, "test": asked.test}
        if self.speakers:
            refuse_absent({f"folds.{fold}.{role}": speakers for role, speakers in chosen.items()}, self.speakers)
        return chosen

    def folds_together(self) -> list[tuple[list[str], list[int], list[int]]]:
        """Return what jobs of folds train side by side: names, folds, and the seeds of one job a name and fold."""
        folds: dict[tuple[int, ...], list[int]] = {}
        for number, fold in enumerate(self.folds):
            folds.setdefault(tuple(fold.seeds), []).append(number)
        return [
            (alike, numbers, list(seeds[first : first + most]))
            for most, alike in self._by_together(self.own_networks).items()
            for seeds, numbers in folds.items()
            for first in range(0, len(seeds), most)
        ]

    def seeds_together(self) -> list[tuple[list[str], list[int]]]:
        """Return what jobs of the run train side by side: names, and the seeds of one job a name."""
        return [
            (alike, self.seeds[first : first + most])
            for most, alike in self._by_together(self.networks).items()
            for first in range(0, len(self.seeds), most)
        ]

    def _by_together(self, networks: Iterable[str]) -> dict[int, list[str]]:
        """Return the names of networks that train side by side, by how many seeds of each do."""
        names: dict[int, list[str]] = {}
        for name in networks:
            names.setdefault(self.course(name).together, []).append(name)
        return {most: alike for most, alike in names.items() if most > 1}

    def first_like(self, but: Collection[str] = (), **wanted: Any) -> list[str]:
        """Return the first network with these settings, trained as all are and of the neurons and the features of the
        network that is shown, but none of ``but``.
        """
        shown = self.network(self.shown)
        wanted |= {"recipe": None, "neuron": shown.neuron, "features": shown.features}
        alike = (
            name
            for name, network in self.networks.items()
            if name not in but and all(getattr(network, key) == value for key, value in wanted.items())
        )
        return list(islice(alike, 1))


@cache
def whole() -> type[Configuration]:
    """Return the configuration with the sections that platforms (``settings.py``) and sources of data bring."""
    found = {source.section: source.Settings for source in sources().values() if source.section}
    for file in sorted((Path(__file__).parents[1] / "platforms").glob("*/settings.py")):
        found[file.parent.name] = import_module(f"delaysnn.platforms.{file.parent.name}.settings").Settings
    sections: dict[str, Any] = {name: (section | None, None) for name, section in found.items()}
    return create_model("Configuration", __base__=Configuration, **sections)


def settle(config: Mapping[str, Any], root: Path) -> Configuration:
    """Check the configuration and return it typed, with the shapes of networks that come as files.

    Args:
        config: as Snakemake merged it.
        root: the repository, which holds the constants of the paper's chips.

    Raises:
        InputError: naming the key, the value found and what to write.
    """
    check_values(config)
    refuse_renamed(config)
    found = read(config)
    # First, since other checks ask how many channels there are.
    found.source.check(found.plain)
    check_combinations(found)
    check_existence(found.networks, found.seeds)
    takers = {name: platforms()[name] for name in found.platforms}
    data = (found.dataset, found.channels, found.data.time_steps, found.classes, takers)
    networks = {
        name: network if isinstance(network, Network) else describe_file(name, network, found.seeds, *data)
        for name, network in found.networks.items()
    }
    found = found.model_copy(update={"networks": networks})
    check_brought(found)
    check_report(found)
    check_engines(found, config["networks"])
    check_platforms(found, root)
    return found


def read(config: Mapping[str, Any]) -> Configuration:
    """Return the configuration typed, each key checked for itself alone.

    Raises:
        InputError: naming the key, the value found and what to write.
    """
    written = dict(config)
    if isinstance(networks := config.get("networks"), Mapping):
        # An overlay takes a network out by giving it no value.
        written["networks"] = {name: network for name, network in networks.items() if network is not None}
    training, recipes = config.get("training"), config.get("recipes")
    if isinstance(training, Mapping) and isinstance(recipes, Mapping):
        written["recipes"] = {
            name: {**training, **recipe} if isinstance(recipe, Mapping) else recipe for name, recipe in recipes.items()
        }
    try:
        return whole().model_validate(written)
    except ValidationError as error:
        raise InputError(explain(error, whole())) from None
