"""What a platform is to the rest of the house."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Setup:
    """One way to run a network on a platform: a row of its own in tables of estimates.

    Attributes:
        name: in the column ``platform`` of tables and metrics.
        label: as readers see it.
        colour: in figures, as #rrggbb.
        tables: tables of estimates that it stands in.
    """

    name: str
    label: str
    colour: str
    tables: tuple[str, ...] = ("energy",)


@dataclass(frozen=True)
class Platform:
    """What runs networks.

    Attributes:
        name: the folder's name, in every path, table and configuration.
        label: as readers see it.
        colour: in figures, as #rrggbb.
        setups: in which ways it runs networks, where costs are estimated for it.
        labels: of further names that its metrics have in the column ``platform``.
    """

    name: str
    label: str
    colour: str
    setups: tuple[Setup, ...] = ()
    labels: tuple[tuple[str, str], ...] = ()
