"""How many events a second the simulated delay queue handles, beside the same queue in plain Python.

As many samples as SHD's test set has, 64 time steps, 48 axons that fire at random every fifth step, 30 useful delays.
"""

import argparse
from collections import deque
from functools import partial

import numba
import numpy as np
import pandas as pd
from timing import seconds

from delaysnn.core.spike_trains import SpikeTrains
from delaysnn.queues.delays import leading_zeros
from delaysnn.queues.structures.scdq import run_queue

SAMPLES, STEPS, AXONS, RATE = 2264, 64, 48, 0.2
DELAYS, STRIDE, DEPTH = 59, 2, 2048
# Plain Python is measured on fewer samples.
FEW, ROUNDS = 20, 7


def in_plain_python(spikes: SpikeTrains, useful: np.ndarray) -> int:
    """Return the events taken from the queues of all samples, two deques each."""
    zeros, useful = leading_zeros(useful).tolist(), useful.tolist()
    taken = 0
    for sample in range(len(spikes)):
        events = slice(spikes.offsets[sample], spikes.offsets[sample + 1])
        arriving = list(zip(spikes.steps[events].tolist(), spikes.neurons[events].tolist(), strict=True))
        prq, poq, delivered, event = deque(), deque(), [], 0
        for step in range(spikes.n_steps):
            while event < len(arriving) and arriving[event][0] == step:
                prq.append((arriving[event][1], DELAYS - 1))
                event += 1
            while prq:
                axon, counter = prq.popleft()
                taken += 1
                if useful[axon][DELAYS - 1 - counter]:
                    delivered.append((step, axon))
                if counter > zeros[axon]:
                    poq.append((axon, counter - 1))
            prq, poq = poq, prq
    return taken


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", required=True)
    output = parser.parse_args().output
    spikes = SpikeTrains.from_dense(np.random.default_rng(1).random((STEPS, SAMPLES, AXONS)) < RATE)
    useful = np.zeros((AXONS, DELAYS), bool)
    useful[:, ::STRIDE] = True
    few = spikes.select(np.arange(FEW))
    run_queue(few, useful, DEPTH)
    work = partial(in_plain_python, few, useful)
    rows = [("plain Python", 1, FEW, work(), seconds(work, ROUNDS))]
    for threads in (1, 2):
        numba.set_num_threads(min(threads, numba.config.NUMBA_NUM_THREADS))
        work = lambda: int(run_queue(spikes, useful, DEPTH).pops.sum())  # noqa: E731
        rows.append(("ours, each delivery checked", numba.get_num_threads(), SAMPLES, work(), seconds(work, ROUNDS)))
    table = pd.DataFrame(rows, columns=["implementation", "threads", "samples", "events_taken", "seconds"])
    table["million_events_a_second"] = table["events_taken"] / table["seconds"] / 1e6
    table["times_plain_python"] = table["million_events_a_second"] / table["million_events_a_second"][0]
    table.to_csv(output, index=False, float_format="%.5g")


if __name__ == "__main__":
    main()
