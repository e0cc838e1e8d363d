"""Successive halving: how long each round trains, who goes on to the next, who wins at each budget."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import mean

from delaysnn.core.metrics import Metrics
from delaysnn.frontier.budgets import QUANTITIES
from delaysnn.settings.training import Phases

# By the key of a quantity (:mod:`delaysnn.frontier.budgets`).
Budgets = Mapping[str, Sequence[float]]


@dataclass(frozen=True)
class Scored:
    """A candidate and how well it did.

    Attributes:
        name: the candidate's.
        memory_kb: its memory.
        accuracy: on validation samples, in percent; the mean over seeds.
        energy_uj: of an inference, the mean over seeds; None where that is not asked, or no chip runs it.
    """

    name: str
    memory_kb: float
    accuracy: float
    energy_uj: float | None = None

    def takes(self, key: str) -> float:
        """Return what it takes of what the budgets of this key are of: more than any where that is not known."""
        taken = getattr(self, QUANTITIES[key].taken)
        return math.inf if taken is None else taken

    def rank(self, key: str) -> tuple[float, float, str]:
        """Return less for a better one: more accurate, or else one that takes less."""
        return -self.accuracy, self.takes(key), self.name


def shorten(course: Phases, epochs: int, last: int) -> Phases:
    """Return how a network is trained in a round of ``epochs`` dense epochs, where the last round has ``last``.

    Phases after the dense one keep their length in proportion, at least one epoch.
    """

    def phase(name: str) -> dict:
        whole = getattr(course, name)
        return {name: whole.model_copy(update={"epochs": max(1, round(whole.epochs * epochs / last))})}

    dense = course.dense.model_copy(update={"epochs": epochs})
    return course.model_copy(update={"dense": dense, **phase("pruned"), **phase("quantised")})


def collect(metrics: Iterable[Metrics], energies: Iterable[Metrics] = ()) -> list[Scored]:
    """Return each candidate's mean over seeds, in the order in which they come.

    Args:
        metrics: accuracies, one of a candidate and seed.
        energies: of the same; without a cell where no chip runs the network.
    """
    found: dict[str, list[Metrics]] = {}
    for m in metrics:
        found.setdefault(m.network, []).append(m)
    taken: dict[str, list[float | None]] = {}
    for m in energies:
        taken.setdefault(m.network, []).append(m.cells[0].value if m.cells else None)
    return [
        Scored(name, own[0].details["memory_kb"], mean(m.cells[0].value for m in own), _mean(taken.get(name, [])))
        for name, own in found.items()
    ]


def _mean(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return mean(known) if known and len(known) == len(values) else None


def choose(scored: Sequence[Scored], budgets: Budgets, share: float) -> list[str]:
    """Return the names of those that go on: a share, rounded up, of each budget's own, whom no larger one displaces.

    Whoever goes on by one quantity's budgets need not by the other's.

    Args:
        scored: of this round.
        budgets: by the key of their quantity, increasing. A candidate belongs to the smallest that it fits, and to
            none where it fits none.
        share: above 0 and below 1.
    """
    going = []
    for key, limits in budgets.items():
        for below, budget in zip([0.0, *limits], limits, strict=False):
            own = sorted(each.rank(key) for each in scored if below < each.takes(key) <= budget)
            # Not 4 of 30 where the share is 0.1, which no float is.
            going += [name for *_, name in own[: math.ceil(share * len(own) - 1e-9)]]
    return list(dict.fromkeys(going))


def winners(scored: Sequence[Scored], budgets: Budgets) -> dict[str, dict[str, str | None]]:
    """Return the name of the best candidate within each budget, those of smaller budgets included.

    Returns:
        By the key of the quantity and the budget as text; None where no candidate is within it.
    """
    return {key: {f"{budget:g}": _winner(scored, key, budget) for budget in own} for key, own in budgets.items()}


def _winner(scored: Sequence[Scored], key: str, budget: float) -> str | None:
    within = [each for each in scored if each.takes(key) <= budget]
    return min(within, key=lambda each: each.rank(key)).name if within else None
