"""How long a sample takes on the engine: cycles of its simulation, over the clock of the placed engine, if any."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from delaysnn.core.metrics import Cell, Metrics
from delaysnn.report.study import Study

Cycles = Mapping[tuple[str, str], tuple[float, str]]


def simulated(study: Study, networks: Iterable[str] | None = None) -> list[str]:
    """Return files of the cycles that samples take, of these networks (all); none where none runs on the engine."""
    if not study.has("fpga"):
        return []
    names = [name for name in study.deployed_on["fpga"] if networks is None or name in networks]
    return study.metrics("engine", networks=names, seeds=study.seeds[:1])


def cycles_of(metrics: Iterable[Metrics]) -> Cycles:
    """Return cycles a sample, the mean over test samples, and the data set, by network and delay structure.

    Args:
        metrics: ``engine`` of :func:`delaysnn.platforms.fpga.simulate.compare`, one a network.
    """
    return {
        (each.network, row["structure"]): (row["cycles_mean"], each.dataset)
        for each in metrics
        for row in each.details["engine"]
    }


def as_simulated(engine: Mapping[str, Any]) -> bool:
    """Say whether a placed engine takes as many cycles as the simulated one, which has a lane a neuron."""
    return bool(engine["lanes"] == engine["neurons"])


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
    clocks = {
        (engine["network"], engine["structure"]): engine["fmax"]
        for engine in engines
        if as_simulated(engine) and engine["bits"] == widths.get(engine["network"])
    }
    for each in metrics:
        cells = []
        for (network, structure), (cycles, _) in cycles_of([each]).items():
            row = f"fpga_{structure}"
            cells.append(Cell(row, "cycles", "1", cycles, "simulated"))
            if (network, structure) in clocks:
                latency_ms = cycles / clocks[network, structure] * 1e-3
                cells.append(Cell(row, "latency", "ms", latency_ms, "simulated"))
        yield Metrics(each.network, each.seed, each.dataset, tuple(cells))
