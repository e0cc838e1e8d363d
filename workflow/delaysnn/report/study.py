"""What a configuration runs: from this, tables and figures say which files they need."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from delaysnn.neurons import PLAIN
from delaysnn.platforms.protocol import Platform, Priced, PricesFloats, Recorded, Validated


@dataclass(frozen=True)
class Study:
    """What is run, and the names of its files.

    Attributes:
        dataset: the data set's name.
        networks: settings of every network by its name.
        deployed: names of those that run on any chip.
        deployed_on: names of those that run on a chip, by its name.
        priced_as_floats: names of those of neurons that a platform runs that prices floats.
        swept: of those that are pruned to other numbers of delay levels, too.
        swept_on_core: of those that are swept on one core of Loihi.
        controlled: of those whose levels are also chosen at random and evenly.
        trained: of those that were trained here.
        seeds: of training.
        platforms: what networks run on, the reference first.
        equality: files of spike-for-spike comparisons.
        deployments: files that say what repeated a platform's spikes, by the platforms that have such.
        engines: files of what the engine takes of an FPGA.
        engine_parts: files of what it takes in standard cells, by part.
        switching: files of what switches in these while a sample passes.
        constants: files of those of each chip.
        parts: which network plays which part in figures of a single one and in the answers; ``shown`` always.
        config: the configuration.
        patterns: of files that there are once a network and seed, by room: ``models``, ``traces``, ``metrics``.
        files: of which there is one, by name.
    """

    dataset: str
    networks: Mapping[str, Mapping[str, Any]]
    deployed: Sequence[str]
    deployed_on: Mapping[str, Sequence[str]]
    priced_as_floats: Sequence[str]
    swept: Sequence[str]
    swept_on_core: Sequence[str]
    controlled: Sequence[str]
    trained: Sequence[str]
    seeds: Sequence[int]
    platforms: Sequence[Platform]
    equality: Sequence[str]
    deployments: Mapping[str, Sequence[str]]
    engines: Sequence[str]
    engine_parts: Sequence[str]
    switching: Sequence[str]
    constants: Mapping[str, str]
    parts: Mapping[str, str]
    config: Mapping[str, Any]
    patterns: Mapping[str, str]
    files: Mapping[str, str]

    @property
    def names(self) -> list[str]:
        """Names of all platforms, the reference first."""
        return [platform.name for platform in self.platforms]

    @property
    def chips(self) -> list[str]:
        """Names of all platforms but the reference."""
        return self.names[1:]

    @property
    def all_levels(self) -> int:
        """Delay levels of a synapse before pruning."""
        return len(range(0, self.config["delays"]["max"], self.config["delays"]["stride"]))

    @property
    def speakers(self) -> bool:
        """Whether samples are by speakers."""
        return self.config["data"].get("validation_share") is None

    @property
    def shown(self) -> str:
        """The network of figures of a single one."""
        return self.parts["shown"]

    @property
    def plain(self) -> list[str]:
        """Names of the networks of LIF neurons without further features, as the paper has them and calibrated lines are
        fitted to them."""
        return [
            name for name, network in self.networks.items() if network["neuron"] == PLAIN and not self.features(name)
        ]

    def features(self, network: str) -> list[str]:
        """Return what a network has beyond the paper's where it is deployed (:mod:`delaysnn.core.features`)."""
        return self.networks[network]["features"]

    def has_feature(self, feature: str) -> bool:
        """Say whether any network that is deployed has a feature."""
        return any(feature in self.features(name) for name in self.deployed)

    @property
    def priced(self) -> list[str]:
        """Names of the platforms that costs are estimated for."""
        return [platform.name for platform in self.platforms if isinstance(platform, Priced)]

    @property
    def prices_floats(self) -> list[str]:
        """Names of the platforms that say what networks of floats would take."""
        return [platform.name for platform in self.platforms if isinstance(platform, PricesFloats)]

    @property
    def validated(self) -> list[str]:
        """Names of the platforms whose cost models have published cells beside them."""
        return [platform.name for platform in self.platforms if isinstance(platform, Validated)]

    @property
    def recorded(self) -> list[str]:
        """Names of the platforms that show their membrane potentials."""
        return [platform.name for platform in self.platforms if isinstance(platform, Recorded)]

    def running(self, network: str) -> list[str]:
        """Return names of the platforms that run a network, the reference first."""
        return [name for name in self.names if name not in self.chips or network in self.deployed_on[name]]

    def scored(self, platform: str) -> list[str]:
        """Return the parts of metrics that say how well a chip does: as deployed, and at each width of a weight."""
        return [platform, f"{platform}_bits"] if platform in self.quantised else [platform]

    @property
    def quantised(self) -> list[str]:
        """Names of the platforms whose weights are integers."""
        return [platform.name for platform in self.platforms if platform.quantised]

    def setups(self, table: str) -> list[str]:
        """Return names of the ways to run networks that stand in a table of estimates."""
        return [
            setup.name
            for platform in self.platforms
            for setup in platform.setups
            if table in setup.tables and (setup.cores is None or setup.cores in self.config[platform.name]["cores"])
        ]

    def metrics(
        self, *parts: str, networks: Iterable[str] | None = None, seeds: Iterable[int] | None = None
    ) -> list[str]:
        """Return the files of measured values of each of the parts, for the networks (all) and seeds (all)."""
        return [file for part in parts for file in self._each("metrics", f"{part}.json", networks, seeds)]

    def chip_metrics(self, parts: Callable[[str], Iterable[str]]) -> list[str]:
        """Return the files of measured values of the parts that each chip has, of every network that it runs."""
        return [file for name in self.chips for file in self.metrics(*parts(name), networks=self.deployed_on[name])]

    def traces(self, *names: str, networks: Iterable[str], seeds: Iterable[int] | None = None) -> list[str]:
        """Return the files of recorded spikes of these names."""
        return [file for name in names for file in self._each("traces", f"{name}.npz", networks, seeds)]

    def costs(self) -> list[str]:
        """Return the files of estimates for every network on every platform that runs it and has any."""
        return self.chip_metrics(lambda name: [f"{name}_cost"] if name in self.priced else [])

    def validation(self) -> list[str]:
        """Return what the cost models were checked by, a file a platform."""
        return [self.files["validation"].format(platform=name) for name in self.validated]

    def table(self, name: str) -> str:
        """Return the file of another table."""
        return self.files["table"].format(name=name)

    def has(self, *platforms: str) -> bool:
        """Say whether the configuration runs on all of these platforms."""
        return {*platforms} <= {*self.chips}

    def said(self, by: str = " ", start: str = "", end: str = "", **texts: str) -> str:
        """Return the texts of the platforms that the configuration runs on, in one, between start and end if any."""
        own = by.join(text for name, text in texts.items() if self.has(name))
        return f"{start}{own}{end}" if own else ""

    @property
    def shapes(self) -> dict[str, Any]:
        """What tells which of the paper's networks, if any, one of ours stands beside."""
        keys = ("hidden", "delays", "pruning", "recipe", "input_sharing", "input_delays", "keep")
        networks = {name: {key: self.networks[name][key] for key in keys} for name in self.plain}
        own = {name: {"bits": bits} for name in networks if (bits := self.networks[name].get("bits"))}
        return {
            "networks": {name: network | own.get(name, {}) for name, network in networks.items()},
            "delays": {key: self.config["delays"][key] for key in ("max", "stride", "keep")},
            "time_steps": self.config["data"]["time_steps"],
            "bits": self.config["quantisation"]["deployed"],
        }

    def _each(self, room: str, name: str, networks: Iterable[str] | None, seeds: Iterable[int] | None) -> list[str]:
        networks = self.networks if networks is None else networks
        seeds = self.seeds if seeds is None else seeds
        pattern = f"{self.patterns[room]}/{name}"
        return [pattern.format(network=network, seed=seed) for network in networks for seed in seeds]
