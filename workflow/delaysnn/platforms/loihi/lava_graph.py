"""A network run by Lava: in batches through synapses of our own, or sample by sample through Lava's stock processes."""

import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from lava.magma.core.process.ports.ports import OutPort
from lava.magma.core.process.process import AbstractProcess
from lava.magma.core.run_conditions import RunSteps
from lava.proc.dense.process import DelayDense
from lava.proc.lif.process import LIF
from lava.utils.weightutils import SignMode

from delaysnn.core.readout import SPIKES
from delaysnn.platforms.loihi.hardware import SIMULATION, Platform
from delaysnn.platforms.loihi.integer_network import (
    BIAS_EXPONENT,
    BIAS_MANTISSA,
    IntegerLayer,
    IntegerNetwork,
    current_decays,
)
from delaysnn.platforms.loihi.processes.late import LateLIF
from delaysnn.platforms.loihi.processes.layers import MultiDelayDense, PotentialSink, SpikeFile, SpikeSink
from delaysnn.platforms.loihi.shared_memory import SLOTS
from delaysnn.platforms.loihi.stock_parts import in_parts

# Our own synapses have a model for the CPU only.
BATCHED_ON = Platform(SIMULATION, "batches are simulated everywhere")


class Population(NamedTuple):
    """Some neurons of a layer and the port that sends their spikes."""

    neurons: np.ndarray
    s_out: OutPort


def plain_neurons(layer: IntegerLayer, batch: int, late: int) -> AbstractProcess:
    """Return a layer's neurons for a batch: Lava's LIF, whose biases act after ``late`` steps."""
    neurons = np.arange(layer.weights.shape[2])
    values = _values(layer, neurons)
    if layer.bias is None:
        return LIF(shape=(batch, len(neurons)), **values)
    return LateLIF(shape=(batch, len(neurons)), late=late, bias_mant=bias_parts(layer.bias)[0], **values)


def run_batched(
    network: IntegerNetwork,
    spikes: np.ndarray,
    neurons_of: Callable[[IntegerLayer, int, int], AbstractProcess] = plain_neurons,
) -> list[np.ndarray]:
    """Run a batch, spikes uint8 [time, batch, neuron]; return every layer's spikes in that axis order.

    Of a last layer whose membranes decide, its potentials are returned in their place, int32.

    ``neurons_of`` makes the process of a layer's neurons of a batch, which has the ports ``a_in`` and ``s_out`` and,
    where its membranes decide, the variable ``v``. It is told in how many steps nothing can arrive yet.
    """

    def connect(sources: Sequence[Population], layer: IntegerLayer, late: int) -> list[Population]:
        batch, n_post = spikes.shape[1], layer.weights.shape[2]
        neurons = neurons_of(layer, batch, late)
        # Synapses take a step themselves, so what returns after one step is not delayed.
        returning = [delay - 1 for delay in layer.recurrent_delays]
        delays, sent = (layer.delay_levels, returning), (sources[0].s_out, neurons.s_out)
        for weights, levels, s_out in zip(layer.arriving, delays, sent, strict=False):
            synapses = MultiDelayDense(weights.astype(np.int32), np.array(levels), batch)
            s_out.connect(synapses.s_in)
            synapses.a_out.connect(neurons.a_in)
        return [Population(np.arange(n_post), neurons.s_out)]

    return _run(network, spikes, connect, BATCHED_ON)


def run_stock(network: IntegerNetwork, spikes: np.ndarray, platform: Platform, split: bool) -> list[np.ndarray]:
    """Run one sample, spikes uint8 [time, neuron], through Lava's own DelayDense, one a delay level, and LIF.

    Lava's CPU model of LIF takes decays and a threshold a neuron, though a population is documented to have one of
    each; with ``split`` neurons that differ in any are populations of their own. The host sets the biases of a layer
    when the first input reaches it. What would take too much memory at once is simulated in parts
    (:mod:`delaysnn.platforms.loihi.stock_parts`).
    """

    def connect(sources: Sequence[Population], layer: IntegerLayer, late: int) -> list[Population]:
        return connect_stock(sources, layer, split)

    parts = None if platform.on_chip else in_parts(network)
    if parts is None:
        return _run(network, spikes, connect, platform, set_biases=True)
    found = []
    for layer in parts:
        ran = [_run(part, spikes, connect, platform, set_biases=True)[0] for part in layer]
        spikes = np.concatenate(ran, axis=-1)
        found.append(spikes)
    return found


def connect_stock(sources: Sequence[Population], layer: IntegerLayer, split: bool) -> list[Population]:
    """Append a layer of stock processes to the populations before it; return its own populations."""
    populations = []
    for neurons in alike(layer) if split else [np.arange(layer.weights.shape[2])]:
        lif = LIF(shape=neurons.shape, **_values(layer, neurons))
        _connect(sources, layer.weights, layer.delay_levels, lif, neurons)
        populations.append(Population(neurons, lif.s_out))
    if layer.recurrent is not None:
        for neurons, s_out in populations:
            _connect(
                populations, layer.recurrent, [each - 1 for each in layer.recurrent_delays], s_out.process, neurons
            )
    return populations


