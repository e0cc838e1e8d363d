"""From spike times to time steps: every spike in the step its time belongs to."""

from dataclasses import dataclass

import numba
import numpy as np

from delaysnn.data.events import N_CHANNELS, Events
from delaysnn.errors import InputError
from delaysnn.formats.spike_trains import SpikeTrains


@dataclass(frozen=True)
class Binned:
    """Spike trains and what became of the events.

    Attributes:
        spikes: binary spikes of every word.
        outside: events at or after the end of the window, which no step covers.
    """

    spikes: SpikeTrains
    outside: int


def bin_events(events: Events, n_steps: int, duration_s: float) -> Binned:
    """Bin events into ``n_steps`` equal steps of [0, duration_s).

    Step ``k`` holds the times from ``k * duration_s / n_steps`` up to, but without, the next step's start.
    Several spikes of one channel in one step become one.

    Raises:
        InputError: more than 1 % of the events lie outside the window, so that it is surely too short.
    """
    codes, table = _coded_steps(events.times, n_steps, duration_s)
    units = events.units.astype(np.uint16, copy=False)
    steps, neurons, offsets, outside = _bin(events.offsets, codes, table, units, n_steps, N_CHANNELS)
    if outside > 0.01 * len(codes):
        raise InputError(
            f"Configuration: data.duration_s is {duration_s}, but {outside} of {len(codes)} spikes come later, the "
            f"last at {float(events.times.max()):.3f} s; make it longer."
        )
    spikes = SpikeTrains(offsets, steps, neurons, n_steps, N_CHANNELS)
    return Binned(spikes, outside)


def _coded_steps(times: np.ndarray, n_steps: int, duration_s: float) -> tuple[np.ndarray, np.ndarray]:
    """Return codes (uint16 [spikes]) and the step of every code (uint16), ``n_steps`` for times after the window."""
    edges = np.arange(n_steps + 1) * duration_s / n_steps
    if times.dtype == np.float16:
        # There are only 65,536 half-precision numbers, so each one's step is looked up.
        every = np.arange(1 << 16, dtype=np.uint16).view(np.float16).astype(np.float64)
        table = np.searchsorted(edges, np.nan_to_num(every, nan=0.0), side="right") - 1
        return np.ascontiguousarray(times).view(np.uint16), table.astype(np.uint16)
    steps = np.searchsorted(edges, times.astype(np.float64), side="right") - 1
    return steps.astype(np.uint16), np.arange(n_steps + 1, dtype=np.uint16)


@numba.njit(cache=True)
def _bin(offsets, codes, table, units, n_steps, n_channels):
    """Return steps, neurons and offsets of the binary spikes, and how many events are outside the window."""
    steps = np.empty(len(codes), np.uint16)
    neurons = np.empty(len(codes), np.uint16)
    starts = np.zeros(len(offsets), np.int64)
    # Marking a word's grid, eight fields at once where it is empty, sorts the spikes and drops duplicates.
    size = n_steps * n_channels
    grid = np.zeros((size + 7) // 8 * 8, np.uint8)
    eights = grid.view(np.uint64)
    count = 0
    outside = 0
    for word in range(len(offsets) - 1):
        for event in range(offsets[word], offsets[word + 1]):
            step = table[codes[event]]
            if step < n_steps:
                grid[step * n_channels + units[event]] = 1
            else:
                outside += 1
        for eight in range(len(eights)):
            if eights[eight]:
                for field in range(8 * eight, 8 * eight + 8):
                    if grid[field]:
                        steps[count] = field // n_channels
                        neurons[count] = field % n_channels
                        count += 1
                eights[eight] = 0
        starts[word + 1] = count
    return steps[:count].copy(), neurons[:count].copy(), starts, outside
