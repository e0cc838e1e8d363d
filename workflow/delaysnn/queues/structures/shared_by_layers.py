"""SCDQ with one queue for all layers: sized for the busiest step that they have in common."""

from collections.abc import Sequence

import numpy as np

from delaysnn.core.spike_trains import SpikeTrains
from delaysnn.queues.protocol import Port, Run, Structure
from delaysnn.queues.structures.scdq import collect, run_queue


def run(ports: Sequence[Port], depth: int) -> Run:
    """Send spikes through one queue, as deep as those of all layers together."""
    merged = merge(ports)
    return collect([run_queue(*merged, depth * len(ports))], [merged])


def merge(ports: Sequence[Port]) -> Port:
    """Return several layers as one: axons are numbered on."""
    n_delays = max(useful.shape[1] for _, useful in ports)
    useful = np.concatenate([np.pad(rows, ((0, 0), (0, n_delays - rows.shape[1]))) for _, rows in ports])
    dense = np.concatenate([spikes.dense() for spikes, _ in ports], axis=2)
    return SpikeTrains.from_dense(dense), useful


STRUCTURE = Structure("shared_by_layers", "one queue for all layers", "#d55e00", place=8, run=run, variant_of="scdq")
