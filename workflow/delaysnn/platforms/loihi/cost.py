"""Energy, latency and memory of an inference on Loihi, with two estimates each.

*Counted* is counted operations times published constants; nothing is fitted. These constants are pre-silicon minima,
and there are none for the host, the barrier between cores and leakage. *Calibrated* is a line in the counted
operations, fitted to the paper's Table III (docs/cost-models.md).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from delaysnn.core.metrics import Cell
from delaysnn.core.network import Network, expand_inputs
from delaysnn.core.readout import SPIKES
from delaysnn.core.spike_trains import SpikeTrains
from delaysnn.core.widths import each_layer
from delaysnn.costs.lines import MECHANISM, Line, Mechanism, compare, fit, published_shape, validate_beside_null_models
from delaysnn.neurons import PLAIN
from delaysnn.platforms.loihi.division import FEWEST
from delaysnn.platforms.loihi.integer_network import CurrentLayer, IntegerNetwork
from delaysnn.platforms.loihi.mapping import platform
from delaysnn.platforms.loihi.spread import Spread
from delaysnn.platforms.protocol import Basis, Estimates

UNITS = {"energy": "uJ", "latency": "ms", "memory": "Mbit"}
MECHANISMS = {
    # What does not grow with the network, every core has.
    "energy": Mechanism(("cores", "counted_uj")),
    # The paper prints one latency for all three sizes: their mean is no prediction.
    "latency": Mechanism(("steps",), predicts=False),
    "memory": Mechanism(("cores",), {"stored_mbit": 1.0}),
}
# The network of the paper's Table IV, and its cores there.
_ON_THREE_CORES, _CORES = "48", 3


@dataclass(frozen=True)
class Counts:
    """What an inference takes, on average over samples.

    Attributes:
        synaptic_operations: synapses that spikes reach, inputs included.
        spikes: spikes of the network's own neurons.
        updates: neurons times time steps.
        synapses: synapses in memory: those kept, one that input channels share once.
        weight_bits: of each one's weight, the mean over synapses.
        n_steps: time steps.
        too_few: numbers of cores in the configuration that do not hold the network.
        spread: what it takes divided over as few cores as hold it, where that is asked for.
        messages_pj: energy of spikes from core to core, where these are counted.
        plain: whether all neurons are LIF and spikes decide, as in the networks that lines are fitted to; of others
            counted estimates are made alone. A compartment does the same for either neuron: a LIF neuron's current
            decays, too, to nothing in a step. Reading potentials has no published price, so it is not counted.
    """

    synaptic_operations: float
    spikes: float
    updates: float
    synapses: float
    weight_bits: float
    n_steps: int
    plain: bool = True
    too_few: tuple[int, ...] = ()
    spread: Spread | None = None
    messages_pj: float = 0.0


def count(network: IntegerNetwork, inputs: SpikeTrains, layers: Sequence[SpikeTrains]) -> Counts:
    """Count an inference's operations from spikes: a spike reaches every kept synapse of its neuron once, and the
    recurrent ones of its own layer.

    Loihi adds a weight to the accumulator of its delay when the spike arrives. So a synapse counts, too, whose current
    would flow after the sample's end. A bias is part of the update of its neuron.
    """
    fed = zip(network.layers, [inputs, *layers[:-1]], layers, strict=True)
    neurons = sum(layer.weights.shape[2] for layer in network.layers)
    synapses = [
        sum(int(np.count_nonzero(each)) for each in (stored, *layer.arriving[1:]))
        for layer, stored in zip(network.layers, network.stored_weights, strict=True)
    ]
    return Counts(
        synaptic_operations=sum(
            _reached(weights, spikes)
            for layer, *sent in fed
            for weights, spikes in zip(layer.arriving, sent, strict=False)
        ),
        spikes=sum(len(spikes.steps) / len(spikes) for spikes in layers),
        updates=neurons * network.n_steps,
        synapses=sum(synapses),
        weight_bits=_mean_width(synapses, each_layer(network.bits, len(synapses))),
        n_steps=network.n_steps,
        plain=network.readout == SPIKES and not any(isinstance(layer, CurrentLayer) for layer in network.layers),
    )


def count_floats(network: Network, inputs: SpikeTrains, layers: Sequence[SpikeTrains], weight_bits: int) -> Counts:
    """Count the operations of a network of floats, as :func:`count` does.

    Loihi would run rounded weights. So that nothing but the memory differs between networks that are compared, all are
    counted on the spikes and synapses of their floats. A synapse to a layer's own neurons is a synapse as any other.

    Args:
        network: may have recurrent layers.
        inputs: spikes of the input channels.
        layers: spikes of every layer.
        weight_bits: that its weights would have.
    """
    fed = zip(expand_inputs(network).layers, [inputs, *layers[:-1]], strict=True)
    operations = sum(_reached(layer.weights, spikes) for layer, spikes in fed)
    for layer, own in zip(network.layers, layers, strict=True):
        if layer.feedback is not None:
            operations += _reached(layer.feedback, own)
    return Counts(
        synaptic_operations=operations,
        spikes=sum(len(spikes.steps) / len(spikes) for spikes in layers),
        updates=sum(network.topology[1:]) * network.n_steps,
        synapses=network.parameters,
        weight_bits=weight_bits,
        n_steps=network.n_steps,
        plain=network.neurons == [PLAIN] and network.readout == SPIKES,
    )


def _mean_width(synapses: Sequence[int], bits: Sequence[int]) -> float:
    """Return the mean width of synapses, of which each layer has so many."""
    return float(np.average(bits, weights=synapses if any(synapses) else None))


def _reached(weights: np.ndarray, spikes: SpikeTrains) -> float:
    """Return the kept synapses that a sample's spikes reach; ``weights`` is [delay, pre, post]."""
    fan_out = np.count_nonzero(weights, axis=(0, 2))
    return float(fan_out[spikes.neurons].sum()) / len(spikes)


