"""What the benchmarks share: medians of times, and contenders that run in a process of their own."""

import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any


def medians(
    work: Callable[[], object],
    rounds: int,
    clocks: Sequence[Callable[[], float]] = (time.perf_counter, time.process_time),
    warm_up: int = 0,
) -> list[float]:
    """Return what ``work`` takes by each clock, the median of some rounds behind those that warm up."""
    taken = []
    for _ in range(warm_up + rounds):
        before = [clock() for clock in clocks]
        work()
        taken.append([clock() - start for clock, start in zip(clocks, before, strict=True)])
    return [statistics.median(column) for column in zip(*taken[warm_up:], strict=True)]


def seconds(work: Callable[[], object], rounds: int) -> float:
    """Return the median of the seconds that ``work`` takes."""
    return medians(work, rounds)[0]


def run_apart(script: str, *arguments: object, python: str | Path = sys.executable) -> Any:
    """Run a script in a process of its own and return the JSON that it prints last."""
    command = [python, script, *map(str, arguments)]
    return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.splitlines()[-1])
