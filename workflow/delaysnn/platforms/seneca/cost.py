"""Energy, latency and memory of an inference on Seneca, with SCDQ or with a queue in software, with two estimates each.

*Counted* is counted operations times published constants; nothing is fitted, and what no constant covers is left out.
*Calibrated* is a line in the same counts, fitted to the paper's Table III. It interpolates between the paper's networks
on the paper's chip. A changed constant changes nothing in it except memory (docs/cost-models.md).
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from delaysnn.costs.lines import CONSTANT, Line, Mechanism, fit, published_shape, validate_beside_null_models
from delaysnn.platforms.seneca.counts import Counts, published_counts
from delaysnn.queues import registered

UNITS = {"energy": "uJ", "latency": "ms", "memory": "Mbit", "delay_ip_energy": "uJ"}
_PUBLISHED_KEYS = {
    "energy": "energy_uj",
    "latency": "latency_ms",
    "memory": "memory_mbit",
    "delay_ip_energy": "delay_ip_uj",
}
# Load weight, load state, add, store state: one instruction each.
_INSTRUCTIONS = ("load_weight_pj", "load_state_pj", "add_pj", "store_state_pj")
# The offset is what does not grow with the network: control, and handling the inputs, which are the same for all three.
_NEURAL = Mechanism((CONSTANT, "operations"))
_MEMORY = Mechanism((CONSTANT,), {"stored_mbit": 1.0})
MECHANISMS = {
    ("seneca_scdq", "energy"): _NEURAL,
    ("seneca_scdq", "latency"): _NEURAL,
    ("seneca_scdq", "memory"): _MEMORY,
    ("seneca_scdq", "delay_ip_energy"): Mechanism(("steps", "queue_events")),
    ("seneca_software", "energy"): _NEURAL,
    ("seneca_software", "latency"): Mechanism(("queue_events",)),
    ("seneca_software", "memory"): _MEMORY,
}
# Further lines that were tried, shown beside: none of them is better understood than the one above.
_TRIED = {
    ("seneca_scdq", "latency"): {"operations behind queues and input operations": ("queued", "input_operations")},
    ("seneca_software", "latency"): {"operations": (CONSTANT, "operations")},
    ("seneca_software", "energy"): {
        "queue events": (CONSTANT, "queue_events"),
        "operations and queue events": ("operations", "queue_events"),
        "squared width": (CONSTANT, "width_squared"),
    },
}


def drivers(counts: Counts, constants: Mapping[str, float]) -> dict[str, Any]:
    """Return what costs may grow with: operations, events times steps, steps, stored megabits."""
    at_once = len(counts.operations) - len(counts.queue_events)
    return {
        CONSTANT: 1.0,
        "input_operations": sum(counts.operations[:at_once]),
        "queued": sum(counts.operations[at_once:]),
        "operations": sum(counts.operations),
        "queue_events": sum(counts.queue_events),
        "steps": counts.steps,
        "stored_mbit": counts.stored_weights * constants["weight_bits"] * 1e-6,
    }


def counted(counts: Counts, constants: Mapping[str, float]) -> dict[tuple[str, str], Any]:
    """Return what the constants alone give, by platform and quantity, a number or one a sample.

    Counted: instructions of the neuro-processing elements, reads and writes of the queue, or the instructions of a
    queue in software; memory of weights, states and queues. Left out: everything else that the RISC-V controls, the
    network on chip, the program's memory, idle power.

    Left out, too, is what a LIF neuron does once a step (decay, threshold, reset). Of other neurons only what they take
    more than LIF is counted: MLD for a parameter or a state, ADD, SUB and MUL, which have one price, and MST for a
    state; in memory 16 bits for each of these numbers.
    """
    neural_pj = sum(constants[name] for name in _INSTRUCTIONS)
    access_pj = constants["event_bits"] * (constants["queue_read_bit_pj"] + constants["queue_write_bit_pj"])
    instructions, accesses = _software(counts, constants)
    software_pj = [
        run * constants["riscv_instruction_pj"] + touched * constants["riscv_data_access_pj"]
        for run, touched in zip(instructions, accesses, strict=True)
    ]
    neural_uj = sum(counts.operations) * neural_pj * 1e-6 + _updates_pj(counts, constants) * 1e-6
    updates = [layer.instructions for layer in counts.updates] or [0] * len(counts.operations)
    cycles = [
        (operations * len(_INSTRUCTIONS) + update) / constants["npes"]
        for operations, update in zip(counts.operations, updates, strict=True)
    ]
    # The first layer has no queue where its inputs are not delayed.
    at_once = len(cycles) - len(instructions)
    in_software = [*cycles[:at_once], *(own + run for own, run in zip(cycles[at_once:], instructions, strict=True))]
    states = counts.neurons + counts.stored_numbers
    bits = counts.stored_weights * constants["weight_bits"] + states * constants["weight_bits"]
    # The chip has a PRQ and a POQ a layer; of another structure it is known what the busiest step needs.
    queues = 2 * constants["queue_depth"] * len(counts.queue_events)
    structures = {"scdq": (sum(counts.queue_events), queues)}
    structures |= {name: (run.pops, run.peak) for name, run in counts.others.items()}
    found: dict[tuple[str, str], Any] = {}
    for name, (events, held) in structures.items():
        delay_ip_uj = events * access_pj * registered()[name].energy_per_event * 1e-6
        found |= {
            (f"seneca_{name}", "energy"): neural_uj + delay_ip_uj,
            (f"seneca_{name}", "latency"): _busiest_ms(cycles, constants),
            (f"seneca_{name}", "memory"): (bits + held * constants["event_bits"] + counts.delay_bits) * 1e-6,
            (f"seneca_{name}", "delay_ip_energy"): delay_ip_uj,
        }
    return found | {
        ("seneca_software", "energy"): neural_uj + sum(software_pj) * 1e-6,
        ("seneca_software", "latency"): _busiest_ms(in_software, constants),
        # In software an event takes a word of 32 bits.
        ("seneca_software", "memory"): (bits + 2 * queues * constants["event_bits"] + counts.delay_bits) * 1e-6,
    }


def _updates_pj(counts: Counts, constants: Mapping[str, float]) -> float:
    """Return the energy of what neurons take more than LIF's."""
    return sum(
        layer.parameters * constants["load_weight_pj"]
        + layer.states * (constants["load_state_pj"] + constants["store_state_pj"])
        + layer.operations * constants["add_pj"]
        for layer in counts.updates
    )


