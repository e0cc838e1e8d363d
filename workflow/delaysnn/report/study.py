"""The study that a configuration describes: its networks and platforms, and the files that tables and figures need."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from delaysnn.neurons import PLAIN
from delaysnn.platforms.protocol import Platform, Priced, PricesFloats, Recorded, Validated


@dataclass(frozen=True)
class Study:
    """Networks, platforms and seeds of a configuration, and the names of its files.

    Attributes:
        dataset: the data set's name.
        networks: settings of every network by its name.
        deployed: names of the networks that run on any chip.
        deployed_on: names of the networks that run on a chip, by the chip's name.
        priced_as_floats: names of the networks whose neurons run on a platform that prices floats.
        swept: names of the networks that are also pruned to other numbers of delay levels.
        swept_on_core: those of them that are swept on one core of Loihi.
        controlled: names of the networks with controls: levels drawn at random, and evenly spaced.
        trained: names of the networks that were trained here.
        seeds: of training.
        platforms: platforms that networks run on, the reference first.
        equality: files of spike-for-spike comparisons.
        deployments: files that say what repeated a platform's spikes, by platform.
        engines: files with the resources of the engine on an FPGA.
        engine_parts: files with the engine's gates in standard cells, by part.
        switching: files with what these gates switch in a test sample, by part.
        constants: files of the constants of each chip.
        parts: roles of networks in answers and in figures of a single network; ``shown`` is always there.
        config: the configuration.
        patterns: names of files that exist for each network and seed, by room: ``models``, ``traces``, ``metrics``.
        files: files that exist once, by name.
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
        """The network that figures of a single network show."""
        return self.parts["shown"]

    @property
    def plain(self) -> list[str]:
        """Names of the networks of LIF neurons without further features.

        The paper's networks are like these, and calibrated lines are fitted to such networks.
        """
        return [
            name for name, network in self.networks.items() if network["neuron"] == PLAIN and not self.features(name)
        ]

    def features(self, network: str) -> list[str]:
        """Return the features beyond the paper's of a deployed network (:mod:`delaysnn.core.features`)."""
        return self.networks[network]["features"]

    def has_feature(self, feature: str) -> bool:
        """Return whether any deployed network has a feature."""
        return any(feature in self.features(name) for name in self.deployed)

    @property
    def priced(self) -> list[str]:
        """Names of the platforms that costs are estimated for."""
        return [platform.name for platform in self.platforms if isinstance(platform, Priced)]

    @property
    def prices_floats(self) -> list[str]:
        """Names of the platforms that estimate costs of float networks."""
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
        """Return the parts of metrics with a chip's accuracy: as deployed, and at each width of a weight."""
        return [platform, f"{platform}_bits"] if platform in self.quantised else [platform]

    @property
    def quantised(self) -> list[str]:
        """Names of the platforms whose weights are integers."""
        return [platform.name for platform in self.platforms if platform.quantised]

    def setups(self, table: str) -> list[str]:
        """Return names of the ways to run networks that a table of estimates includes."""
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
        """Return the files of estimates, for every network on every platform that runs and prices it."""
        return self.chip_metrics(lambda name: [f"{name}_cost"] if name in self.priced else [])

    def validation(self) -> list[str]:
        """Return the files that cost models were checked with, one for each platform."""
        return [self.files["validation"].format(platform=name) for name in self.validated]

    def table(self, name: str) -> str:
        """Return the file of another table."""
        return self.files["table"].format(name=name)

    def has(self, *platforms: str) -> bool:
        """Return whether the configuration runs on all of these platforms."""
        return {*platforms} <= {*self.chips}

    def said(self, by: str = " ", start: str = "", end: str = "", **texts: str) -> str:
        """Join the texts of those platforms that the configuration runs on.

        Args:
            by: put between texts.
            start, end: put around them, if there are any.
            texts: by platform.
        """
        own = by.join(text for name, text in texts.items() if self.has(name))
        return f"{start}{own}{end}" if own else ""

    @property
    def shapes(self) -> dict[str, Any]:
        """Settings by which each network is matched with one of the paper's, if there is one of its shape."""
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
