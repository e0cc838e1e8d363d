"""The resources that a core of Loihi needs for what is mapped onto it, compared with its limits."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from delaysnn.platforms.loihi.demand import Demand

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
        input_axons: axons that carry spikes of neurons and input channels to synapses on this core, of neurons of its
            own layers too where one feeds itself.
        output_axons: axons that carry its neurons' spikes on: to cores of the next layer, to the host, or back.
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


def fill(layers: Sequence[int], demands: Sequence[Demand], output_axons: int) -> Core:
    """Return what a core holds.

    Args:
        layers: those of which there is anything on it, counted from 0.
        demands: what these, or the parts of them that are on it, ask for.
        output_axons: that their neurons need.
    """
    compartments = sum(each.neurons for each in demands)
    delay_bits = max(each.delay_bits for each in demands)
    return Core(
        layers=tuple(layers),
        compartments=compartments,
        compartment_profiles=len(frozenset().union(*(each.decays for each in demands))),
        threshold_profiles=len(frozenset().union(*(each.thresholds for each in demands))),
        delay_bits=delay_bits,
        accumulators=compartments << delay_bits,
        synapse_bits=sum(each.synapse_bits for each in demands),
        synapse_words=sum(each.synapse_words for each in demands),
        input_axons=sum(int(each.axons.sum() + each.own_axons.sum()) for each in demands),
        output_axons=output_axons,
    )


def first_beyond(core: Core, limits: Mapping[str, float], excess: Mapping[str, float]) -> str | None:
    """Return the first resource of which a core holds more than it may; None where it fits.

    Args:
        core: what it holds.
        limits: what a core has, ``core_compartments`` and so on.
        excess: by how many percent it may hold more than it has, by resource; 0 where it is not named.
    """
    for name in RESOURCES:
        if getattr(core, name) > limits[f"core_{name}"] * (1 + excess.get(name, 0) / 100):
            return name
    return None


def needs(core: Core, resource: str, limits: Mapping[str, float]) -> str:
    """Return in words how much of a resource a core would need, and how much it has."""
    has, limit = getattr(core, resource), limits[f"core_{resource}"]
    return f"needs {has} {RESOURCES[resource]}, but a core has {limit}, {has - limit} fewer"


def fullness(core: Core, limits: Mapping[str, float]) -> dict[str, float]:
    """Return how much of each resource a core uses, in percent."""
    values = asdict(core)
    return {name: 100 * values[name] / limits[f"core_{name}"] for name in RESOURCES}


def overfull(core: Core, limits: Mapping[str, float]) -> dict[str, int]:
    """Return by how much a core holds more than it has, of each resource of which it does."""
    beyond = {name: getattr(core, name) - limits[f"core_{name}"] for name in RESOURCES}
    return {name: value for name, value in beyond.items() if value > 0}
