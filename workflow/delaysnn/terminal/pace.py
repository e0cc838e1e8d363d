"""How long a run still takes, estimated from the steps that are done."""

from collections import Counter
from collections.abc import Mapping

from delaysnn.terminal.words import step_of

# So many of the seconds in STEPS must be done before a time is shown.
_ENOUGH_S = 10.0


class Pace:
    """Steps to do, running and done; times in seconds.

    Args:
        counts: steps to do, by rule.
    """

    def __init__(self, counts: Mapping[str, int]):
        self.to_do = Counter(counts)
        self.total = sum(counts.values())
        self.done: Counter[str] = Counter()
        self._took: dict[str, float] = {}
        self._at_work: dict[object, tuple[str, float]] = {}
        self._begun: float | None = None

    def start(self, job: object, rule: str, now: float) -> int:
        """Note that a step begins; return which of its rule's it is, from 1."""
        self._begun = now if self._begun is None else self._begun
        self._at_work[job] = (rule, now)
        return self.done[rule] + sum(name == rule for name, _ in self._at_work.values())

    def finish(self, job: object, now: float) -> None:
        """Note that a step is done; one that never began is ignored."""
        if job in self._at_work:
            rule, begun = self._at_work.pop(job)
            self.done[rule] += 1
            self._took[rule] = self._took.get(rule, 0.0) + now - begun

    def at_work(self, now: float) -> list[tuple[object, float]]:
        """Return the running jobs and for how many seconds each has run, the longest first."""
        return sorted(((job, now - begun) for job, (_, begun) in self._at_work.items()), key=lambda each: -each[1])

    def left(self, now: float) -> float | None:
        """Return how many seconds are left, None while that cannot be known.

        A rule that was done before takes its mean time. Any other takes its seconds in ``STEPS`` times a factor: how
        much slower than in ``STEPS`` the steps so far were. Steps that train have a factor of their own, since their
        time grows with the data and the epochs.
        """
        speeds = {trains: self._speed(trains) for trains in (True, False)}
        expected = {}
        for rule in self.to_do:
            if self.done[rule]:
                expected[rule] = self._took[rule] / self.done[rule]
            elif self.to_do[rule] > self.done[rule]:
                speed = speeds[step_of(rule).trains]
                if speed is None:
                    return None
                expected[rule] = speed * step_of(rule).seconds
        rest = [max(0.0, expected.get(rule, 0) - (now - begun)) for rule, begun in self._at_work.values()]
        waiting = Counter(self.to_do) - self.done - Counter(rule for rule, _ in self._at_work.values())
        work = sum(rest) + sum(expected[rule] * count for rule, count in waiting.items())
        # As many steps run at once as so far, on average.
        spent = sum(self._took.values()) + sum(now - begun for _, begun in self._at_work.values())
        beside = max(1.0, spent / max(now - (now if self._begun is None else self._begun), 1e-9))
        return max([work / beside, *rest])

    def _speed(self, trains: bool) -> float | None:
        known = [rule for rule in self.done if step_of(rule).trains == trains]
        typical = sum(self.done[rule] * step_of(rule).seconds for rule in known)
        return sum(self._took[rule] for rule in known) / typical if typical >= _ENOUGH_S else None


def expect(counts: Mapping[str, int], size: float, cores: int) -> float:
    """Estimate how many seconds a run takes.

    Args:
        counts: steps to do, by rule.
        size: time that training takes, as a multiple of that with config/quick.yaml.
        cores: to run on.
    """
    work = sum(count * step_of(rule).seconds * (size if step_of(rule).trains else 1) for rule, count in counts.items())
    return work / cores