def _connect(
    sources: Sequence[Population], weights: np.ndarray, delays: Sequence[int], lif: LIF, neurons: np.ndarray
) -> None:
    """Connect sources to neurons, by one DelayDense for each delay with a synapse; weights are [delay, pre, post]."""
    for each, delay in zip(weights, delays, strict=True):
        for source in sources:
            part = each[np.ix_(source.neurons, neurons)].T.astype(np.int32)
            # Lava runs only what is connected, neurons without a synapse too.
            if part.any() or not lif.a_in.get_src_ports():
                dense = DelayDense(weights=part, delays=int(delay), num_weight_bits=8, sign_mode=SignMode.MIXED)
                source.s_out.connect(dense.s_in)
                dense.a_out.connect(lif.a_in)


def alike(layer: IntegerLayer) -> list[np.ndarray]:
    """Return the layer's neurons in groups that share threshold and decays, of the potential and of the current."""
    values = np.stack([layer.decay, layer.threshold, current_decays(layer)])
    kinds, kind = np.unique(values, axis=1, return_inverse=True)
    return [np.flatnonzero(kind.ravel() == index) for index in range(kinds.shape[1])]


def bias_parts(bias: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return mantissas and exponents of a layer's biases, int32 [post] each."""
    exponents = sum((np.abs(bias) > BIAS_MANTISSA << each).astype(np.int32) for each in range(BIAS_EXPONENT))
    return bias >> exponents, exponents


def _values(layer: IntegerLayer, neurons: np.ndarray) -> dict[str, int | np.ndarray]:
    """Return what Lava's LIF takes of a layer's neurons, all but the mantissas of their biases."""
    # Lava adds 1 to du: 4095 leaves the current no memory.
    values = {"du": current_decays(layer) - 1, "dv": layer.decay, "vth": layer.threshold}
    if layer.bias is not None:
        values["bias_exp"] = bias_parts(layer.bias)[1]
    return {name: _one(each[neurons]) for name, each in values.items()}


def _one(values: np.ndarray) -> int | np.ndarray:
    """Return the value that all share, as LIF is documented to take it, or all of them."""
    return int(values[0]) if (values == values[0]).all() else values


def _run(
    network: IntegerNetwork, spikes: np.ndarray, connect: Callable, platform: Platform, set_biases: bool = False
) -> list[np.ndarray]:
    n_steps = len(spikes)
    # Each layer shows a spike one step after it was caused.
    lasting = n_steps + len(network.layers)
    with tempfile.TemporaryDirectory() as folder:
        source_file = Path(folder) / "input.npy"
        np.save(source_file, spikes)
        source = SpikeFile(str(source_file), spikes.shape[1:])
        entry = _to_chip(source.s_out) if platform.on_chip else source.s_out
        populations = [Population(np.arange(spikes.shape[-1]), entry)]
        written: list[tuple[list[Path], np.ndarray]] = []
        biased: list[tuple[int, LIF, np.ndarray]] = []
        for late, layer in enumerate(network.layers, start=1):
            populations = connect(populations, layer, late)
            files = [Path(folder) / f"{late}_{index}.npy" for index in range(len(populations))]
            by_membranes = late == len(network.layers) and network.readout != SPIKES
            for file, population in zip(files, populations, strict=True):
                if by_membranes:
                    reader = PotentialSink(str(file), population.s_out.shape, lasting)
                    reader.potentials.connect_var(population.s_out.process.v)
                else:
                    sink = SpikeSink(str(file), population.s_out.shape, lasting)
                    (_from_chip(population.s_out) if platform.on_chip else population.s_out).connect(sink.a_in)
                if set_biases and layer.bias is not None:
                    mantissas = bias_parts(layer.bias)[0][population.neurons]
                    biased.append((late, population.s_out.process, mantissas))
            order = np.argsort(np.concatenate([population.neurons for population in populations]))
            written.append((files, order))

        def run(steps: int) -> None:
            source.run(
                condition=RunSteps(num_steps=steps),
                run_cfg=platform.run_config(),
                compile_config={} if platform.on_chip else {"pypy_channel_size": SLOTS},
            )

        try:
            done = 0
            for late, lif, mantissas in biased:
                if late > done:
                    run(late - done)
                    done = late
                lif.bias_mant.set(mantissas)
            run(lasting - done)
        finally:
            source.stop()
        return [
            np.concatenate([np.load(file) for file in files], axis=-1)[index : index + n_steps][..., order]
            for index, (files, order) in enumerate(written, start=1)
        ]


def _to_chip(s_out: OutPort) -> OutPort:
    # Only Lava's extension for Loihi holds these adapters.
    from lava.proc.embedded_io.spike import PyToNxAdapter

    adapter = PyToNxAdapter(shape=s_out.shape)
    s_out.connect(adapter.inp)
    return adapter.out


def _from_chip(s_out: OutPort) -> OutPort:
    from lava.proc.embedded_io.spike import NxToPyAdapter

    adapter = NxToPyAdapter(shape=s_out.shape)
    s_out.connect(adapter.inp)
    return adapter.out
