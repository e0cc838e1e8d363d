"""Spikes of deployed networks, played through the delay queue's Verilog and through its gates."""

import logging
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from delaysnn.core.errors import InputError
from delaysnn.core.network import Network
from delaysnn.core.spike_trains import SpikeTrains
from delaysnn.core.traces import Traces
from delaysnn.queues.delays import Queued, queued, useful_delays
from delaysnn.queues.verilog.cycles import no_gaps, trace_scdq
from delaysnn.queues.verilog.rtl import build, count_differences, missing_tools, run
from delaysnn.queues.verilog.stimulus import Stimulus
from delaysnn.queues.verilog.synthesis import MEMORY, queue_sources, synthesise, write_cell_models

_log = logging.getLogger(__name__)


def replay(
    deployed: Sequence[tuple[Network, Traces]], inputs: SpikeTrains, rtl: Path, depth: int, samples: int
) -> list[dict[str, Any]]:
    """Compare RTL and gates with the simulator on real spikes: deliveries in their order, and cycles of every step.

    One simulation of either serves all networks, since WVU is loaded. The gates are the controllers' and the filter's;
    their queues' words lie in the RTL's memory, where a chip has SRAM.

    Args:
        deployed: networks and their spikes.
        inputs: spikes of the input channels, the same for all.
        rtl: folder of the Verilog and its bench.
        depth: events that each queue can hold.
        samples: how many of the first samples to play.

    Returns:
        For each network ``equality`` (comparison, samples, spikes, differences; the spikes are deliveries) and
        ``queues`` (between, cycles_mean a sample). On a machine without compiler ``equality`` is empty, and
        ``skipped`` says why.

    Raises:
        InputError: something differs; or a compiler is missing where the environment variable CI demands one.
    """
    if (missing := missing_tools()) and not os.environ.get("CI"):
        _log.warning("%s", missing)
        return [{"equality": [], "skipped": missing} for _ in deployed]
    waiting = [queued(network, inputs, traces.layers) for network, traces in deployed]
    stimuli = [[_stimulus(each, samples) for each in own] for own in waiting]
    axons = max(played.useful.shape[0] for each in stimuli for played in each)
    # The counter of a design has one bit or more.
    levels = max(2, *(played.useful.shape[1] for each in stimuli for played in each))
    sizes = {"ADDRESS_BITS": max(int(axons - 1).bit_length(), 1), "AXONS": axons, "LEVELS": levels, "DEPTH": depth}
    with tempfile.TemporaryDirectory() as folder:
        rtl_folder, gates_folder = Path(folder) / "rtl", Path(folder) / "gates"
        gates_folder.mkdir()
        netlist, cells = gates_folder / "netlist.v", gates_folder / "cells.v"
        build("scdq", queue_sources(rtl), rtl_folder, sizes)
        synthesise("scdq", queue_sources(rtl), sizes, [rtl / MEMORY], netlist)
        write_cell_models(cells)
        build("scdq", [netlist, cells, rtl / "clock_gate.v", rtl / MEMORY], gates_folder)
        folders = {"scdq_rtl": rtl_folder, "scdq_gates": gates_folder}
        return [
            _compare(network, own, [_widen(played, levels) for played in each], folders, rtl / "bench.py", depth)
            for (network, _), own, each in zip(deployed, waiting, stimuli, strict=True)
        ]


def _stimulus(waiting: Queued, samples: int) -> Stimulus:
    played = waiting.spikes.select(np.arange(min(samples, len(waiting.spikes))))
    return Stimulus(useful_delays(waiting.layer), played, no_gaps(played), np.ones(1, bool))


def _widen(stimulus: Stimulus, levels: int) -> Stimulus:
    """Give WVU as many delays as the design has."""
    more = levels - stimulus.useful.shape[1]
    return Stimulus(np.pad(stimulus.useful, ((0, 0), (0, more))), stimulus.spikes, stimulus.gaps, stimulus.ready)


def _compare(
    network: Network,
    waiting: Sequence[Queued],
    stimuli: Sequence[Stimulus],
    folders: dict[str, Path],
    bench: Path,
    depth: int,
) -> dict:
    expected = [trace_scdq(played.spikes, played.useful, depth, played.gaps) for played in stimuli]
    equality = []
    for comparison, folder in folders.items():
        pairs = zip(stimuli, expected, strict=True)
        differences = sum(count_differences(run("scdq", folder, played, bench), trace) for played, trace in pairs)
        if differences:
            raise InputError(f"Network {network.name}: {comparison} and the simulator differ {differences} times.")
        deliveries = sum(len(trace.deliveries) for trace in expected)
        samples = len(stimuli[0].spikes)
        _log.info("network %s, %s: %d deliveries alike", network.name, comparison, deliveries)
        entry = {"comparison": comparison, "samples": samples, "spikes": deliveries, "differences": differences}
        equality.append(entry)
    queues = [
        {"between": each.between, "cycles_mean": float(trace.cycles.sum(axis=1).mean())}
        for each, trace in zip(waiting, expected, strict=True)
    ]
    return {"equality": equality, "queues": queues}