def drivers(counts: Counts, constants: Mapping[str, float], cores: int) -> dict[str, float]:
    """Return what costs may grow with: cores, counted energy, steps, stored megabits."""
    found = counted(counts, constants)
    return {
        "cores": cores,
        "counted_uj": found["energy"],
        "steps": counts.n_steps,
        "stored_mbit": found["memory"],
    }


def counted(counts: Counts, constants: Mapping[str, float]) -> dict[str, float]:
    """Return what the constants alone give, by quantity, on however many cores.

    Energy and latency of synaptic operations and of neurons' updates, and a barrier a step; all on one core, one after
    the other. Energy of spikes between cores, where these are counted. Memory of all kept synapses, a weight and a
    delay each.
    """
    silent = counts.updates - counts.spikes

    def priced(unit: str) -> float:
        return (
            counts.synaptic_operations * constants[f"synaptic_operation_{unit}"]
            + counts.spikes * constants[f"neuron_update_active_{unit}"]
            + silent * constants[f"neuron_update_inactive_{unit}"]
        )

    return {
        "energy": (priced("pj") + counts.messages_pj) * 1e-6,
        "latency": (priced("ns") + counts.n_steps * constants["barrier_ns"]) * 1e-6,
        "memory": counts.synapses * (counts.weight_bits + constants["delay_bits"]) * 1e-6,
    }


def published_counts(published: Mapping[str, Any], constants: Mapping[str, float], network: str) -> Counts:
    """Return the counts of a network of the paper, from its printed shapes and spikes (Tables I and II).

    Output spikes and input spikes are not printed; inputs of the same recordings stand for the latter.
    """
    models = published["table_1_models"]
    _, *hidden, n_out = models[network]["topology"]
    first, second = published["table_2_fidelity"][network]["spikes"]["loihi"]
    kept = models["levels_kept"]
    inputs = published["not_printed"]["input_spikes"]
    return Counts(
        synaptic_operations=inputs * hidden[0] + kept * (first * hidden[1] + second * n_out),
        spikes=first + second,
        updates=(sum(hidden) + n_out) * models["timesteps"],
        synapses=models[network]["parameters"],
        weight_bits=constants["weight_bits"],
        n_steps=models["timesteps"],
    )


def calibrate(published: Mapping[str, Any], constants: Mapping[str, float], networks: Sequence[str]) -> dict[str, Line]:
    """Fit one line a quantity to the paper's Table III for the given networks (at least two)."""
    found = [drivers(published_counts(published, constants, name), constants, 1) for name in networks]
    return {
        quantity: fit(found, list(_costs(published, networks, quantity).values()), mechanism)
        for quantity, mechanism in MECHANISMS.items()
    }


