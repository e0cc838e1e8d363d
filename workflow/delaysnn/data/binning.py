"""From spike times to time steps: every spike in the step its time belongs to."""

from dataclasses import dataclass

import numpy as np

from delaysnn.data.events import N_CHANNELS, Events
from delaysnn.errors import InputError
from delaysnn.formats.spike_trains import SpikeTrains, collect_spikes


@dataclass(frozen=True)
class Binned:
    """Spike trains and what became of the events.

    Attributes:
        spikes: binary spikes of every word.
        merged: events that fell on a step and channel that already had one.
        outside: events at or after the end of the window, which no step covers.
    """

    spikes: SpikeTrains
    merged: int
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
    steps, neurons, offsets, outside = collect_spikes(events.offsets, codes, table, units, n_steps, N_CHANNELS)
    if outside > 0.01 * len(codes):
        raise InputError(
            f"Configuration: data.duration_s is {duration_s}, but {outside} of {len(codes)} spikes come later, the "
            f"last at {float(events.times.max()):.3f} s; make it longer."
        )
    spikes = SpikeTrains(offsets, steps, neurons, n_steps, N_CHANNELS)
    return Binned(spikes, merged=len(codes) - outside - len(steps), outside=outside)


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
