"""The Shared Circular Delay Queue, event by event (paper section V).

A spike enters once, with a counter at its highest value, and circulates between two queues. Every time step it is taken
from the pre-processing queue (PRQ). If its axon has a useful weight at the present delay, it is delivered. If a later
delay is useful, it goes to the post-processing queue (POQ) with its counter one lower. The end-of-time-step event
(EOT), last in line, makes the queues swap.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from delaysnn.core.errors import InputError
from delaysnn.core.metrics import Cell
from delaysnn.core.network import Layer
from delaysnn.core.spike_trains import SpikeTrains
from delaysnn.queues.capacity import scdq_events
from delaysnn.queues.delays import arrivals, leading_zeros, useful_delays
from delaysnn.queues.protocol import Need, Port, Run, Steady, Structure


@dataclass(frozen=True)
class QueueRun:
    """What the queue did, for each sample.

    Attributes:
        deliveries: int64 [samples]; events delivered to the core.
        pops: int64 [samples]; events taken from the PRQ, delivered or not.
        occupancy: int64 [samples, time]; events in the PRQ at the step's EOT, the most that either queue holds.
        differences: int64 [samples]; events that were delivered but are not due by the dense delayed product, and
            events that are due but were not delivered.
    """

    deliveries: np.ndarray
    pops: np.ndarray
    occupancy: np.ndarray
    differences: np.ndarray


def run_queue(spikes: SpikeTrains, useful: np.ndarray, depth: int, early_drop: bool = True) -> QueueRun:
    """Send every sample's spikes through the queue.

    Args:
        spikes: of the pre-neurons.
        useful: WVU, bool [pre, delay], as :func:`delaysnn.useful_delays` returns it.
        depth: events that each queue can hold.
        early_drop: an event leaves after its last useful delay; otherwise it circulates through all delays.

    Raises:
        InputError: a queue overflows; the message names sample and step.

    Examples:
        >>> import numpy as np
        >>> from delaysnn import SpikeTrains
        >>> spikes = np.zeros((5, 1, 1))
        >>> spikes[0] = 1  # one neuron fires at step 0
        >>> done = run_queue(SpikeTrains.from_dense(spikes), np.array([[True, False, True]]), depth=16)
        >>> done.deliveries.tolist(), done.pops.tolist()  # delivered at delays 0 and 2, in the queue for 3 steps
        ([2], [3])
    """
    if spikes.n_neurons != len(useful):
        raise InputError(f"The queue serves {len(useful)} axons, but the spikes have {spikes.n_neurons} neurons.")
    from delaysnn.queues.kernels import circulate

    zeros = leading_zeros(useful) if early_drop else np.zeros(len(useful), np.int64)
    deliveries, pops, occupancy, differences, overflow = circulate(
        spikes.offsets, spikes.steps, spikes.neurons, spikes.n_steps, useful, zeros, depth
    )
    if (overflow >= 0).any():
        sample = int(np.argmax(overflow >= 0))
        needed = expected_occupancy(spikes, useful if early_drop else np.ones_like(useful)).max()
        raise InputError(
            f"The queue of {depth} events overflows in sample {sample}, step {overflow[sample]}; its busiest step "
            f"needs {needed}. Give it more, with queue_depth in the file that hardware.seneca names, or else in "
            "config/hardware/seneca.yaml; a network that fires less, or has shorter delays, needs less."
        )
    return QueueRun(deliveries, pops, occupancy, differences)


def expected_occupancy(spikes: SpikeTrains, useful: np.ndarray) -> np.ndarray:
    """Return the occupancy in closed form, int64 [samples, time]: each spike is alive until its last useful delay."""
    # An axon without any useful delay is taken once and dropped.
    last = (useful * np.arange(useful.shape[1])).max(axis=1)[spikes.neurons]
    end = spikes.steps.astype(np.int64) + last + 1
    change = np.zeros((len(spikes), spikes.n_steps + 1), np.int64)
    np.add.at(change, (spikes.samples, spikes.steps), 1)
    np.add.at(change, (spikes.samples, np.minimum(end, spikes.n_steps)), -1)
    return change[:, :-1].cumsum(axis=1)


def events_held(occupancy: np.ndarray, spikes: SpikeTrains) -> int:
    """Return the events that PRQ and POQ hold, each at its busiest step; for the POQ those before arrivals."""
    return int(occupancy.max()) + int((occupancy - arrivals(spikes)).max())


def collect(runs: Sequence[QueueRun], ports: Sequence[Port]) -> Run:
    """Return what queues did together, each with memory of its own."""
    return Run(
        np.sum([run.pops for run in runs], axis=0),
        sum(events_held(run.occupancy, port[0]) for run, port in zip(runs, ports, strict=True)),
        sum(int(run.deliveries.sum()) for run in runs),
        sum(int(run.differences.sum()) for run in runs),
    )


def differences_from_oracles(run: QueueRun, spikes: SpikeTrains, useful: np.ndarray) -> int:
    """Count deliveries that differ from the dense delayed product and steps whose occupancy differs in closed form."""
    return int(run.differences.sum() + (run.occupancy != expected_occupancy(spikes, useful)).sum())


def run(ports: Sequence[Port], depth: int) -> Run:
    """Send spikes through a queue a layer; a step whose occupancy differs from the closed form is a difference too."""
    runs = [run_queue(*port, depth) for port in ports]
    differences = sum(differences_from_oracles(own, *port) for own, port in zip(runs, ports, strict=True))
    return replace(collect(runs, ports), differences=differences)


def need(layer: Layer, spikes: SpikeTrains, constants: Mapping[str, float]) -> Need:
    """An event is read and written in every step that it waits."""
    useful = useful_delays(layer)
    waiting = expected_occupancy(spikes, useful)
    return Need(
        constants["event_bits"] * scdq_events(*useful.shape),
        constants["event_bits"] * float(events_held(waiting, spikes)),
        2 * float(waiting.sum(axis=1).mean()),
    )


def bits_at(n_pre: int, n_post: int, n_delays: int, constants: Mapping[str, float], density: np.ndarray) -> np.ndarray:
    """A spike takes a place in the PRQ, and one in the POQ until its last delay."""
    return constants["event_bits"] * scdq_events(n_pre, n_delays) * density


def steps_alive(useful: np.ndarray) -> np.ndarray:
    """Return, int64 [pre], in how many steps a spike is taken from the queue: up to its last useful delay, or one.

    Args:
        useful: WVU, bool [pre, delay].
    """
    return np.maximum(useful.shape[1] - leading_zeros(useful), 1)


def steady(layer: Layer, constants: Mapping[str, float]) -> Steady:
    """A spike is read and written in every step until its last useful delay, in which the POQ holds it no more."""
    alive = steps_alive(useful_delays(layer))
    held = float(alive.sum() + (alive - 1).sum())
    return Steady((0, constants["event_bits"] * held), (0, 2 * float(alive.sum())), constants["event_bits"])


def measure(runs: Sequence[QueueRun], ports: Sequence[Port]) -> list[Cell]:
    """Return what a network's queues do, all of them together.

    ``useful_delays`` and ``last_useful_delay`` (in time steps) are means over the axons that have any; ``queue_events``
    (events taken from a PRQ) and ``deliveries`` are means over samples, of all queues together; ``steps_in_queue`` is
    the mean over events of how often each was taken.

    Args:
        runs: one a queue.
        ports: what each one serves.
    """
    used = [useful[useful.any(axis=1)] for _, useful in ports]
    last = [useful.shape[1] - 1 - leading_zeros(useful) for useful in used]
    pops = sum(run.pops.sum() for run in runs)
    values = {
        ("useful_delays", "delays an axon"): np.concatenate([useful.sum(axis=1) for useful in used]).mean(),
        ("last_useful_delay", "time steps"): np.concatenate(last).mean(),
        ("queue_events", "events"): pops / len(ports[0][0]),
        ("steps_in_queue", "time steps"): pops / max(1, sum(len(spikes.steps) for spikes, _ in ports)),
        ("deliveries", "events"): sum(run.deliveries.mean() for run in runs),
    }
    return [Cell("seneca_scdq", *names, float(value)) for names, value in values.items()]


def summarise(run: QueueRun, useful: np.ndarray) -> dict[str, Any]:
    """Return what one queue did over all samples: events a sample, and its occupancy at each step's EOT."""
    return {
        "useful_delays": int(useful.sum()),
        "pops_mean": float(run.pops.mean()),
        "deliveries_mean": float(run.deliveries.mean()),
        "occupancy_peak": int(run.occupancy.max()),
        "occupancy_mean": run.occupancy.mean(axis=0).tolist(),
        "occupancy_most": run.occupancy.max(axis=0).tolist(),
    }


STRUCTURES = (
    Structure(
        "scdq",
        "SCDQ",
        "#d55e00",
        place=3,
        run=run,
        need=need,
        bits_at=bits_at,
        energy_per_event=1.0,
        steady=steady,
    ),
)
