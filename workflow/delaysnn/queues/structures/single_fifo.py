"""SCDQ with PRQ and POQ as regions of one ring of memory: sized for the PRQ alone."""

from collections.abc import Sequence

from delaysnn.queues.protocol import Port, Run, Structure
from delaysnn.queues.structures.scdq import collect, run_queue


def run(ports: Sequence[Port], depth: int) -> Run:
    """Send spikes through SCDQ, of which the memory alone differs."""
    return collect([run_queue(*port, depth) for port in ports], ports, memories=1)


STRUCTURE = Structure(
    "single_fifo", "PRQ and POQ in one ring", "#d55e00", place=9, run=run, variant_of="scdq", compared=False
)
