"""Audio encoded by the cochlea, over several processes."""

import logging
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from itertools import islice
from multiprocessing import get_context

import numpy as np

from delaysnn.data.cochlea import Cochlea

_log = logging.getLogger(__name__)
_SAMPLES_A_PROCESS = 64

Job = tuple[Cochlea, np.ndarray, int]


def _spikes(job: Job) -> tuple[np.ndarray, np.ndarray]:
    cochlea, audio, seed = job
    times, units = cochlea.spikes(audio, seed)
    # As files keep them; all samples wait in memory.
    return times.astype(np.float16), units


def seeds_by_place(seed: int, count: int) -> list[int]:
    """Return a seed of 64 bits for each of ``count`` recordings."""
    return np.random.SeedSequence(seed).generate_state(count, np.uint64).tolist()


def encode(
    recordings: Iterable[np.ndarray], longest: int, sample_rate: int, seeds: Sequence[int], processes: int
) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """Return times (seconds, float16) and units a recording; the same whatever the number of processes.

    Args:
        recordings: audio, float64 [time] each; taken a few at a time.
        longest: most samples that any of them has.
        sample_rate: of all of them, Hz.
        seeds: one of 64 bits for each recording.
        processes: how many run side by side.
    """
    cochlea = Cochlea.fitting(sample_rate, longest)
    # The longest sample computes the transfer matrix; forked processes then share it.
    cochlea.membrane(np.ones(longest))
    jobs = ((cochlea, audio, seed) for audio, seed in zip(recordings, seeds, strict=True))
    times, units = [], []
    start, shown = time.monotonic(), 0.0
    with ProcessPoolExecutor(processes, mp_context=get_context("fork")) as pool:
        while batch := list(islice(jobs, _SAMPLES_A_PROCESS * processes)):
            for sample_times, sample_units in pool.map(_spikes, batch, chunksize=_SAMPLES_A_PROCESS // 4):
                times.append(sample_times)
                units.append(sample_units)
                done, elapsed = len(times), time.monotonic() - start
                if elapsed - shown > 10 or done == len(seeds):
                    shown = elapsed
                    left = elapsed * (len(seeds) - done) / done
                    _log.info("%d of %d samples encoded, %.0f s left", done, len(seeds), left)
    return times, units
