"""A network run by Brian2Loihi, an emulator of Loihi that shares no code with Lava, in an environment of its own.

Its authors compared it with a chip, on a neuron and on a recurrent network, and found no difference (Michaelis et al.
2022, doi 10.3389/fninf.2022.1015624). There a group of neurons has one pair of decays and one threshold, and a group of
synapses has one delay. So neurons with equal parameters are one group, and each of their delay levels is a group.
"""

from typing import NamedTuple

import numpy as np
from brian2 import prefs
from brian2_loihi import (
    LoihiNetwork,
    LoihiNeuronGroup,
    LoihiSpikeGeneratorGroup,
    LoihiSpikeMonitor,
    LoihiSynapses,
    synapse_sign_mode,
)

from delaysnn.core.spike_trains import SpikeTrains
from delaysnn.platforms.loihi.emulation import check_plain
from delaysnn.platforms.loihi.integer_network import IntegerLayer, current_decays

# Needs no compiler.
prefs.codegen.target = "numpy"


class Group(NamedTuple):
    """Neurons of a layer that are alike, of all samples, and what records their spikes."""

    neurons: np.ndarray
    monitor: LoihiSpikeMonitor


def run_layer(layer: IntegerLayer, spikes: SpikeTrains) -> SpikeTrains:
    """Return the spikes of a layer for the spikes before it; all samples run side by side.

    Raises:
        InputError: the layer has what the emulator lacks.
    """
    check_plain(layer, "Brian2Loihi")
    samples, n_pre, n_post = len(spikes), spikes.n_neurons, layer.weights.shape[2]
    source = LoihiSpikeGeneratorGroup(
        samples * n_pre, spikes.samples * n_pre + spikes.neurons, spikes.steps.astype(np.int64)
    )
    groups, synapses = [], []
    kinds = np.stack([layer.decay, layer.threshold, current_decays(layer)])
    for kind in np.unique(kinds, axis=1).T:
        neurons = np.flatnonzero((kinds == kind[:, None]).all(axis=0))
        decay, threshold, lost = map(int, kind)
        group = LoihiNeuronGroup(
            samples * len(neurons), threshold_v_mant=threshold, decay_v=decay, decay_I=lost, name="neurons*"
        )
        groups.append((group, Group(neurons, LoihiSpikeMonitor(group))))
        for weights, delay in zip(layer.weights[:, :, neurons], layer.delay_levels, strict=True):
            synapses += _connect(source, group, weights, int(delay), samples)
    made = [part for group, (_, monitor) in groups for part in (group, monitor)]
    LoihiNetwork(source, *made, *synapses).run(spikes.n_steps)
    fired = np.zeros((spikes.n_steps, samples, n_post), np.uint8)
    for _, (neurons, monitor) in groups:
        sample, neuron = np.divmod(np.asarray(monitor.i), len(neurons))
        # Whole milliseconds, which are not quite whole as floats.
        fired[np.rint(np.asarray(monitor.t_) * 1000).astype(int), sample, neurons[neuron]] = 1
    return SpikeTrains.from_dense(fired)


def _connect(
    source: LoihiSpikeGeneratorGroup, group: LoihiNeuronGroup, weights: np.ndarray, delay: int, samples: int
) -> list[LoihiSynapses]:
    """Return the synapses of one delay from every sample's neurons to its own; none where there are none."""
    pre, post = np.nonzero(weights)
    if not len(pre):
        return []
    made = LoihiSynapses(source, group, delay=delay, sign_mode=synapse_sign_mode.MIXED, name="synapses*")
    sample = np.arange(samples)[:, None]
    made.connect(i=(sample * weights.shape[0] + pre).ravel(), j=(sample * weights.shape[1] + post).ravel())
    made.w = np.tile(weights[pre, post].astype(np.int64), samples)
    return [made]
