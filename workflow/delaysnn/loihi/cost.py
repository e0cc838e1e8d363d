"""Energy, latency and memory of an inference on Loihi: counted operations times cited constants, calibrated.

The chip's published figures include host, barrier and leakage shares that no public constant gives. Two numbers for
energy (a factor and an offset), one for latency and one for memory are therefore fitted to the paper's Table III; how
well a fit on two of its networks predicts the third is reported beside (docs/cost-models.md).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from delaysnn.formats.spike_trains import SpikeTrains
from delaysnn.loihi.integer_network import IntegerNetwork
from delaysnn.loihi.mapping import platform

# The network of the paper's Table IV.
_ON_THREE_CORES = "48"


@dataclass(frozen=True)
class Counts:
    """What an inference takes, on average over samples.

    Attributes:
        synaptic_operations: synapses that spikes reach, inputs included.
        spikes: spikes of the network's own neurons.
        updates: neurons times time steps.
        synapses: synapses kept.
        weight_bits: of each one's weight.
        n_steps: time steps.
    """

    synaptic_operations: float
    spikes: float
    updates: float
    synapses: float
    weight_bits: int
    n_steps: int


@dataclass(frozen=True)
class CostModel:
    """Calibrated constants; every estimate is in microjoule, millisecond or megabit (10^6 bit).

    What does not grow with the network, the offsets, every core has; steps last as long, whatever the cores.
    """

    constants: Mapping[str, float]
    energy_factor: float
    energy_offset_uj: float
    latency_us_per_step: float
    memory_offset_mbit: float

    def energy_uj(self, counts: Counts, cores: int = 1) -> float:
        return cores * self.energy_offset_uj + self.energy_factor * counted_energy_uj(counts, self.constants)

    def latency_ms(self, counts: Counts) -> float:
        return self.latency_us_per_step * counts.n_steps * 1e-3

    def memory_mbit(self, counts: Counts, cores: int = 1) -> float:
        return cores * self.memory_offset_mbit + stored_mbit(counts, self.constants)

    def estimate(self, counts: Counts, cores: int) -> dict[tuple[str, str], float]:
        """Return every quantity with its unit."""
        return {
            ("energy", "uJ"): self.energy_uj(counts, cores),
            ("latency", "ms"): self.latency_ms(counts),
            ("memory", "Mbit"): self.memory_mbit(counts, cores),
        }


def stored_mbit(counts: Counts, constants: Mapping[str, float]) -> float:
    """Return the megabits of all kept synapses, a weight and a delay each."""
    return counts.synapses * (counts.weight_bits + constants["delay_bits"]) * 1e-6


def counted_energy_uj(counts: Counts, constants: Mapping[str, float]) -> float:
    """Return the energy that the public constants alone give."""
    active = counts.spikes * constants["neuron_update_active_pj"]
    inactive = (counts.updates - counts.spikes) * constants["neuron_update_inactive_pj"]
    return (counts.synaptic_operations * constants["synaptic_operation_pj"] + active + inactive) * 1e-6


def count(network: IntegerNetwork, inputs: SpikeTrains, layers: Sequence[SpikeTrains]) -> Counts:
    """Count an inference's operations from spikes: a spike reaches every kept synapse of its neuron once."""
    operations = 0.0
    for layer, spikes in zip(network.layers, [inputs, *layers[:-1]], strict=True):
        fan_out = np.count_nonzero(layer.weights, axis=(0, 2))
        operations += float(fan_out[spikes.neurons].sum()) / len(spikes)
    neurons = sum(layer.weights.shape[2] for layer in network.layers)
    return Counts(
        synaptic_operations=operations,
        spikes=sum(len(spikes.steps) / len(spikes) for spikes in layers),
        updates=neurons * network.n_steps,
        synapses=sum(int(np.count_nonzero(layer.weights)) for layer in network.layers),
        weight_bits=network.bits,
        n_steps=network.n_steps,
    )


def published_counts(published: Mapping[str, Any], constants: Mapping[str, float], network: str) -> Counts:
    """Return the counts of a network of the paper, from its printed shapes and spikes (Tables I and II)."""
    input_spikes = constants["input_spikes_of_shd"]
    models = published["table_1_models"]
    _, *hidden, n_out = models[network]["topology"]
    first, second = published["table_2_fidelity"][network]["spikes"]["loihi"]
    kept = models["levels_kept"]
    return Counts(
        synaptic_operations=input_spikes * hidden[0] + kept * (first * hidden[1] + second * n_out),
        spikes=first + second,
        updates=(sum(hidden) + n_out) * models["timesteps"],
        synapses=models[network]["parameters"],
        weight_bits=int(constants["weight_bits"]),
        n_steps=models["timesteps"],
    )


def calibrate(published: Mapping[str, Any], constants: Mapping[str, float], networks: Sequence[str]) -> CostModel:
    """Fit the model to the paper's Table III for the given networks (at least two)."""
    counts = [published_counts(published, constants, name) for name in networks]
    rows = [published["table_3_hardware"][name]["loihi_1core"] for name in networks]
    counted = [counted_energy_uj(c, constants) for c in counts]
    factor, offset = np.polyfit(counted, [row["energy_uj"] for row in rows], 1)
    step_us = np.mean([1e3 * row["latency_ms"] / c.n_steps for row, c in zip(rows, counts, strict=True)])
    memory = np.mean([row["memory_mbit"] - stored_mbit(c, constants) for row, c in zip(rows, counts, strict=True)])
    return CostModel(constants, float(factor), float(offset), float(step_us), float(memory))


def validate(
    published: Mapping[str, Any], constants: Mapping[str, float], networks: Sequence[str]
) -> list[dict[str, Any]]:
    """Predict each network from a fit on the others, beside a fit on all; one row a quantity.

    The one network published on three cores (Table IV) is predicted only, by the fit that has not seen it.

    Returns:
        Rows of network, platform, quantity, unit, published, ours, error_pct and how (fitted or left_out).
    """
    rows = []
    for how in ("fitted", "left_out"):
        for name in networks:
            others = networks if how == "fitted" else [other for other in networks if other != name]
            model = calibrate(published, constants, others)
            counts = published_counts(published, constants, name)
            cells = {1: published["table_3_hardware"][name]["loihi_1core"]}
            if how == "left_out" and name == _ON_THREE_CORES:
                cells[3] = published["table_4_three_cores"]["loihi"]
            for cores, cell in cells.items():
                for (quantity, unit), ours in model.estimate(counts, cores).items():
                    expected = cell[f"{quantity}_{unit.lower()}"]
                    rows.append(
                        {
                            "network": name,
                            "platform": platform(cores),
                            "quantity": quantity,
                            "unit": unit,
                            "published": expected,
                            "ours": ours,
                            "error_pct": 100 * (ours / expected - 1),
                            "how": how,
                        }
                    )
    return rows
