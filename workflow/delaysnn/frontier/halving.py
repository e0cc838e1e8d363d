"""Successive halving: how long each round trains, who goes on to the next, who wins at each budget."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import mean

from delaysnn.core.metrics import Metrics
from delaysnn.settings.training import Course


@dataclass(frozen=True)
class Scored:
    """A candidate and how well it did.

    Attributes:
        name: the candidate's.
        memory_kb: its memory.
        accuracy: on validation samples, in percent; the mean over seeds.
    """

    name: str
    memory_kb: float
    accuracy: float

    @property
    def rank(self) -> tuple[float, float, str]:
        """Less for a better one: more accurate, or else smaller."""
        return -self.accuracy, self.memory_kb, self.name


def shorten(course: Course, epochs: int, last: int) -> Course:
    """Return how a network is trained in a round of ``epochs`` dense epochs, where the last round has ``last``.

    Phases after the dense one keep their length in proportion, at least one epoch.
    """

    def phase(name: str) -> dict:
        whole = getattr(course, name)
        return {name: whole.model_copy(update={"epochs": max(1, round(whole.epochs * epochs / last))})}

    dense = course.dense.model_copy(update={"epochs": epochs})
    return course.model_copy(update={"dense": dense, **phase("pruned"), **phase("quantised")})


def collect(metrics: Iterable[Metrics]) -> list[Scored]:
    """Return each candidate's mean over seeds, in the order in which they come."""
    found: dict[str, list[Metrics]] = {}
    for m in metrics:
        found.setdefault(m.network, []).append(m)
    return [
        Scored(name, own[0].details["memory_kb"], mean(m.cells[0].value for m in own)) for name, own in found.items()
    ]


def choose(scored: Sequence[Scored], budgets_kb: Sequence[float], share: float) -> list[str]:
    """Return the names of those that go on: a share, rounded up, of each budget's own, whom no larger one displaces.

    Args:
        scored: none of more memory than the largest budget.
        budgets_kb: increasing. A candidate belongs to the smallest that it fits.
        share: above 0 and below 1.
    """
    going = []
    for below, budget in zip([0.0, *budgets_kb], budgets_kb, strict=False):
        own = sorted((each for each in scored if below < each.memory_kb <= budget), key=lambda each: each.rank)
        # Not 4 of 30 where the share is 0.1, which no float is.
        going += [each.name for each in own[: math.ceil(share * len(own) - 1e-9)]]
    return going


def winners(scored: Sequence[Scored], budgets_kb: Sequence[float]) -> list[str]:
    """Return the name of the best candidate within each budget, those of smaller budgets included."""
    return [
        min((each for each in scored if each.memory_kb <= budget), key=lambda each: each.rank).name
        for budget in budgets_kb
    ]
