"""Build the engine's Verilog with Verilator, and play samples through it."""

import subprocess
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from delaysnn.core.errors import InputError
from delaysnn.core.spike_trains import SpikeTrains
from delaysnn.platforms.fpga.images import Images
from delaysnn.queues.verilog.synthesis import queue_sources
from delaysnn.queues.verilog.verilate import verilate

# Cycles in which nothing is taken anywhere, after which a run counts as hung: more than a full queue takes.
PATIENCE = 1 << 20


@dataclass(frozen=True)
class Handshakes:
    """How samples are sent, and spikes received.

    Attributes:
        offered, ready: of 256 cycles, in how many a word is offered, and an output taken; drawn at random by ``seed``.
        one_by_one: whether a sample waits until the one before has come out.
        patience: cycles in which nothing is taken, after which the run ends.
    """

    offered: int = 256
    ready: int = 256
    seed: int = 1
    one_by_one: bool = False
    patience: int = PATIENCE


@dataclass(frozen=True)
class Played:
    """What the engine did.

    Attributes:
        layers: spikes of every layer.
        begin, end: int64 [samples]; the cycle of each sample's first word, and the one after its last.
        weight_reads: words of weights that each layer read, of all samples together.
        stalls: cycles in which an output waited.
    """

    layers: tuple[SpikeTrains, ...]
    begin: np.ndarray
    end: np.ndarray
    weight_reads: tuple[int, ...]
    stalls: int


def engine_sources(rtl: Path) -> list[Path]:
    """Return the Verilog of the engine in the folder ``workflow/rtl``."""
    return [*queue_sources(rtl), *sorted((rtl / "engine").glob("*.v"))]


def build(rtl: Path, images: Images, folder: Path) -> None:
    """Build a simulation of the engine that a network needs.

    Raises:
        InputError: a tool is missing, or refuses the sources.
    """
    build_top("engine", engine_sources(rtl), rtl, folder, images.design.parameters)


def build_top(
    name: str, sources: list[Path], rtl: Path, folder: Path, parameters: dict[str, int], optimise: str = "-O2"
) -> None:
    """Build a simulation of a top module with the ports of ``engine.v``; ``optimise`` is the compiler's option."""
    command = ["-MAKEFLAGS", "OPT_GLOBAL=-O0", "-MAKEFLAGS", "OPT_SLOW=-O0", "-MAKEFLAGS", f"OPT_FAST={optimise}"]
    command += [f"-G{key}={value}" for key, value in parameters.items()]
    verilate(name, [rtl / "engine/bench.cpp", *sources], command, folder)


def play(
    folder: Path, images: Images, spikes: SpikeTrains, how: Handshakes = Handshakes(), name: str = "engine", *more: str
) -> Played:
    """Play samples through the simulation in ``folder``.

    Args:
        folder: where :func:`build` built.
        images: the network.
        spikes: of the input channels.
        how: to send and receive.
        name: of the top module.
        more: arguments for the simulation.

    Raises:
        InputError: it hangs, an output changes while it waits, or a queue is too small.
    """
    stimulus, result = folder / "stimulus", folder / "run"
    _stimulus(images, spikes, how).tofile(stimulus)
    result.unlink(missing_ok=True)
    ran = subprocess.run([folder / name, stimulus, result, *more], capture_output=True, text=True, check=False)
    if not result.exists():
        raise InputError(f"The simulation of the engine fails: {(ran.stderr + ran.stdout)[-300:]}")
    words = np.fromfile(result, np.uint32).astype(np.int64)
    ended, kept, stalls, overflow, *reads, n_samples = words[:8].tolist()
    cycles, events = words[8 : 8 + 2 * n_samples].reshape(-1, 2), words[8 + 2 * n_samples :].reshape(-1, 4)
    network = images.network
    if overflow:
        raise InputError(
            f"Network {network.name}: a delay queue of {images.design.depth} events overflows. Give it more, with "
            "queue_depth in the file that hardware.fpga names, or else in config/hardware/fpga.yaml."
        )
    if not (ended and kept):
        what = "an output changes while it waits" if ended else "a time step does not end"
        raise InputError(f"Network {network.name}: in the engine {what}.")
    neurons = [len(layer.decay) for layer in network.layers]
    layers = tuple(
        _collect(events[events[:, 0] == layer, 1:], n_samples, network.n_steps, post)
        for layer, post in enumerate(neurons)
    )
    return Played(layers, cycles[:, 0], cycles[:, 1], tuple(reads), stalls)


def _stimulus(images: Images, spikes: SpikeTrains, how: Handshakes) -> np.ndarray:
    eot = 1 << max(1, int(images.design.n_input - 1).bit_length())
    # Spikes and ends of steps in one order: each end behind the spikes of its step.
    n_samples, n_steps = len(spikes), spikes.n_steps
    ends = np.full(n_samples * n_steps, eot, np.int64)
    places = spikes.samples * n_steps + spikes.steps
    order = np.argsort(np.concatenate([places, np.arange(len(ends))]), kind="stable")
    words = np.concatenate([spikes.neurons.astype(np.int64), ends])[order]
    counts = np.diff(spikes.offsets) + n_steps
    starts = np.concatenate([[0], np.cumsum(counts)[:-1]])
    words = np.insert(words, starts, counts)
    about = [len(images.loads), n_samples, n_steps, how.one_by_one, how.offered, how.ready, how.seed, how.patience]
    return np.concatenate([about, images.loads.ravel(), words]).astype(np.uint32)


def _collect(events: np.ndarray, n_samples: int, n_steps: int, n_neurons: int) -> SpikeTrains:
    """Return events, [event] of sample, step and neuron in the order in which they came, as spike trains."""
    samples, steps, neurons = events.T
    offsets = np.concatenate([[0], np.bincount(samples, minlength=n_samples).cumsum()])
    return SpikeTrains(offsets, steps.astype(np.uint16), neurons.astype(np.uint16), n_steps, n_neurons)


def count_differences(found: SpikeTrains, expected: SpikeTrains) -> int:
    """Return how many spikes are in one of two runs of a layer and not in the other."""
    both = []
    for spikes in (found, expected):
        places = (spikes.samples * spikes.n_steps + spikes.steps) * spikes.n_neurons + spikes.neurons
        both.append(places)
    # A spike that came twice differs from one that came once.
    doubled = len(both[0]) - len(np.unique(both[0]))
    return len(np.setxor1d(*both)) + doubled