def _software(counts: Counts, constants: Mapping[str, float]) -> tuple[list[Any], list[Any]]:
    """Return instructions and accesses to data memory of each layer's queue in software."""

    def total(kind: str) -> list[Any]:
        return [
            arrived * constants[f"software_arrival_{kind}"]
            + waited * constants[f"software_event_{kind}"]
            + delivered * constants[f"software_delivery_{kind}"]
            for arrived, waited, delivered in zip(counts.arrivals, counts.queue_events, counts.deliveries, strict=True)
        ]

    return total("instructions"), total("accesses")


def _busiest_ms(cycles: Sequence[Any], constants: Mapping[str, float]) -> Any:
    """Return the time that the busiest core's cycles take; the others work beside it."""
    return np.max(np.broadcast_arrays(*cycles), axis=0) / (constants["clock_mhz"] * 1e3)


def calibrate(
    published: Mapping[str, Any], constants: Mapping[str, float], networks: Sequence[str]
) -> dict[tuple[str, str], Line]:
    """Fit one line a platform and quantity to Table III for the given networks (at least two)."""
    found = [drivers(published_counts(published, name), constants) for name in networks]
    return {
        (platform, quantity): fit(found, list(_costs(published, networks, platform, quantity).values()), mechanism)
        for (platform, quantity), mechanism in MECHANISMS.items()
    }


def calibrated(
    counts: Counts, constants: Mapping[str, float], lines: Mapping[tuple[str, str], Line]
) -> dict[tuple[str, str], Any]:
    """Return what the lines give for counts that are due, by platform and quantity, a number or one a sample."""
    found = drivers(counts, constants)
    return {key: line(found) for key, line in lines.items()}


def estimates_of_published(
    published: Mapping[str, Any], constants: Mapping[str, float], fitted: Sequence[str], network: str
) -> dict[tuple[str, str, str], float]:
    """Return both estimates of a network of the paper, from its own counts, by platform, quantity and how."""
    counts, lines = published_counts(published, network), calibrate(published, constants, fitted)
    return {(*key, "counted"): float(value) for key, value in counted(counts, constants).items()} | {
        (*key, "calibrated"): float(value) for key, value in calibrated(counts, constants, lines).items()
    }


