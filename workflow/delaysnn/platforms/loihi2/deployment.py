"""Lava against the integer reference, spike for spike: Loihi's graph for batches, with neurons of our own in it.

Where a spike or a potential differs an InputError names layer, neuron, step and sample. Nothing of this has run on a
chip, for which the neurons would have to be written in microcode.
"""

from dataclasses import asdict
from typing import Any

import numpy as np
from lava.magma.core.process.process import AbstractProcess

from delaysnn.core.spike_trains import SpikeTrains
from delaysnn.platforms.loihi.deployment import Reference, compare_batched
from delaysnn.platforms.loihi.integer_network import IntegerLayer, IntegerNetwork
from delaysnn.platforms.loihi.lava_graph import BATCHED_ON, plain_neurons, run_batched
from delaysnn.platforms.loihi.shared_memory import fitting_batch
from delaysnn.platforms.loihi2.integer_network import AdaptiveLayer, ProgrammedLayer
from delaysnn.platforms.loihi2.processes.neurons import ProgrammedLIF

# What synapses have, and no neuron.
_SYNAPSES = ("weights", "delay_levels", "recurrent", "recurrent_delays")


def compare(network: IntegerNetwork, inputs: SpikeTrains, reference: Reference, batch: int) -> dict[str, Any]:
    """Run every sample in batches.

    Returns:
        ``platform``: what ran them, and why; ``equality``: the comparison.

    Raises:
        InputError: a spike or a potential differs, or shared memory is too small.
    """
    batch = fitting_batch(network, min(batch, len(inputs)), stock=False)
    return {
        "platform": asdict(BATCHED_ON),
        "equality": [compare_batched(network, inputs, reference, batch, _run, "lava_loihi2")],
    }


def _run(network: IntegerNetwork, spikes: np.ndarray) -> list[np.ndarray]:
    return run_batched(network, spikes, _neurons)


def _neurons(layer: IntegerLayer, batch: int, late: int) -> AbstractProcess:
    if not isinstance(layer, AdaptiveLayer | ProgrammedLayer):
        return plain_neurons(layer, batch, late)
    own = {name: values for name, values in vars(layer).items() if name not in _SYNAPSES and values is not None}
    return ProgrammedLIF(batch, late, **own)
