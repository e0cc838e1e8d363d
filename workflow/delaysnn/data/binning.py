"""From spike times to time steps: each spike is in the step that its time belongs to."""

import logging
from dataclasses import dataclass

import numba
import numpy as np

from delaysnn.core.errors import InputError
from delaysnn.core.spike_trains import SpikeTrains
from delaysnn.data.events import Events

_log = logging.getLogger(__name__)
# Times and window that differ by so much are surely not in the same unit.
_LONG = 50
# Units by what files.time_unit calls them: their names, and how many of them a second has.
_UNITS = {
    "s": ("seconds", 1.0),
    "ms": ("milliseconds", 1e3),
    "us": ("microseconds", 1e6),
    "ns": ("nanoseconds", 1e9),
}


@dataclass(frozen=True)
class Binned:
    """Binned events.

    Attributes:
        spikes: binary spikes of every sample.
        outside: number of events at or after the end of the window, which no step covers.
    """

    spikes: SpikeTrains
    outside: int


def bin_events(events: Events, n_steps: int, duration_s: float, source: object = "The data") -> Binned:
    """Bin events into ``n_steps`` equal steps of [0, duration_s).

    Step ``k`` holds the times from ``k * duration_s / n_steps`` up to the start of the next step, which is excluded.
    Several spikes of one channel in one step become one.

    Args:
        events: times in seconds, and channels.
        n_steps: number of time steps.
        duration_s: length of the window in seconds.
        source: the file that the events come from, for errors.

    Raises:
        InputError: more than 1 % of the events lie outside the window, so the window is too short.

    Examples:
        >>> import numpy as np
        >>> from delaysnn import Events
        >>> times, units = np.array([0.15, 0.35]), np.array([5, 2])
        >>> events = Events.from_samples([times], [units], labels=[0], speakers=[-1], keys=["left"], channels=8)
        >>> bin_events(events, n_steps=4, duration_s=0.4).spikes.steps.tolist()
        [1, 3]
    """
    codes, table = _coded_steps(events.times, n_steps, duration_s)
    units = events.units.astype(np.uint16, copy=False)
    steps, neurons, offsets, outside = _bin(events.offsets, codes, table, units, n_steps, events.channels)
    _refuse_outside(events, outside, duration_s, source)
    last = float(events.times.max())
    if _LONG * last < duration_s:
        _log.warning(
            "%s: the last spike comes at %.3g s, but the steps cover %g s; data.duration_s is in seconds",
            *(source, last, duration_s),
        )
    spikes = SpikeTrains(offsets, steps, neurons, n_steps, events.channels)
    return Binned(spikes, outside)


def check_window(events: Events, duration_s: float, source: object, unit: str = "s") -> None:
    """Check that a file's times lie within the window.

    This is checked before samples are split, so that a sample's number in a message is its number in the file.

    Args:
        events: times in seconds.
        duration_s: length of the window in seconds.
        source: the file, for errors.
        unit: unit of the times in the file, ``s``, ``ms`` or ``us``.

    Raises:
        InputError: more than 1 % of the events are at ``duration_s`` or later; or the unit is ``ms`` or ``us``, and the
            times are far too short for it.
    """
    _refuse_outside(events, int((events.times >= np.float64(duration_s)).sum()), duration_s, source, unit)
    last = float(events.times.max())
    # Of seconds this is a warning, when they are binned: nobody said that they are.
    if unit != "s" and _LONG * last < duration_s:
        said, own = _UNITS[unit]
        found = [name for name, parts in _UNITS.values() if parts < own and last * own / parts <= 2 * duration_s]
        guess = f"; are these {found[0]}" if found else "; are they"
        raise InputError(
            f"{source}: times count as {said} (files.time_unit), so the last is at {last:.3g} s, but data.duration_s "
            f"is {duration_s} s{guess}? Write their unit in files.time_unit, or make data.duration_s shorter."
        )


