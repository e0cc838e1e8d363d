"""SCDQ without early drop: an event circulates through every delay."""

from collections.abc import Sequence

from delaysnn.queues.protocol import Port, Run, Structure
from delaysnn.queues.structures.scdq import collect, run_queue


def run(ports: Sequence[Port], depth: int) -> Run:
    """Send spikes through queues that keep every event to the last delay."""
    return collect([run_queue(*port, depth, early_drop=False) for port in ports], ports)


STRUCTURE = Structure("no_early_drop", "without early drop", "#d55e00", place=5, run=run, variant_of="scdq")
