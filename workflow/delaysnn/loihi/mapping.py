"""Layers onto Loihi's cores: what each core then holds, counted and checked against what a core has."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise

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


@dataclass(frozen=True)
class Demand:
    """What a layer asks of a core.

    Attributes:
        neurons: one compartment each.
        synapses: stored ones, over all delay levels.
        delay_bits: of its longest delay.
        sources: neurons or channels with a synapse here.
    """

    neurons: int
    synapses: int
    delay_bits: int
    sources: int


def platform(cores: int) -> str:
    """Return the platform's name in tables."""
    return f"loihi_{cores}core{'s' * (cores > 1)}"


def map_network(network: IntegerNetwork, cores: int, limits: Mapping[str, float]) -> list[Core]:
    """Lay a network as :func:`map_layers` does."""
    return map_layers(network.name, [_demand(layer) for layer in network.layers], network.bits, cores, limits)


def map_layers(name: str, layers: Sequence[Demand], bits: int, cores: int, limits: Mapping[str, float]) -> list[Core]:
    """Lay consecutive layers onto cores, about equally many on each, and check every core.

    Args:
        name: the network's.
        layers: what is laid.
        bits: of a weight.
        cores: on how many; at most one a layer.
        limits: what a core has, ``core_compartments`` and so on.

    Raises:
        InputError: there are more cores than layers, or a core holds more than it can, naming core, layers and value.
    """
    if cores > len(layers):
        raise InputError(
            f"Network {name} has {len(layers)} layers, which cannot lie on {cores} cores; give fewer in loihi.cores."
        )
    found = []
    for index, part in enumerate(np.array_split(np.arange(len(layers)), cores)):
        core = _fill(layers, part.tolist(), bits)
        for resource, words in RESOURCES.items():
            has, limit = getattr(core, resource), limits[f"core_{resource}"]
            if has > limit:
                raise InputError(
                    f"Network {name} on {cores} of Loihi's cores: core {index} with layers "
                    f"{', '.join(map(str, core.layers))} needs {has} {words}, but a core has {limit}; give more cores "
                    "in loihi.cores, or a smaller network, fewer levels or fewer bits."
                )
        found.append(core)
    return found


def plan(topology: Sequence[int], kept: int, longest: int, inputs: int = 1) -> list[Demand]:
    """Return what a network will ask for before it is trained, every kept synapse counted.

    Args:
        topology: neurons a layer, inputs first.
        kept: delay levels a synapse keeps behind the first layer.
        longest: delay of any of them, in time steps.
        inputs: synapses of a channel and neuron of the first layer.
    """
    pairs = list(pairwise(topology))
    first, *others = pairs
    return [
        Demand(first[1], inputs * first[0] * first[1], 0, first[0]),
        *(Demand(post, kept * pre * post, bits_of_delay(longest), pre) for pre, post in others),
    ]


def fullness(core: Core, limits: Mapping[str, float]) -> dict[str, float]:
    """Return how much of each resource a core uses, in percent."""
    values = asdict(core)
    return {name: 100 * values[name] / limits[f"core_{name}"] for name in RESOURCES}


def bits_of_delay(longest: int) -> int:
    """Return the bits of a ring that delays by up to ``longest`` time steps; 0 where nothing is delayed."""
    # A ring of 2^bits slots takes delays up to two less: the slot that is read now and the one before it are not free.
    return (longest + 1).bit_length() if longest else 0


def _fill(layers: Sequence[Demand], indices: list[int], bits: int) -> Core:
    own = [layers[index] for index in indices]
    compartments = sum(layer.neurons for layer in own)
    delay_bits = max(layer.delay_bits for layer in own)
    return Core(
        layers=tuple(indices),
        compartments=compartments,
        delay_bits=delay_bits,
        accumulators=compartments << delay_bits,
        synapse_bits=sum(layer.synapses * (bits + layer.delay_bits) for layer in own),
        input_axons=sum(layer.sources for layer in own),
        # Behind the last layer comes the host, which every neuron reaches.
        output_axons=sum([*(layer.sources for layer in layers[1:]), layers[-1].neurons][index] for index in indices),
    )


def _demand(layer: IntegerLayer) -> Demand:
    weights = layer.weights
    used = np.flatnonzero(weights.any(axis=(1, 2)))
    return Demand(
        neurons=weights.shape[2],
        synapses=int(np.count_nonzero(weights)),
        delay_bits=bits_of_delay(layer.delay_levels[used[-1]] if len(used) else 0),
        sources=int(np.count_nonzero(weights.any(axis=(0, 2)))),
    )