def calibrated(
    counts: Counts, constants: Mapping[str, float], lines: Mapping[str, Line], cores: int = 1
) -> dict[str, float]:
    """Return what the lines give, by quantity."""
    found = drivers(counts, constants, cores)
    return {quantity: line(found) for quantity, line in lines.items()}


def estimate(name: str, counts: Counts, basis: Basis, cores: Sequence[int | str]) -> Estimates:
    """Return both estimates for each number of cores; ``name`` is what the counted operations stand under."""
    lines = calibrate(basis.published, basis.constants, basis.fitted) if basis.fitted and counts.plain else {}
    cells, beyond = [Cell(name, "operations", "1", counts.synaptic_operations, "counted")], {}
    for each in cores:
        if each in counts.too_few:
            continue
        spread = counts.spread if each == FEWEST else None
        own = replace(counts, messages_pj=spread.messages_pj) if spread else counts
        number = spread.cores if spread else int(each)
        values = {
            "counted": counted(own, basis.constants),
            "calibrated": calibrated(own, basis.constants, lines, number),
        }
        if spread:
            values["counted"]["latency"] = spread.latency_ns * 1e-6
        elif number > 1:
            # Counted one operation after the other, which is what one core does.
            del values["counted"]["latency"]
        cells += [
            Cell(platform(each), quantity, UNITS[quantity], value, how)
            for how, found in values.items()
            for quantity, value in found.items()
        ]
        beyond[platform(each)] = outside(own, basis.constants, lines, number)
    return Estimates(cells, beyond)


def estimates_of_published(
    published: Mapping[str, Any], constants: Mapping[str, float], fitted: Sequence[str], network: str
) -> dict[tuple[str, str, str], float]:
    """Return both estimates of a network of the paper on one core, from its own counts, by platform, quantity and
    how.
    """
    counts, lines = published_counts(published, constants, network), calibrate(published, constants, fitted)
    values = {"counted": counted(counts, constants), "calibrated": calibrated(counts, constants, lines)}
    return {(platform(1), quantity, how): value for how, own in values.items() for quantity, value in own.items()}


def outside(
    counts: Counts, constants: Mapping[str, float], lines: Mapping[str, Line], cores: int
) -> dict[str, list[str]]:
    """Return the drivers of each line that lie outside of what it was fitted to, where any does."""
    found = drivers(counts, constants, cores)
    return {quantity: names for quantity, line in lines.items() if (names := line.outside(found))}


def validate(
    published: Mapping[str, Any], constants: Mapping[str, float], networks: Sequence[str]
) -> list[dict[str, Any]]:
    """Predict each network from a fit on the others, beside a fit on all, and the null models.

    The one network published on three cores (Table IV) is predicted only, by the fit that has not seen it.

    Returns:
        Rows of platform, quantity, unit and what :func:`delaysnn.costs.lines.validate` returns, and what is counted
        beside each published value.
    """
    counts = {name: published_counts(published, constants, name) for name in networks}
    found = {name: drivers(counts[name], constants, 1) | published_shape(published, name) for name in networks}
    rows = []
    for quantity, mechanism in MECHANISMS.items():
        about = {"platform": platform(1), "quantity": quantity, "unit": UNITS[quantity]}
        costs = _costs(published, networks, quantity)
        ours = {name: counted(counts[name], constants)[quantity] for name in networks}
        rows += [about | row for row in validate_beside_null_models(costs, found, mechanism, {}, ours)]
    if _ON_THREE_CORES in networks:
        others = [name for name in networks if name != _ON_THREE_CORES]
        estimated = calibrated(counts[_ON_THREE_CORES], constants, calibrate(published, constants, others), _CORES)
        for quantity, mechanism in MECHANISMS.items():
            cell = published["table_4_three_cores"]["loihi"][_key(quantity)]
            rows.append(
                {"platform": platform(_CORES), "quantity": quantity, "unit": UNITS[quantity]}
                | {"network": _ON_THREE_CORES, **compare(cell, estimated[quantity]), "model": MECHANISM}
                | {"how": "left_out" if mechanism.predicts else "not_predicted"}
            )
    return rows


def _key(quantity: str) -> str:
    return f"{quantity}_{UNITS[quantity].lower()}"


def _costs(published: Mapping[str, Any], networks: Sequence[str], quantity: str) -> dict[str, float]:
    return {name: published["table_3_hardware"][name]["loihi_1core"][_key(quantity)] for name in networks}
