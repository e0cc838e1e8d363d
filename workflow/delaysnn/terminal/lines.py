"""The lines of a run: one as each longer step begins, one after a long silence, and those at start and end."""

import sys
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from typing import TextIO

from delaysnn.terminal.pace import Pace
from delaysnn.terminal.words import matters, name_step, span, step_of

# After so long without a line, one says what runs.
SILENCE_S = 40.0
_LOOK_S = 2.0


class Lines:
    """Write what happens to a stream.

    Args:
        stream: a terminal or a file.
        clock: seconds that only grow.
    """

    def __init__(self, stream: TextIO | None = None, clock: Callable[[], float] = time.monotonic):
        self._stream, self._clock = stream or sys.stderr, clock
        self._pace = Pace({})
        self._names: dict[object, str] = {}
        self._said = clock()
        self._lock = threading.RLock()
        self._ended = threading.Event()
        self._watch: threading.Thread | None = None

    def begin(self, counts: Mapping[str, int]) -> None:
        """Note which steps a run has, by rule."""
        with self._lock:
            self._pace = Pace(counts)
        if self._watch is None:
            self._watch = threading.Thread(target=self._look, daemon=True)
            self._watch.start()

    def start(self, job: object, rule: str, wildcards: Mapping[str, str], outputs: Iterable[str] = ()) -> None:
        """Note that a step begins, and write a line if it has one of its own.

        Args:
            job: what tells the step from others.
            rule: of the step.
            wildcards: of the step, by key.
            outputs: files that the step makes.
        """
        with self._lock:
            place = self._pace.start(job, rule, self._clock())
            self._names[job] = name_step(rule, wildcards, outputs)
            if matters(rule):
                of = self._pace.to_do[rule]
                self.say(f"{self._names[job]}{f' ({place} of {of})' if of > 1 else ''}; {self._total()}")

    def finish(self, job: object) -> None:
        """Note that a step is done."""
        with self._lock:
            self._pace.finish(job, self._clock())

    def beat(self) -> None:
        """Write which steps run, if no line was written for long."""
        with self._lock:
            now = self._clock()
            at_work = self._pace.at_work(now)
            if not at_work or now - self._said < SILENCE_S:
                return
            names = [f"{self._names[job]}, for {span(since)}" for job, since in at_work[:2]]
            more = f", and {len(at_work) - 2} more" if len(at_work) > 2 else ""
            self.say(f"running: {'; '.join(names)}{more}; {self._total()}")

    def say(self, text: str, plain: bool = False) -> None:
        """Write a line with the time of day, or as it is."""
        with self._lock:
            self._said = self._clock()
            self._stream.write(f"{text}\n" if plain else f"{time.strftime('%H:%M:%S')} {text}\n")
            self._stream.flush()

    def end(self) -> None:
        """Stop watching."""
        self._ended.set()

    def _total(self) -> str:
        left = self._pace.left(self._clock())
        done = f"{sum(self._pace.done.values())} of {self._pace.total} steps done"
        return done if left is None else f"{done}, about {span(left)} left"

    def _look(self) -> None:
        while not self._ended.wait(_LOOK_S):
            self.beat()


def tell_start(
    dataset: str, networks: int, seeds: int, counts: Mapping[str, int], seconds: float | None, cores: int | None
) -> str:
    """Return a run's first line: its data, its steps, and how long they take.

    Args:
        dataset: name of the data set.
        networks: that the configuration has.
        seeds: of each network.
        counts: steps to do, by rule.
        seconds: that the run takes, None if that is not known.
        cores: to run on, None if that is not known.
    """
    trained = sum(count for rule, count in counts.items() if step_of(rule).words == "training")
    whose = f" {networks} network{'s' * (networks > 1)}, {seeds} seed{'s' * (seeds > 1)} each:" if trained else ""
    total = sum(counts.values())
    what = [f"{total} step{'s' * (total > 1)}", f"{trained} of them for training" if trained else ""]
    long = "the time left is shown once the first network is trained" if trained else ""
    if seconds is not None:
        long = f"about {span(seconds)}" + (f" on {cores} core{'s' * (cores > 1)}" if cores else "")
    said = ", ".join(filter(None, [*what, long]))
    return f"Data: {dataset.replace('_', ' ')}.{whose} {said}. Logs of all steps are in logs/."


def tell_other(dataset: str, before: str) -> str:
    """Return a line that warns of results of another data set, which the run replaces."""
    return (
        f"results/ holds tables, figures and a report of {before.replace('_', ' ')}. This run replaces them with those "
        f"of {dataset.replace('_', ' ')}: copy them first if you need them. Trained networks of both are kept."
    )


def tell_end(report: str, answers: Mapping[str, str], seconds: float, dataset: str) -> str:
    """Return a run's last lines: where the report is, its answers in short, and what to do next."""
    lines = [f"Done after {span(seconds)}. Open {report}. Answers in short:", ""]
    for question, short in answers.items():
        lines += [f"  {question}", f"    {short}"]
    lines += ["", "Next:"]
    if dataset != "shd":
        lines.append(
            "  make paper                  the same on SHD, the data of the paper: downloads 160 MB, takes hours"
        )
    lines += [
        "  docs/own-network.md         your own network, trained by another tool",
        "  docs/own-data.md            your own events or recordings",
        "  make archive                code, tables, figures and report in one file, to publish",
    ]
    return "\n".join(lines)
