"""Sizes of delay structures (paper section V and Figure 11)."""

from collections.abc import Mapping, Sequence
from typing import Any

_COLUMNS = ("platform", "quantity", "unit", "neurons", "delay_levels", "published", "ours")


def ring_buffer_bits(post_neurons: int, delay_levels: int, weight_bits: float) -> float:
    """Return the bits of a ring of pending currents a post-neuron (Loihi, SpiNNaker)."""
    return post_neurons * delay_levels * weight_bits


def shared_queue_events(pre_neurons: int, delay_levels: int) -> float:
    """Return the events of one FIFO a delay level when every neuron fires (as in TrueNorth; axonal delays only).

    The sum printed in the paper is off by one; its closed form and Figure 11 are these.
    """
    return pre_neurons * (delay_levels**2 + delay_levels) / 2


def scdq_events(pre_neurons: int, delay_levels: int) -> int:
    """Return the events of SCDQ when every neuron fires: PRQ ``I * D`` and POQ ``I * (D - 1)``."""
    return pre_neurons * (2 * delay_levels - 1)


def history_bits(pre_neurons: int, delay_levels: int) -> int:
    """Return the bits of a spike history of one bit an axon and level, which the papers leave out."""
    return pre_neurons * delay_levels


def compare_with_published(references: Mapping[str, Any], event_bits: int) -> list[dict[str, Any]]:
    """Return each published size of the paper's section V beside what the formulas give.

    Returns:
        Rows of platform, quantity, unit, neurons, delay_levels, published and ours.
    """
    rows = []

    def compare(platform: str, quantity: str, unit: str, size: tuple[int, int], published: float, ours: float) -> None:
        values = (platform, quantity, unit, *size, published, ours)
        rows.append(dict(zip(_COLUMNS, values, strict=True)))

    truenorth, tops = references["truenorth"], references["figure_11_tops"]
    size = (truenorth["neurons"], truenorth["delay_levels"])
    compare("truenorth", "shared_queue", "events", size, truenorth["shared_queue_events"], shared_queue_events(*size))
    compare("truenorth", "scdq", "events", size, truenorth["scdq_events"], scdq_events(*size))
    for chip in ("loihi", "spinnaker"):
        row = references[chip]
        size = (row["neurons"], row["delay_levels"])
        ring, queue = ring_buffer_bits(*size, row["weight_bits"]), event_bits * scdq_events(*size)
        compare(chip, "ring_buffer", "bit", size, row["ring_buffer_bits"], ring)
        compare(chip, "scdq", "bit", size, row["scdq_bits"], queue)
        # A queue needs less memory while fewer neurons than this fire.
        compare(chip, "break_even_density", "share", size, row["break_even_alpha"], ring / queue)
    for size, published in (
        ((8, 16), tops["delay_levels_16_neurons_8"]),
        ((16, 8), tops["neurons_16_delay_levels_8"]),
    ):
        compare("figure_11", "shared_queue", "events", size, published, shared_queue_events(*size))
    return rows


def curves(neurons: Sequence[int], delay_levels: Sequence[int]) -> list[dict[str, Any]]:
    """Return the events that a shared queue and SCDQ hold when every neuron fires, for Figure 11.

    Returns:
        Rows of structure, neurons, delay_levels and events.
    """
    structures = {"shared_queue": shared_queue_events, "scdq": scdq_events}
    return [
        {"structure": name, "neurons": n, "delay_levels": d, "events": float(events(n, d))}
        for name, events in structures.items()
        for n in neurons
        for d in delay_levels
    ]
