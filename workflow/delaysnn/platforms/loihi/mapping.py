"""Layers onto Loihi's cores: what each core then holds, counted and checked against what a core has."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import pairwise

import numpy as np

from delaysnn.core.errors import InputError
from delaysnn.core.readout import SPIKES
from delaysnn.core.widths import Widths, each_layer
from delaysnn.platforms.loihi.integer_network import IntegerLayer, IntegerNetwork, current_decays
from delaysnn.platforms.loihi.storage import store, stored_width

# What a core has of each, by the key of its limit in config/hardware/loihi.yaml (after core_): what it is called.
RESOURCES = {
    "compartments": "compartments",
    "compartment_profiles": "compartment profiles (distinct decays, of potential and current together)",
    "threshold_profiles": "threshold profiles (distinct thresholds)",
    "delay_bits": "bits a delay",
    "accumulators": "dendritic accumulators",
    "synapse_bits": "bits of synaptic memory for weights and delays alone",
    "synapse_words": "64-bit words of synaptic memory",
    "input_axons": "input axons",
    "output_axons": "output axons",
}
# What helps beside more cores or a smaller network.
_REMEDIES = {
    "compartment_profiles": "fewer distinct decays: training.decay_groups shares them where weights are fine-tuned",
    "threshold_profiles": "fewer distinct thresholds",
}


@dataclass(frozen=True)
class Core:
    """What one core holds.

    Attributes:
        layers: the layers on it, counted from 0.
        compartments: their neurons.
        compartment_profiles: their distinct pairs of decays, of the potential and of the current.
        threshold_profiles: their distinct thresholds.
        delay_bits: of the longest delay on it; a core has one width for all.
        accumulators: slots of the ring that delays currents, ``2^delay_bits`` a compartment.
        synapse_bits: of all kept synapses: weight, and delay where the layer has any. No storage takes fewer. Input
            channels that share weights each have an axon, but all name one list, which is stored once.
        synapse_words: 64-bit words that they take in axons (:mod:`delaysnn.platforms.loihi.storage`).
        input_axons: axons that carry spikes of neurons and input channels to synapses on this core, of its own neurons
            too where a layer feeds itself.
        output_axons: axons that carry its neurons' spikes on: to the core of the next layer, to the host, or back.
    """

    layers: tuple[int, ...]
    compartments: int
    compartment_profiles: int
    threshold_profiles: int
    delay_bits: int
    accumulators: int
    synapse_bits: int
    synapse_words: int
    input_axons: int
    output_axons: int


@dataclass(frozen=True)
class Demand:
    """What a layer asks of a core.

    Attributes:
        neurons: one compartment each.
        decays: the distinct pairs, of potential and current; what is equal in two layers of a core is stored once.
        thresholds: the distinct ones, likewise.
        delay_bits: of its longest delay.
        synapse_bits: of weights and delays alone.
        synapse_words: that the axons to this layer take.
        axons: from neurons or channels with a synapse here.
        own_axons: of these more, from the layer to itself.
        silent: whether it never fires, so that nothing of it reaches the host.
    """

    neurons: int
    decays: frozenset
    thresholds: frozenset
    delay_bits: int
    synapse_bits: int
    synapse_words: int
    axons: int
    own_axons: int = 0
    silent: bool = False


def platform(cores: int) -> str:
    """Return the platform's name in tables."""
    return f"loihi_{cores}core{'s' * (cores > 1)}"


def map_network(
    network: IntegerNetwork, cores: int, limits: Mapping[str, float], excess: Mapping[str, float]
) -> list[Core]:
    """Map a network as :func:`map_layers` does."""
    sharing = [network.input_sharing, *[1] * (len(network.layers) - 1)]
    widths = each_layer(network.bits, len(network.layers))
    parts = zip(network.layers, network.stored_weights, sharing, widths, strict=True)
    layers = [_demand(*part, limits) for part in parts]
    layers[-1] = replace(layers[-1], silent=network.readout != SPIKES)
    return map_layers(network.name, layers, cores, limits, excess)


def map_layers(
    name: str, layers: Sequence[Demand], cores: int, limits: Mapping[str, float], excess: Mapping[str, float]
) -> list[Core]:
    """Map consecutive layers onto cores, about equally many on each, and check every core.

    Args:
        name: the network's.
        layers: what is mapped.
        cores: on how many; at most one a layer.
        limits: what a core has, ``core_compartments`` and so on.
        excess: by how many percent a core may hold more than it has, by resource; 0 where it is not named.

    Raises:
        InputError: there are more cores than layers, or a core holds more than it may, naming core, layers and value.
    """
    if cores > len(layers):
        raise InputError(
            f"Network {name} has {len(layers)} layers, which cannot lie on {cores} cores; give fewer in loihi.cores."
        )
    found = []
    for index, part in enumerate(np.array_split(np.arange(len(layers)), cores)):
        core = _fill(layers, part.tolist())
        for resource, words in RESOURCES.items():
            has, limit = getattr(core, resource), limits[f"core_{resource}"]
            if has > limit * (1 + excess.get(resource, 0) / 100):
                remedy = _REMEDIES.get(resource, "fewer levels or fewer bits")
                raise InputError(
                    f"Network {name} on {cores} of Loihi's cores: core {index} with layers "
                    f"{', '.join(map(str, core.layers))} needs {has} {words}, but a core has {limit}, {has - limit} "
                    f"fewer; give more cores in loihi.cores, a smaller network or {remedy}, or allow it by "
                    f"loihi.excess.{resource}."
                )
        found.append(core)
    return found


