"""The integer reference: the spikes that Loihi computes, at thousands of samples a second."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numba
import numpy as np

from delaysnn.core.errors import InputError
from delaysnn.core.readout import SPIKES, score
from delaysnn.core.spike_trains import SpikeTrains
from delaysnn.platforms.loihi.integer_network import (
    ACCUMULATOR_LIMIT,
    DECAY_UNITY,
    STATE_LIMIT,
    STATE_SHIFT,
    THRESHOLD_LIMIT,
    CurrentLayer,
    IntegerLayer,
    IntegerNetwork,
)
from delaysnn.platforms.loihi.states import run_states
from delaysnn.platforms.protocol import Run

_log = logging.getLogger(__name__)
# Potentials held at once, of as many samples as that makes: some 80 MB, however many samples there are.
_HELD = 1 << 24


class Ran(NamedTuple):
    """What a layer did.

    Attributes:
        fired: spikes, uint8 [batch, time, post].
        membrane: potentials before the reset, int32, of the same shape.
        peak: the largest sum of weights that arrived in one step, in size.
        lasting: the largest current, in size, where it may last; 0 where none does.
    """

    fired: np.ndarray
    membrane: np.ndarray
    peak: int
    lasting: int = 0


@dataclass(frozen=True)
class Simulation:
    """Spikes of every layer, and how much of its accumulators and of the 24-bit state each layer used.

    Attributes:
        network: that ran.
        layers: spikes of each layer, without the delay of one step that each of Loihi's layers adds.
        accumulated: largest current of each layer in one step, as a share of what an accumulator of 16 bits holds.
        saturated: of each layer, the share of membrane potentials that stop at the end of the 24-bit range, as on the
            chip.
        potentials: of the last layer, int32 [sample, time, class], where its membranes decide; None where spikes do.
    """

    network: IntegerNetwork
    layers: tuple[SpikeTrains, ...]
    accumulated: tuple[float, ...]
    saturated: tuple[float, ...]
    potentials: np.ndarray | None = None

    def as_run(self) -> Run:
        """Return what a platform reports of it, and log how full its registers were."""
        _log.info(
            "up to %.1f %% of an accumulator's range used, up to %.2f %% of potentials saturate",
            *(100 * max(self.accumulated), 100 * max(self.saturated)),
        )
        details = {"accumulated": self.accumulated, "saturated": self.saturated}
        if self.potentials is None:
            return Run(self.layers, details)
        scores = score(self.network.readout, self.potentials * self.network.unit)
        return Run(self.layers, details, scores=scores, potentials=self.potentials)


def run_layer(layer: IntegerLayer, spikes: SpikeTrains) -> Ran:
    """Run every sample through a layer."""
    if isinstance(layer, CurrentLayer) or layer.bias is not None or layer.recurrent is not None:
        return Ran(*run_states(layer, currents(layer, spikes)))
    kept, threshold = (DECAY_UNITY - layer.decay).astype(np.int64), layer.threshold.astype(np.int64) << STATE_SHIFT
    return Ran(*_run(*(*_delivered(layer, spikes), kept, threshold)))


def simulate(
    network: IntegerNetwork, spikes: SpikeTrains, run_layer: Callable[[IntegerLayer, SpikeTrains], Ran] = run_layer
) -> Simulation:
    """Run every sample through the integer network.

    Args:
        network: integer weights, decays and thresholds, as :func:`delaysnn.convert` returns them.
        spikes: input spikes.
        run_layer: runs a layer.

    Raises:
        InputError: the inputs do not fit the network; a current leaves the range of an accumulator or, where it lasts,
            of its 24 bits (on the chip it would wrap); or a last layer fires whose membranes decide.

    Examples:
        >>> from delaysnn import convert, read_dataset, read_network
        >>> samples = read_dataset("examples/networks/48_samples.npz")
        >>> integers = convert(read_network("examples/networks/48.safetensors"), {})
        >>> [spikes.n_neurons for spikes in simulate(integers, samples.spikes).layers]
        [48, 48, 20]
    """
    inputs = network.layers[0].weights.shape[1]
    if spikes.n_neurons != inputs:
        raise InputError(f"Network {network.name} takes {inputs} inputs, but the spikes have {spikes.n_neurons}.")
    layers, accumulated, saturated = [], [], []
    for index, layer in enumerate(network.layers):
        decides = network.readout != SPIKES and index == len(network.layers) - 1
        spikes, peak, lasting, stopped, potentials = _run_in_parts(layer, spikes, run_layer, decides)
        if peak >= ACCUMULATOR_LIMIT:
            raise InputError(
                f"Network {network.name}, layer {index}: a current reaches {peak} in one step, but Loihi's dendritic "
                f"accumulators take less than {ACCUMULATOR_LIMIT}, {peak / ACCUMULATOR_LIMIT - 1:.0%} less; give its "
                "weights fewer bits, its neurons fewer synapses or delay levels, or inputs with fewer spikes at once."
            )
        if lasting >= STATE_LIMIT:
            raise InputError(
                f"Network {network.name}, layer {index}: a current that lasts reaches {lasting}, but Loihi's have 24 "
                f"bits, less than {STATE_LIMIT} in size; give its weights fewer bits, or its currents a shorter decay."
            )
        if potentials is not None and len(spikes.steps):
            raise InputError(
                f"Network {network.name}, layer {index}: its membranes decide, so it must not fire, but a potential "
                f"reaches {potentials.max()}, above the highest threshold of {(THRESHOLD_LIMIT - 1) << STATE_SHIFT}; "
                "give its potentials a shorter decay, or its neurons fewer synapses or smaller biases."
            )
        layers.append(spikes)
        accumulated.append(float(peak / ACCUMULATOR_LIMIT))
        saturated.append(float(stopped / (len(spikes) * spikes.n_steps * spikes.n_neurons)))
    return Simulation(network, tuple(layers), tuple(accumulated), tuple(saturated), potentials)


def _run_in_parts(
    layer: IntegerLayer, spikes: SpikeTrains, run_layer: Callable[[IntegerLayer, SpikeTrains], Ran], decides: bool
) -> tuple[SpikeTrains, int, int, int, np.ndarray | None]:
    """Return a layer's spikes, its peaks as :class:`Ran` has them, how many potentials stopped at their end, and all
    potentials where these decide.
    """
    size = max(1, _HELD // (spikes.n_steps * layer.weights.shape[2]))
    fired, peaks, lasting, stopped, potentials = [], [], [], 0, []
    for first in range(0, len(spikes), size):
        ran = run_layer(layer, spikes.select(np.arange(first, min(first + size, len(spikes)))))
        # SpikeTrains counts time first; the simulation keeps samples contiguous.
        fired.append(SpikeTrains.from_dense(ran.fired.transpose(1, 0, 2)))
        peaks.append(ran.peak)
        lasting.append(ran.lasting)
        stopped += int(np.count_nonzero(np.abs(ran.membrane) == STATE_LIMIT - 1))
        if decides:
            potentials.append(ran.membrane)
    kept = np.concatenate(potentials) if decides else None
    return SpikeTrains.join(fired), max(peaks), max(lasting), stopped, kept


def most_accumulated(layer: IntegerLayer) -> float:
    """Return the share of an accumulator's range that a layer can reach at most, whatever spikes come at once."""
    weights = [each.astype(np.int64) for each in layer.arriving]
    most = max(sum((sign * each).clip(min=0).sum(axis=(0, 1)) for each in weights).max() for sign in (1, -1))
    return float((most << STATE_SHIFT) / ACCUMULATOR_LIMIT)