def _refuse_outside(events: Events, outside: int, duration_s: float, source: object, unit: str = "s") -> None:
    if 100 * outside > len(events.times):
        raise InputError(
            f"{source}: {outside} of {len(events.times)} spikes come at {duration_s} s (data.duration_s) or later, the "
            f"last at {float(events.times.max()):.3f} s. {_advice(events, duration_s, unit)}"
        )


def _advice(events: Events, duration_s: float, unit: str) -> str:
    """Say why times may lie outside the window, and what to do."""
    times = events.times.astype(np.float64)
    starts = times[events.offsets[:-1]]
    # A sample's own length tells the unit: its times may count from the start of a session.
    longest = (times[events.offsets[1:] - 1] - starts).max()
    said, own = _UNITS[unit]
    for name, parts in _UNITS.values():
        if longest >= _LONG * duration_s and longest * own / parts <= 2 * duration_s:
            must = "must be seconds" if unit == "s" else f"count as {said} (files.time_unit)"
            return f"Times {must}, are these {name}? If they are {said}, make data.duration_s longer."
    if starts.max() >= duration_s and longest <= 2 * duration_s:
        sample = int(starts.argmax())
        return (
            f"Times must count from each sample's own start, but sample {sample} begins at {starts[sample]:.3f} s: "
            "subtract its start, or make data.duration_s longer."
        )
    return "Make data.duration_s longer."


def _coded_steps(times: np.ndarray, n_steps: int, duration_s: float) -> tuple[np.ndarray, np.ndarray]:
    """Return codes (uint16 [spikes]) and the step of every code (uint16), ``n_steps`` for times after the window."""
    edges = np.arange(n_steps + 1) * duration_s / n_steps
    steps = _steps_of_starts(times, edges)
    if steps is None and times.dtype == np.float16:
        # There are only 65,536 half-precision numbers, so each one's step is looked up.
        every = np.arange(1 << 16, dtype=np.uint16).view(np.float16).astype(np.float64)
        table = np.searchsorted(edges, np.nan_to_num(every, nan=0.0), side="right") - 1
        return np.ascontiguousarray(times).view(np.uint16), table.astype(np.uint16)
    if steps is None:
        steps = np.searchsorted(edges, times.astype(np.float64), side="right") - 1
    return steps.astype(np.uint16), np.arange(n_steps + 1, dtype=np.uint16)


def _steps_of_starts(times: np.ndarray, edges: np.ndarray) -> np.ndarray | None:
    """Return the step of every time where each is the start of one, as exactly as its precision can say, else None.

    Such data were binned before. Half of the starts are stored a little too early, and would count to the step before.
    """
    rounded = edges.astype(times.dtype)
    # Half precision is coarse beside a step; of finer ones the last digits depend on how a start was computed.
    slack = 0.0 if times.dtype == np.float16 else 2 * np.finfo(times.dtype).eps
    # A few of them tell whether to look at all.
    for some in (times[:: max(1, len(times) // 100)], times):
        steps = np.searchsorted((edges[1:] + edges[:-1]) / 2, some.astype(np.float64), side="right")
        if (np.abs(some - rounded[steps]) > slack * some).any():
            return None
    return steps


@numba.njit(cache=True)
def _bin(offsets, codes, table, units, n_steps, n_channels):
    """Return steps, neurons and offsets of the binary spikes, and how many events are outside the window."""
    steps = np.empty(len(codes), np.uint16)
    neurons = np.empty(len(codes), np.uint16)
    starts = np.zeros(len(offsets), np.int64)
    # Marking a sample's grid, eight fields at once where it is empty, sorts the spikes and drops duplicates.
    size = n_steps * n_channels
    grid = np.zeros((size + 7) // 8 * 8, np.uint8)
    eights = grid.view(np.uint64)
    count = 0
    outside = 0
    for sample in range(len(offsets) - 1):
        for event in range(offsets[sample], offsets[sample + 1]):
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
        starts[sample + 1] = count
    # What lies behind them has never been touched, so that it takes no memory.
    return steps[:count], neurons[:count], starts, outside