def plan(
    topology: Sequence[int],
    kept: int,
    longest: int,
    decays: int,
    bits: Widths,
    limits: Mapping[str, float],
    input_sharing: int = 1,
    input_kept: int = 1,
    input_longest: int = 0,
) -> list[Demand]:
    """Return what a network will ask for before it is trained, every kept synapse counted.

    Args:
        topology: neurons a layer, inputs first.
        kept: delay levels a synapse keeps behind the first layer; 0 where no synapse is known yet.
        longest: delay of any of them, in time steps.
        decays: that a layer may have distinct; those of two layers count as distinct, too.
        bits: of a weight, or of each layer's.
        limits: as of :func:`map_layers`, and how synapses are stored.
        input_sharing: number of neighbouring input channels whose axons name one list of synapses.
        input_kept, input_longest: the same as ``kept`` and ``longest`` of the first layer.
    """
    layers = []
    widths = each_layer(bits, len(topology) - 1)
    for index, (pre, post) in enumerate(pairwise(topology)):
        each, delay_bits = (kept, bits_of_delay(longest))
        if index == 0:
            each, delay_bits = (input_kept if kept else 0, bits_of_delay(input_longest))
        lists = pre if index else -(-pre // input_sharing)
        stored = store(np.full((1, post), each), widths[index], delay_bits, limits)
        layers.append(
            Demand(
                neurons=post,
                decays=frozenset((index, group) for group in range(min(post, decays))),
                thresholds=frozenset([index]),
                delay_bits=delay_bits,
                synapse_bits=each * lists * post * (stored_width(widths[index]) + delay_bits),
                synapse_words=lists * int(stored.words[0]),
                axons=pre * int(stored.axons[0]),
            )
        )
    return layers


def fullness(core: Core, limits: Mapping[str, float]) -> dict[str, float]:
    """Return how much of each resource a core uses, in percent."""
    values = asdict(core)
    return {name: 100 * values[name] / limits[f"core_{name}"] for name in RESOURCES}


def overfull(core: Core, limits: Mapping[str, float]) -> dict[str, int]:
    """Return by how much a core holds more than it has, of each resource of which it does."""
    beyond = {name: getattr(core, name) - limits[f"core_{name}"] for name in RESOURCES}
    return {name: value for name, value in beyond.items() if value > 0}


def bits_of_delay(longest: int) -> int:
    """Return the bits of a ring that delays by up to ``longest`` time steps; 0 where nothing is delayed."""
    # A ring of 2^bits slots takes delays up to two less: the slot that is read now and the one before it are not free.
    return (longest + 1).bit_length() if longest else 0


def _fill(layers: Sequence[Demand], indices: list[int]) -> Core:
    own = [layers[index] for index in indices]
    compartments = sum(layer.neurons for layer in own)
    delay_bits = max(layer.delay_bits for layer in own)
    to_host = 0 if layers[-1].silent else layers[-1].neurons
    return Core(
        layers=tuple(indices),
        compartments=compartments,
        compartment_profiles=len(frozenset().union(*(layer.decays for layer in own))),
        threshold_profiles=len(frozenset().union(*(layer.thresholds for layer in own))),
        delay_bits=delay_bits,
        accumulators=compartments << delay_bits,
        synapse_bits=sum(layer.synapse_bits for layer in own),
        synapse_words=sum(layer.synapse_words for layer in own),
        input_axons=sum(layer.axons + layer.own_axons for layer in own),
        # Behind the last layer comes the host, which every neuron reaches that fires.
        output_axons=sum(
            layers[index].own_axons + [*(layer.axons for layer in layers[1:]), to_host][index] for index in indices
        ),
    )


def _demand(layer: IntegerLayer, weights: np.ndarray, sharing: int, bits: int, limits: Mapping[str, float]) -> Demand:
    """Return what a layer asks for; ``weights`` are those in memory, of which ``sharing`` neurons name each list."""
    # A spike that comes back a step later is what a synapse without delay gives.
    own = _no_synapses(weights) if layer.recurrent is None else layer.recurrent
    longest = max(_longest(weights, layer.delay_levels), _longest(own, layer.recurrent_delays) - 1, 0)
    delay_bits = bits_of_delay(longest)
    kept, fed_back = (np.count_nonzero(each, axis=0) for each in (weights, own))
    stored, returning = (store(each, bits, delay_bits, limits) for each in (kept, fed_back))
    return Demand(
        neurons=weights.shape[2],
        decays=frozenset(zip(layer.decay.tolist(), current_decays(layer).tolist(), strict=True)),
        thresholds=frozenset(layer.threshold.tolist()),
        delay_bits=delay_bits,
        synapse_bits=int(kept.sum() + fed_back.sum()) * (stored_width(bits) + delay_bits),
        synapse_words=int(stored.words.sum() + returning.words.sum()),
        axons=int(np.repeat(stored.axons, sharing)[: layer.weights.shape[1]].sum()),
        own_axons=int(returning.axons.sum()),
    )


def _no_synapses(weights: np.ndarray) -> np.ndarray:
    return np.zeros((0, weights.shape[2], weights.shape[2]), weights.dtype)


def _longest(weights: np.ndarray, delays: Sequence[int]) -> int:
    """Return the longest of the delays that has a synapse; 0 where none has."""
    used = np.flatnonzero(weights.any(axis=(1, 2)))
    return delays[used[-1]] if len(used) else 0
