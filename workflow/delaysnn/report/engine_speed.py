"""How long a sample takes on the engine: cycles of its simulation, over the clock of the placed engine, if any."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from delaysnn.core.metrics import Cell, Metrics
from delaysnn.report.study import Study


@dataclass(frozen=True)
class Simulated:
    """A simulation of the engine.

    Attributes:
        cycles: of a sample, the mean over test samples.
        dataset: of these samples.
        queue_depth: events of a delay queue.
    """

    cycles: float
    dataset: str
    queue_depth: int


Cycles = Mapping[tuple[str, str], Simulated]


def simulated(study: Study, networks: Iterable[str] | None = None) -> list[str]:
    """Return files of the cycles that samples take, of these networks (all); none where none runs on the engine."""
    if not study.has("fpga"):
        return []
    names = [name for name in study.deployed_on["fpga"] if networks is None or name in networks]
    return study.metrics("engine", networks=names, seeds=study.seeds[:1])


def cycles_of(metrics: Iterable[Metrics]) -> Cycles:
    """Return what was simulated, by network and delay structure.

    Args:
        metrics: ``engine`` of :func:`delaysnn.platforms.fpga.simulate.compare`, one a network.
    """
    return {
        (each.network, row["structure"]): Simulated(row["cycles_mean"], each.dataset, row["queue_depth"])
        for each in metrics
        for row in each.details["engine"]
    }


def as_simulated(engine: Mapping[str, Any], simulation: Simulated) -> bool:
    """Say whether a placed engine is the simulated one, which has a lane a neuron: with queues as deep."""
    return bool(engine["lanes"] == engine["neurons"] and engine["queue_depth"] == simulation.queue_depth)


def speeds(
    metrics: Sequence[Metrics], engines: Iterable[Mapping[str, Any]], widths: Mapping[str, int]
) -> Iterator[Metrics]:
    """Yield ``cycles`` of every network and structure that was simulated, and ``latency`` where its engine was placed.

    Args:
        metrics: as :func:`cycles_of` takes them.
        engines: what :func:`delaysnn.platforms.fpga.place_engine.place_engine` returns, with ``network``, ``structure``
            and ``bits``.
        widths: bits of a weight, of each network as it is deployed; the clock is that of an engine that stores as many.
    """
    placed = {
        (engine["network"], engine["structure"]): engine
        for engine in engines
        if engine["bits"] == widths.get(engine["network"])
    }
    for each in metrics:
        cells = []
        for (network, structure), simulation in cycles_of([each]).items():
            row, engine = f"fpga_{structure}", placed.get((network, structure))
            cells.append(Cell(row, "cycles", "1", simulation.cycles, "simulated"))
            if engine and as_simulated(engine, simulation):
                latency_ms = simulation.cycles / engine["fmax"] * 1e-3
                cells.append(Cell(row, "latency", "ms", latency_ms, "simulated"))
        yield Metrics(each.network, each.seed, each.dataset, tuple(cells))
