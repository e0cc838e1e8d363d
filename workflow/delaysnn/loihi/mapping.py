"""Layers onto Loihi's cores: what each core then holds, counted and checked against what a core has."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass

import numpy as np

from delaysnn.errors import InputError
from delaysnn.loihi.integer_network import IntegerLayer, IntegerNetwork

# What a core has of each, the key of its limit in config/hardware/loihi.yaml, and what it is called.
RESOURCES = {
    "compartments": "compartments",
    "delay_bits": "bits a delay",
    "accumulators": "dendritic accumulators",
    "synapse_bits": "bits of synaptic memory",
    "input_axons": "input axons",
    "output_axons": "output axons",
}


@dataclass(frozen=True)
class Core:
    """What one core holds.

    Attributes:
        layers: the layers on it, counted from 0.
        compartments: their neurons.
        delay_bits: of the longest delay on it; a core has one width for all.
        accumulators: slots of the ring that delays currents, ``2^delay_bits`` a compartment.
        synapse_bits: of all kept synapses: weight, and delay where the layer has any.
        input_axons: neurons and input channels that have a synapse on this core, one axon each.
        output_axons: neurons whose spikes go on: to the core of the next layer, or to the host.
    """

    layers: tuple[int, ...]
    compartments: int
    delay_bits: int
    accumulators: int
    synapse_bits: int
    input_axons: int
    output_axons: int


def platform(cores: int) -> str:
    """Return the platform's name in tables."""
    return f"loihi_{cores}core{'s' * (cores > 1)}"


def map_network(network: IntegerNetwork, cores: int, limits: Mapping[str, float]) -> list[Core]:
    """Lay consecutive layers onto cores, about equally many on each, and check every core.

    Args:
        network: what is laid.
        cores: on how many; at most one a layer.
        limits: what a core has, ``core_compartments`` and so on.

    Raises:
        InputError: there are more cores than layers, or a core holds more than it can, naming core, layers and value.
    """
    if cores > len(network.layers):
        raise InputError(
            f"Network {network.name} has {len(network.layers)} layers, which cannot lie on {cores} cores; "
            "give fewer in loihi.cores."
        )
    found = []
    for index, layers in enumerate(np.array_split(np.arange(len(network.layers)), cores)):
        core = _fill(network, [int(layer) for layer in layers])
        for name, words in RESOURCES.items():
            has, limit = getattr(core, name), limits[f"core_{name}"]
            if has > limit:
                raise InputError(
                    f"Network {network.name} on {cores} of Loihi's cores: core {index} with layers "
                    f"{', '.join(map(str, core.layers))} needs {has} {words}, but a core has {limit}; give more cores "
                    "in loihi.cores, or a smaller network, fewer levels or fewer bits."
                )
        found.append(core)
    return found


def fullness(core: Core, limits: Mapping[str, float]) -> dict[str, float]:
    """Return how much of each resource a core uses, in percent."""
    values = asdict(core)
    return {name: 100 * values[name] / limits[f"core_{name}"] for name in RESOURCES}


def _fill(network: IntegerNetwork, layers: list[int]) -> Core:
    own = [network.layers[index] for index in layers]
    compartments = sum(layer.weights.shape[2] for layer in own)
    delay_bits = max(map(_delay_bits, own))
    return Core(
        layers=tuple(layers),
        compartments=compartments,
        delay_bits=delay_bits,
        accumulators=compartments << delay_bits,
        synapse_bits=sum(int(np.count_nonzero(layer.weights)) * (network.bits + _delay_bits(layer)) for layer in own),
        input_axons=sum(_sources(layer) for layer in own),
        output_axons=sum(_targets(network, index) for index in layers),
    )


def _delay_bits(layer: IntegerLayer) -> int:
    # A ring of 2^bits slots takes delays up to two less: the slot that is read now and the one before it are not free.
    longest = layer.delay_levels[-1]
    return (longest + 1).bit_length() if longest else 0


def _sources(layer: IntegerLayer) -> int:
    return int(np.count_nonzero(layer.weights.any(axis=(0, 2))))


def _targets(network: IntegerNetwork, index: int) -> int:
    if index + 1 < len(network.layers):
        return _sources(network.layers[index + 1])
    return network.layers[index].weights.shape[2]
