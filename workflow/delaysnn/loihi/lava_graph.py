"""A network run by Lava: in batches through our own processes, or sample by sample through Lava's stock ones."""

import tempfile
from pathlib import Path

import numpy as np
from lava.magma.core.run_conditions import RunSteps
from lava.magma.core.run_configs import Loihi2SimCfg
from lava.proc.dense.process import DelayDense
from lava.utils.weightutils import SignMode

from delaysnn.loihi.integer_network import IntegerLayer, IntegerNetwork
from delaysnn.loihi.processes.layers import LeakyNeurons, MultiDelayDense, SpikeFile, SpikeSink


def run_batched(network: IntegerNetwork, spikes: np.ndarray) -> list[np.ndarray]:
    """Run a batch, spikes uint8 [time, batch, neuron]; return every layer's spikes in that axis order."""

    def connect(source, layer: IntegerLayer):
        _, _, n_post = layer.weights.shape
        batch = spikes.shape[1]
        synapses = MultiDelayDense(layer.weights.astype(np.int32), np.array(layer.delay_levels), batch)
        neurons = LeakyNeurons((batch, n_post), layer.decay, layer.threshold)
        source.s_out.connect(synapses.s_in)
        synapses.a_out.connect(neurons.a_in)
        return neurons

    return _run(network, spikes, connect)


def run_stock(network: IntegerNetwork, spikes: np.ndarray) -> list[np.ndarray]:
    """Run one sample, spikes uint8 [time, neuron], through one stock DelayDense a delay level, as hardware would."""

    def connect(source, layer: IntegerLayer):
        neurons = LeakyNeurons((layer.weights.shape[2],), layer.decay, layer.threshold)
        for weights, delay in zip(layer.weights, layer.delay_levels, strict=True):
            if not weights.any():
                continue
            dense = DelayDense(
                weights=weights.T.astype(np.int32), delays=int(delay), num_weight_bits=8, sign_mode=SignMode.MIXED
            )
            source.s_out.connect(dense.s_in)
            dense.a_out.connect(neurons.a_in)
        return neurons

    return _run(network, spikes, connect)


def _run(network: IntegerNetwork, spikes: np.ndarray, connect) -> list[np.ndarray]:
    n_steps = len(spikes)
    # Each layer shows a spike one step after it was caused.
    lasting = n_steps + len(network.layers)
    with tempfile.TemporaryDirectory() as folder:
        source_file = Path(folder) / "input.npy"
        np.save(source_file, spikes)
        process = SpikeFile(str(source_file), spikes.shape[1:])
        files = []
        for index, layer in enumerate(network.layers):
            process = connect(process, layer)
            files.append(Path(folder) / f"layer{index}.npy")
            sink = SpikeSink(str(files[-1]), process.s_out.shape, lasting)
            process.s_out.connect(sink.a_in)
        try:
            process.run(condition=RunSteps(num_steps=lasting), run_cfg=Loihi2SimCfg(select_tag="fixed_pt"))
        finally:
            process.stop()
        return [np.load(file)[index : index + n_steps] for index, file in enumerate(files, start=1)]
