"""Section ``frontier``: which network is most accurate at a given memory, and how it is searched for."""

from typing import Annotated, Any

from pydantic import BeforeValidator, Discriminator, Field, Tag, create_model

from delaysnn.platforms import registered as platforms
from delaysnn.platforms.protocol import Priced
from delaysnn.settings.networks import KeptLevels, Network
from delaysnn.settings.section import Bits, Count, Distinct, Increasing, OneOf, Section, Seeds, Unit, refuse_alike

_Kilobytes = Annotated[float, Field(gt=0), Unit("kB")]
_Microjoules = Annotated[float, Field(gt=0), Unit("uJ")]
_PRICED = tuple(name for name, platform in platforms().items() if isinstance(platform, Priced))
_Widths = Annotated[
    Annotated[Bits, Tag("int")] | Annotated[list[Bits], Field(min_length=1), Tag("list")],
    Discriminator(lambda value: "list" if isinstance(value, list) else "int"),
]


def _values_of(annotation: Any, said: list[Any]) -> Any:
    """Return the type of a list of values that a key of this type may have."""
    item = Annotated[(annotation, *said, BeforeValidator(lambda value: refuse_alike(annotation, value)))]
    return Annotated[list[item], Field(min_length=1), Distinct]


def _keys() -> dict[str, Any]:
    """Return a key for each of a network's, of its delays', and for the width of weights.

    What a network may leave out may be left out here, too.
    """
    found: dict[str, Any] = {}
    for section, model in (("networks.<name>", Network), ("delays", KeptLevels)):
        for name, key in model.model_fields.items():
            values, meaning = _values_of(key.annotation, list(key.metadata)), f"values of `{section}.{name}`"
            if key.is_required():
                found[name] = (values, Field(description=meaning))
            else:
                found[name] = (values, Field([key.default], description=f"{meaning}; may be left out"))
    meaning = (
        "widths of weights, sign included. A list has one width for each layer, such as `[8, 4, 4]`, and goes with "
        "networks of as many layers, the output layer included"
    )
    return found | {"bits": (_values_of(_Widths, []), Field(description=meaning))}


_Keys: Any = create_model("_Keys", __base__=Section, **_keys())


class Space(_Keys):
    """Values of any key that a network has, so that a new key is searched over without a word here."""


class Frontier(Section):
    budgets_kb: Annotated[list[_Kilobytes], Field(min_length=1), Increasing]
    """budgets of memory, in kB of 1000 bytes, for which the most accurate network is searched. Networks larger than the
    last are not tried"""
    budgets_uj: Annotated[list[_Microjoules], Field(min_length=1), Increasing] | None = None
    """budgets of energy of an inference, as `energy_platform` counts it; may be left out"""
    energy_platform: Annotated[str, OneOf(_PRICED, "a platform that has costs")] | None = None
    """chip whose *counted* estimate, on the validation samples, is compared with `budgets_uj`; may be left out without
    these. Networks that it does not run win no such budget"""
    candidates: Count
    """number of networks that are drawn from `space`, without repetition and evenly over the logarithm of their
    memory"""
    rungs: Annotated[list[Count], Field(min_length=1), Increasing]
    """epochs of `training.dense` in each round. After a round, networks with low validation accuracy are left out. The
    later phases of `training` are shortened in proportion. In the last round they have their full length"""
    share: Annotated[float, Field(gt=0, lt=1)]
    """share of the networks of each budget that go on to the next round, at least one"""
    seeds: Seeds
    """seeds of training in the last round; the mean over them chooses the winners. The first seed also draws the
    networks and trains the rounds before"""
    space: Space
    """lists of values; every combination is a network. Combinations that make no sense are not drawn (more kept levels
    than there are, random delays that are pruned, ...). Combinations that differ only in a key without effect count as
    one (delays of a network without, `keep` where nothing is pruned)"""

    @property
    def rounds(self) -> list[int]:
        """The rounds of the search, counted from 1."""
        return [number for number, _ in enumerate(self.rungs, start=1)]

    @property
    def budgets(self) -> dict[str, list[float]]:
        """Budgets of each quantity that has any, by their key (:mod:`delaysnn.frontier.budgets`)."""
        return {"budgets_kb": self.budgets_kb} | ({"budgets_uj": self.budgets_uj} if self.budgets_uj else {})
