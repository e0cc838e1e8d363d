"""An emulator other than Lava compared with the integer reference, spike for spike."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from delaysnn.core.errors import InputError
from delaysnn.core.spike_trains import SpikeTrains
from delaysnn.platforms.loihi.integer_network import IntegerLayer, IntegerNetwork

_PLAIN = ("weights", "delay_levels", "decay", "threshold", "current_decay")


def check_plain(layer: IntegerLayer, who: str) -> None:
    """Refuse a layer that has more than delayed synapses, decays and thresholds.

    Raises:
        InputError: naming the emulator and what it cannot run.
    """
    for name, value in vars(layer).items():
        if name not in _PLAIN and value is not None and np.size(value):
            raise InputError(f"{who}: cannot run a layer with {name}; choose a network without it.")


def compare_emulator(
    network: IntegerNetwork,
    inputs: SpikeTrains,
    reference: Sequence[SpikeTrains],
    run_layer: Callable[[IntegerLayer, SpikeTrains], SpikeTrains],
    comparison: str,
) -> dict[str, Any]:
    """Run every sample in an emulator, layer by layer, and count the spikes that differ from the integer reference.

    Args:
        network: as deployed.
        inputs: spikes of the input channels.
        reference: spikes of every layer, as the integer reference fires them.
        run_layer: returns the emulator's spikes of a layer for the spikes before it, which are its own.
        comparison: name of the comparison.

    Returns:
        A row of table ``equality``.

    Raises:
        InputError: a spike differs, naming layer, sample, step and neuron of the first.
    """
    spikes = inputs
    for index, (layer, expected) in enumerate(zip(network.layers, reference, strict=True)):
        spikes = run_layer(layer, spikes)
        different = np.argwhere(spikes.dense() != expected.dense())
        if len(different):
            step, sample, neuron = different[0]
            raise InputError(
                f"{comparison}: network {network.name}, layer {index} differs from the integer reference in "
                f"{len(different)} places, first in sample {sample} at step {step}, neuron {neuron}."
            )
    compared = sum(len(layer.steps) for layer in reference)
    return {"comparison": comparison, "platform": "", "samples": len(inputs), "spikes": compared, "differences": 0}
