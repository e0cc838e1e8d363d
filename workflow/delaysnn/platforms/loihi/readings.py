"""Other ways in which Loihi may compute than the integer reference does, and what they would change.

Lava's neurons and those of Loihi 1 are reported to differ in how the current decays and in the threshold, without a
number (lava #322). Each reading changes one thing in the computation of :mod:`delaysnn.platforms.loihi.fixed_point`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numba
import numpy as np

from delaysnn.core.errors import InputError
from delaysnn.core.readout import SPIKES
from delaysnn.core.spike_trains import SpikeTrains
from delaysnn.core.traces import decide
from delaysnn.platforms.loihi.emulation import check_plain
from delaysnn.platforms.loihi.fixed_point import Ran, currents, simulate
from delaysnn.platforms.loihi.integer_network import (
    DECAY_UNITY,
    STATE_LIMIT,
    STATE_SHIFT,
    IntegerLayer,
    IntegerNetwork,
    current_decays,
)


@dataclass(frozen=True)
class Reading:
    """One way in which the chip may compute.

    Attributes:
        at_threshold: a neuron fires at its threshold, too, not only above it.
        register_alone: a current loses the value of the register, without the one that is added: 1/4096 less. So of the
            current of LIF neurons, which should last one step, 1/4096 is left.
        rounds_down: a negative state is rounded down after its decay, as by a shift, not towards zero.
        decays_arrivals: the current is added to the potential before its decay, not after it.
    """

    at_threshold: bool = False
    register_alone: bool = False
    rounds_down: bool = False
    decays_arrivals: bool = False


# By name; the first two are what lava #322 leaves open.
READINGS = {
    "at_threshold": Reading(at_threshold=True),
    "register_alone": Reading(register_alone=True),
    "both": Reading(at_threshold=True, register_alone=True),
    "rounds_down": Reading(rounds_down=True),
    "decays_arrivals": Reading(decays_arrivals=True),
}


def run_layer(layer: IntegerLayer, spikes: SpikeTrains, reading: Reading) -> Ran:
    """Run every sample through a layer as a reading says; by that without any change as the integer reference.

    Raises:
        InputError: the layer has more than delayed synapses, decays and thresholds.
    """
    check_plain(layer, "readings.py")
    kept = (DECAY_UNITY - layer.decay).astype(np.int64)
    lasting = (DECAY_UNITY - current_decays(layer) + reading.register_alone).astype(np.int64)
    # Whole numbers: at a threshold is above the number before it.
    threshold = (layer.threshold.astype(np.int64) << STATE_SHIFT) - reading.at_threshold
    arrived = currents(layer, spikes)
    return Ran(*_run(arrived, kept, lasting, threshold, reading.rounds_down, reading.decays_arrivals))


def compare_readings(
    network: IntegerNetwork, inputs: SpikeTrains, labels: np.ndarray, reference: Sequence[SpikeTrains]
) -> list[dict[str, Any]]:
    """Return a row a reading: how many spikes and decisions differ from the integer reference's.

    ``differences`` counts places (sample, step, neuron) in which one of the two has a spike and the other has none, in
    layers that are fed with the reading's own spikes.

    Args:
        network: as deployed; its output spikes decide.
        inputs: spikes of the input channels.
        labels: int [samples]; true classes.
        reference: spikes of every layer by the integer reference.

    Raises:
        InputError: the network decides by membranes, or a layer has more than delayed synapses, decays and thresholds.
    """
    if network.readout != SPIKES:
        raise InputError(
            f"network {network.name}: has a readout by membranes; readings are compared where output spikes decide."
        )
    ours = decide(reference[-1])
    rows = []
    for name, reading in READINGS.items():
        layers = simulate(network, inputs, partial(run_layer, reading=reading)).layers
        theirs = decide(layers[-1])
        rows.append(
            {
                "reading": name,
                "samples": len(inputs),
                "spikes_reference": sum(len(layer.steps) for layer in reference),
                "spikes": sum(len(layer.steps) for layer in layers),
                "differences": [int((a.dense() != b.dense()).sum()) for a, b in zip(layers, reference, strict=True)],
                "decisions_changed": int((ours != theirs).sum()),
                "accuracy_reference": float((ours == labels).mean()),
                "accuracy": float((theirs == labels).mean()),
            }
        )
    return rows


@numba.njit(cache=True)
def _left(state, of_4096, rounds_down):
    if state >= 0 or rounds_down:
        return (state * of_4096) >> 12
    return -((-state * of_4096) >> 12)


@numba.njit(cache=True, parallel=True)
def _run(arrived, kept, lasting, threshold, rounds_down, decays_arrivals):
    n_batch, n_steps, n_post = arrived.shape
    fired = np.zeros((n_batch, n_steps, n_post), np.uint8)
    membrane = np.zeros((n_batch, n_steps, n_post), np.int32)
    peaks, most = np.zeros(n_batch, np.int64), np.zeros(n_batch, np.int64)
    end = np.int64(STATE_LIMIT - 1)
    for sample in numba.prange(n_batch):
        for post in range(n_post):
            u = v = np.int64(0)
            for step in range(n_steps):
                drive = np.int64(arrived[sample, step, post]) << STATE_SHIFT
                u = _left(u, lasting[post], rounds_down) + drive
                early, late = (u, 0) if decays_arrivals else (0, u)
                v = _left(v + early, kept[post], rounds_down) + late
                v = min(max(v, -end), end)
                peaks[sample], most[sample] = max(peaks[sample], abs(drive)), max(most[sample], abs(u))
                membrane[sample, step, post] = v
                if v > threshold[post]:
                    fired[sample, step, post] = 1
                    v = np.int64(0)
    return fired, membrane, peaks.max(), most.max()
