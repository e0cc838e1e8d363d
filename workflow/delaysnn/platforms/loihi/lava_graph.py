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

from delaysnn.platforms.loihi.hardware import SIMULATION, Platform
from delaysnn.platforms.loihi.integer_network import IntegerLayer, IntegerNetwork, current_decays
from delaysnn.platforms.loihi.processes.layers import MultiDelayDense, SpikeFile, SpikeSink
from delaysnn.platforms.loihi.shared_memory import SLOTS

# Our own synapses have a model for the CPU only.
BATCHED_ON = Platform(SIMULATION, "batches are simulated everywhere")


class Population(NamedTuple):
    """Some neurons of a layer and the port that sends their spikes."""

    neurons: np.ndarray
    s_out: OutPort


def plain_neurons(layer: IntegerLayer, batch: int) -> AbstractProcess:
    """Return a layer's neurons for a batch: Lava's LIF."""
    return _neurons((batch, layer.weights.shape[2]), layer, np.arange(layer.weights.shape[2]))


def run_batched(
    network: IntegerNetwork,
    spikes: np.ndarray,
    neurons_of: Callable[[IntegerLayer, int], AbstractProcess] = plain_neurons,
) -> list[np.ndarray]:
    """Run a batch, spikes uint8 [time, batch, neuron]; return every layer's spikes in that axis order.

    ``neurons_of`` makes the process of a layer's neurons, which has the ports ``a_in`` and ``s_out``.
    """

    def connect(sources: Sequence[Population], layer: IntegerLayer) -> list[Population]:
        batch, n_post = spikes.shape[1], layer.weights.shape[2]
        synapses = MultiDelayDense(layer.weights.astype(np.int32), np.array(layer.delay_levels), batch)
        neurons = neurons_of(layer, batch)
        sources[0].s_out.connect(synapses.s_in)
        synapses.a_out.connect(neurons.a_in)
        return [Population(np.arange(n_post), neurons.s_out)]

    return _run(network, spikes, connect, BATCHED_ON)


def run_stock(network: IntegerNetwork, spikes: np.ndarray, platform: Platform, split: bool) -> list[np.ndarray]:
    """Run one sample, spikes uint8 [time, neuron], through Lava's own DelayDense, one a delay level, and LIF.

    Lava's CPU model of LIF takes decays and a threshold a neuron, though a population is documented to have one of
    each; with ``split`` neurons that differ in any are populations of their own.
    """
    return _run(network, spikes, lambda sources, layer: connect_stock(sources, layer, split), platform)


def connect_stock(sources: Sequence[Population], layer: IntegerLayer, split: bool) -> list[Population]:
    """Append a layer of stock processes to the populations before it; return its own populations."""
    populations = []
    for neurons in alike(layer) if split else [np.arange(layer.weights.shape[2])]:
        lif = _neurons(neurons.shape, layer, neurons)
        for weights, delay in zip(layer.weights, layer.delay_levels, strict=True):
            for source in sources:
                part = weights[np.ix_(source.neurons, neurons)].T.astype(np.int32)
                # Lava runs only what is connected, neurons without a synapse too.
                if part.any() or not lif.a_in.get_src_ports():
                    dense = DelayDense(weights=part, delays=int(delay), num_weight_bits=8, sign_mode=SignMode.MIXED)
                    source.s_out.connect(dense.s_in)
                    dense.a_out.connect(lif.a_in)
        populations.append(Population(neurons, lif.s_out))
    return populations


def alike(layer: IntegerLayer) -> list[np.ndarray]:
    """Return the layer's neurons in groups that share threshold and decays, of the potential and of the current."""
    values = np.stack([layer.decay, layer.threshold, current_decays(layer)])
    kinds, kind = np.unique(values, axis=1, return_inverse=True)
    return [np.flatnonzero(kind.ravel() == index) for index in range(kinds.shape[1])]


def _neurons(shape: tuple[int, ...], layer: IntegerLayer, neurons: np.ndarray) -> LIF:
    # Lava adds 1 to du: 4095 leaves the current no memory.
    values = {"du": current_decays(layer) - 1, "dv": layer.decay, "vth": layer.threshold}
    return LIF(shape=shape, **{name: _one(each[neurons]) for name, each in values.items()})


def _one(values: np.ndarray) -> int | np.ndarray:
    """Return the value that all share, as LIF is documented to take it, or all of them."""
    return int(values[0]) if (values == values[0]).all() else values


def _run(network: IntegerNetwork, spikes: np.ndarray, connect: Callable, platform: Platform) -> list[np.ndarray]:
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
        for layer in network.layers:
            populations = connect(populations, layer)
            files = [Path(folder) / f"{len(written)}_{index}.npy" for index in range(len(populations))]
            for file, population in zip(files, populations, strict=True):
                sink = SpikeSink(str(file), population.s_out.shape, lasting)
                (_from_chip(population.s_out) if platform.on_chip else population.s_out).connect(sink.a_in)
            order = np.argsort(np.concatenate([population.neurons for population in populations]))
            written.append((files, order))
        try:
            source.run(
                condition=RunSteps(num_steps=lasting),
                run_cfg=platform.run_config(),
                compile_config={} if platform.on_chip else {"pypy_channel_size": SLOTS},
            )
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