def membranes(
    network: IntegerNetwork, spikes: SpikeTrains, run_layer: Callable[[IntegerLayer, SpikeTrains], Ran] = run_layer
) -> tuple[np.ndarray, ...]:
    """Return potentials before the reset in units of the threshold, float [time, neuron] a layer, of one sample.

    Those of a last layer whose membranes decide are in units of the network's weights.
    """
    layers = []
    for layer in network.layers:
        ran = run_layer(layer, spikes)
        spikes = SpikeTrains.from_dense(ran.fired.transpose(1, 0, 2))
        layers.append(ran.membrane[0] / (layer.threshold.astype(np.int64) << STATE_SHIFT))
    if network.readout != SPIKES:
        layers[-1] = ran.membrane[0] * network.unit
    return tuple(layers)


def currents(layer: IntegerLayer, spikes: SpikeTrains) -> np.ndarray:
    """Return what arrives at a layer's neurons in units of its weights, int32 [batch, time, post]."""
    return _currents(*_delivered(layer, spikes))


def _delivered(layer: IntegerLayer, spikes: SpikeTrains) -> tuple:
    by_neuron = np.ascontiguousarray(layer.weights.transpose(1, 0, 2))
    levels = np.array(layer.delay_levels, np.int64)
    return spikes.offsets, spikes.steps, spikes.neurons, spikes.n_steps, by_neuron, levels


@numba.njit(cache=True)
def _deliver(events, steps, neurons, weights, levels, current):
    # Neuron by neuron, since all weights of a wide layer do not fit into a cache, but those of a neuron and a level do.
    begin = np.zeros(len(weights) + 1, np.int64)
    for event in range(*events):
        begin[neurons[event] + 1] += 1
    begin = np.cumsum(begin)
    end, fired = begin.copy(), np.empty(begin[-1], np.int64)
    for event in range(*events):
        fired[end[neurons[event]]] = steps[event]
        end[neurons[event]] += 1
    for pre in range(len(weights)):
        for level in range(len(levels)):
            row = weights[pre, level]
            for step in fired[begin[pre] : begin[pre + 1]]:
                arrival = step + levels[level]
                if arrival >= len(current):
                    break
                for post in range(len(row)):
                    current[arrival, post] += row[post]


@numba.njit(cache=True, parallel=True)
def _currents(offsets, steps, neurons, n_steps, weights, levels):
    current = np.zeros((len(offsets) - 1, n_steps, weights.shape[2]), np.int32)
    for sample in numba.prange(len(current)):
        _deliver((offsets[sample], offsets[sample + 1]), steps, neurons, weights, levels, current[sample])
    return current


@numba.njit(cache=True, parallel=True)
def _run(offsets, steps, neurons, n_steps, weights, levels, kept, threshold):
    n_batch = len(offsets) - 1
    n_post = weights.shape[2]
    fired = np.zeros((n_batch, n_steps, n_post), np.uint8)
    membrane = np.zeros((n_batch, n_steps, n_post), np.int32)
    peaks = np.zeros(n_batch, np.int64)
    for sample in numba.prange(n_batch):
        current = np.zeros((n_steps, n_post), np.int32)
        _deliver((offsets[sample], offsets[sample + 1]), steps, neurons, weights, levels, current)
        v = np.zeros(n_post, np.int64)
        for step in range(n_steps):
            for post in range(n_post):
                drive = np.int64(current[step, post]) << 6
                # The chip truncates towards zero, so magnitudes are shifted.
                size = (abs(v[post]) * kept[post]) >> 12
                v[post] = (size if v[post] >= 0 else -size) + drive
                # A membrane potential stops at the ends of its 24 bits.
                v[post] = min(max(v[post], -8388607), 8388607)
                peaks[sample] = max(peaks[sample], abs(drive))
                membrane[sample, step, post] = v[post]
                if v[post] > threshold[post]:
                    fired[sample, step, post] = 1
                    v[post] = 0
    return fired, membrane, peaks.max()