def asked(
    published: Mapping[str, Any], constants: Mapping[str, float], networks: Sequence[str]
) -> list[dict[str, Any]]:
    """Return how many operations the printed energy, or latency, of each network of the paper corresponds to.

    The energy or latency is that with SCDQ, on a line through those of ``networks``. The paper prints no spikes of
    network 48ax, so nothing else is known about its operations.

    Returns:
        Rows of network, quantity (``energy`` or ``latency``), kind (``operations``, those of the input layer included,
        or ``queued``, those behind queues alone, on a line of their own) and operations.
    """
    found = [drivers(published_counts(published, name), constants) for name in networks]
    rows = []
    for quantity in ("energy", "latency"):
        costs = list(_costs(published, networks, "seneca_scdq", quantity).values())
        for kind in ("operations", "queued"):
            line = fit(found, costs, Mechanism((CONSTANT, kind)))
            for network, cells in published["table_3_hardware"].items():
                if isinstance(cells, dict) and "seneca_scdq" in cells:
                    rest = cells["seneca_scdq"][_PUBLISHED_KEYS[quantity]] - line.prices[CONSTANT]
                    about = {"network": network, "quantity": quantity, "kind": kind}
                    rows.append({**about, "operations": rest / line.prices[kind]})
    return rows


def software_cycles(
    published: Mapping[str, Any], constants: Mapping[str, float], networks: Sequence[str]
) -> list[dict[str, Any]]:
    """Return cycles and energy of the queue in software: by the paper's cells, and by its loop from the bottom up.

    The paper's are differences between its two queues, over the events and steps of all queues. Nothing is fitted.

    Returns:
        Rows of network, quantity, unit, published (of the paper's cells) and ours (of the loop): cycles and energy for
        each event and step, and energy a cycle.
    """
    rows = []
    for name in networks:
        counts, cells = published_counts(published, name), published["table_3_hardware"][name]
        events = sum(counts.queue_events)
        more = {key: cells["seneca_software"][key] - cells["seneca_scdq"][key] for key in ("energy_uj", "latency_ms")}
        cycles = more["latency_ms"] * 1e3 * constants["clock_mhz"]
        instructions, accesses = (sum(part) for part in _software(counts, constants))
        loop_pj = instructions * constants["riscv_instruction_pj"] + accesses * constants["riscv_data_access_pj"]
        values = {
            ("cycles_an_event", "1"): (cycles / events, instructions / events),
            ("energy_an_event", "pJ"): (more["energy_uj"] * 1e6 / events, loop_pj / events),
            ("energy_a_cycle", "pJ"): (more["energy_uj"] * 1e6 / cycles, loop_pj / instructions),
        }
        for (quantity, unit), (theirs, ours) in values.items():
            rows.append({"network": name, "quantity": quantity, "unit": unit, "published": theirs, "ours": ours})
    return rows


def outside(
    counts: Counts, constants: Mapping[str, float], lines: Mapping[tuple[str, str], Line]
) -> dict[tuple[str, str], list[str]]:
    """Return the drivers of each line that lie outside of what it was fitted to, where any does."""
    found = drivers(counts, constants)
    return {key: names for key, line in lines.items() if (names := line.outside(found))}


def by_platform(values: Mapping[tuple[str, str], Any]) -> dict[str, dict[str, Any]]:
    """Return values by platform, then quantity."""
    found: dict[str, dict[str, Any]] = {}
    for (platform, quantity), value in values.items():
        found.setdefault(platform, {})[quantity] = value
    return found


def validate(
    published: Mapping[str, Any], constants: Mapping[str, float], networks: Sequence[str]
) -> list[dict[str, Any]]:
    """Predict each network from a fit on the others, beside a fit on all, the null models, and what else was tried.

    Returns:
        Rows of platform, quantity, unit and what :func:`delaysnn.costs.lines.validate` returns, and what is counted
        beside each published value.
    """
    found = {
        name: drivers(published_counts(published, name), constants) | published_shape(published, name)
        for name in networks
    }
    rows = []
    for (platform, quantity), mechanism in MECHANISMS.items():
        costs = _costs(published, networks, platform, quantity)
        about = {"platform": platform, "quantity": quantity, "unit": UNITS[quantity]}
        tried = _TRIED.get((platform, quantity), {})
        ours = {name: counted(published_counts(published, name), constants)[platform, quantity] for name in networks}
        rows += [about | row for row in validate_beside_null_models(costs, found, mechanism, tried, ours)]
    return rows


def _costs(published: Mapping[str, Any], networks: Sequence[str], platform: str, quantity: str) -> dict[str, float]:
    return {name: published["table_3_hardware"][name][platform][_PUBLISHED_KEYS[quantity]] for name in networks}
