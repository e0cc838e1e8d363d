"""Energy, latency and memory of an inference on Seneca, with SCDQ or with a queue in software.

Neural operations are counted and priced with SENECA's published instruction energies. Control, NoC and idle shares are
not published a share each, so a factor and an offset a quantity are fitted to the paper's Table III; how well a fit on
two of its networks predicts the third is reported beside (docs/cost-models.md).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from delaysnn.formats.network import Network
from delaysnn.formats.spike_trains import SpikeTrains
from delaysnn.seneca.scdq import leading_zeros, useful_delays

UNITS = {"energy": "uJ", "latency": "ms", "memory": "Mbit", "delay_ip_energy": "uJ"}
_PUBLISHED_KEYS = {
    "energy": "energy_uj",
    "latency": "latency_ms",
    "memory": "memory_mbit",
    "delay_ip_energy": "delay_ip_uj",
}
PLATFORMS = {
    "seneca_scdq": ("energy", "latency", "memory", "delay_ip_energy"),
    "seneca_software": ("energy", "latency", "memory"),
}


@dataclass(frozen=True)
class Counts:
    """What an inference takes; numbers, or arrays with one entry a sample.

    Attributes:
        synaptic_operations: of the layers behind a queue: a delivered event meets every post-neuron.
        queue_events: events times the steps they stay in a queue.
        stored_weights: weights in memory; all delay levels are stored, pruned or not.
    """

    synaptic_operations: Any
    queue_events: Any
    stored_weights: int


@dataclass(frozen=True)
class Line:
    """``offset + factor * x``."""

    factor: float
    offset: float

    def __call__(self, x: Any) -> Any:
        return self.offset + self.factor * x


def count(network: Network, layers: Sequence[SpikeTrains]) -> Counts:
    """Count the operations of every sample from the spikes of its layers, arrays float [samples].

    Every useful delay of a spike counts, also where it would fall after the sample's end, since the paper's own
    counts (spikes times levels) do not tell those apart.
    """
    operations, events = 0.0, 0.0
    for layer, spikes in zip(network.layers[1:], layers[:-1], strict=True):
        useful = useful_delays(layer)
        n_post = layer.weights.shape[2]
        fired = spikes.counts()
        operations = operations + fired @ (useful.sum(axis=1) * n_post).astype(float)
        events = events + fired @ np.maximum(useful.shape[1] - leading_zeros(useful), 1).astype(float)
    return Counts(operations, events, sum(layer.weights.size for layer in network.layers))


def published_counts(published: Mapping[str, Any], network: str) -> Counts:
    """Return the counts of a network of the paper from its printed shapes and spikes: no axon is pruned."""
    models = published["table_1_models"]
    n_in, *hidden, n_out = models[network]["topology"]
    first, second = published["table_2_fidelity"][network]["spikes"]["seneca"]
    levels = models["max_delay"] // models["stride"]
    steps_alive = (levels - 1) * models["stride"] + 1
    return Counts(
        synaptic_operations=levels * (first * hidden[1] + second * n_out),
        queue_events=(first + second) * steps_alive,
        stored_weights=n_in * hidden[0] + levels * (hidden[0] * hidden[1] + hidden[1] * n_out),
    )


def drivers(counts: Counts, constants: Mapping[str, float]) -> dict[str, Any]:
    """Return what each quantity grows with: neural energy in microjoule, operations, queue events, stored megabits."""
    neural_pj = sum(constants[key] for key in ("load_weight_pj", "load_state_pj", "add_pj", "store_state_pj"))
    return {
        "energy": counts.synaptic_operations * neural_pj * 1e-6,
        "latency": counts.synaptic_operations * 1e-6,
        "memory": counts.stored_weights * constants["weight_bits"] * 1e-6,
        "delay_ip_energy": counts.queue_events * 1e-6,
    }


def calibrate(
    published: Mapping[str, Any], constants: Mapping[str, float], networks: Sequence[str]
) -> dict[tuple[str, str], Line]:
    """Fit one line a platform and quantity to Table III for the given networks (at least two).

    Memory has its slope fixed by the bits stored; only its offset is fitted.
    """
    xs = [drivers(published_counts(published, name), constants) for name in networks]
    lines = {}
    for platform, quantities in PLATFORMS.items():
        for quantity in quantities:
            x = np.array([driver[quantity] for driver in xs])
            rows = (published["table_3_hardware"][name][platform] for name in networks)
            y = np.array([row[_PUBLISHED_KEYS[quantity]] for row in rows])
            fit = (1.0, float(np.mean(y - x))) if quantity == "memory" else np.polyfit(x, y, 1)
            lines[platform, quantity] = Line(float(fit[0]), float(fit[1]))
    return lines


def estimate(
    counts: Counts, constants: Mapping[str, float], lines: Mapping[tuple[str, str], Line]
) -> dict[tuple[str, str], Any]:
    """Return the estimate of every platform and quantity, a number or one a sample."""
    x = drivers(counts, constants)
    return {(platform, quantity): line(x[quantity]) for (platform, quantity), line in lines.items()}


def validate(
    published: Mapping[str, Any], constants: Mapping[str, float], networks: Sequence[str]
) -> list[dict[str, Any]]:
    """Predict each network from a fit on the others, beside a fit on all; one row a platform and quantity.

    Returns:
        Rows of network, platform, quantity, unit, published, ours, error_pct and how (fitted or left_out).
    """
    rows = []
    for how in ("fitted", "left_out"):
        for name in networks:
            others = networks if how == "fitted" else [other for other in networks if other != name]
            found = estimate(published_counts(published, name), constants, calibrate(published, constants, others))
            for (platform, quantity), ours in found.items():
                expected = published["table_3_hardware"][name][platform][_PUBLISHED_KEYS[quantity]]
                rows.append(
                    {
                        "network": name,
                        "platform": platform,
                        "quantity": quantity,
                        "unit": UNITS[quantity],
                        "published": expected,
                        "ours": float(ours),
                        "error_pct": 100 * (float(ours) / expected - 1),
                        "how": how,
                    }
                )
    return rows
