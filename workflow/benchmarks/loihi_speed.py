"""How fast the integer reference and Lava's batches run a test set, beside the speeds aimed at.

Numba and Lava need different environments, so this file runs in the main one and calls itself in Lava's.
"""

import argparse
import json
import os
import sys
from pathlib import Path

import numpy as np
from timing import run_apart, seconds

from delaysnn.core.dataset import read_dataset
from delaysnn.core.spike_trains import SpikeTrains
from delaysnn.platforms.loihi.integer_network import IntegerNetwork, read_integer_network

# Of the reference, and of Lava, which takes ten times as long.
ROUNDS, LAVA_ROUNDS = 15, 3
# Samples a second, and milliseconds a sample.
REFERENCE_GOAL, LAVA_GOAL = 1000.0, 10.0
LAVA_TIMEOUT_S = 600


def time_reference(network: IntegerNetwork, spikes: SpikeTrains, threads: int) -> float:
    """Return the seconds that a test set takes in the integer reference, compiled before."""
    import numba

    from delaysnn.platforms.loihi.fixed_point import simulate

    numba.set_num_threads(threads)
    simulate(network, spikes)
    return seconds(lambda: simulate(network, spikes), ROUNDS)


def time_lava(network: IntegerNetwork, spikes: SpikeTrains, batch: int) -> float:
    """Return the seconds that a test set takes in Lava's batches, start and end of every runtime included."""
    from delaysnn.platforms.loihi.lava_graph import run_batched
    from delaysnn.platforms.loihi.supervision import run_supervised

    parts = [np.arange(first, min(first + batch, len(spikes))) for first in range(0, len(spikes), batch)]

    def work() -> None:
        for samples in parts:
            run_batched(network, spikes.select(samples).dense())

    return run_supervised(lambda: seconds(work, LAVA_ROUNDS), LAVA_TIMEOUT_S)


def measure(options: argparse.Namespace, network: IntegerNetwork, spikes: SpikeTrains) -> list[dict]:
    """Return one row a way to run the test set."""
    shared = {"network": network.name, "steps": spikes.n_steps, "samples": len(spikes)}
    rows = []
    for threads in sorted({1, min(2, os.cpu_count() or 1)}):
        rate = len(spikes) / time_reference(network, spikes, threads)
        row = {"implementation": "integer reference", "threads": threads, "unit": "samples/s", "value": rate}
        rows.append(row | shared | {"goal": REFERENCE_GOAL, "met": rate >= REFERENCE_GOAL})
    arguments = ("--network", options.network, "--test", options.test, "--batch", options.batch)
    taken = 1000 * run_apart(__file__, *arguments, python=options.lava.parent / "bin/python") / len(spikes)
    row = {"implementation": f"Lava, batches of {options.batch}", "unit": "ms/sample", "value": taken}
    rows.append(row | shared | {"goal": LAVA_GOAL, "met": taken <= LAVA_GOAL})
    return rows


def main() -> None:
    """Write one row a way to run the test set; without an output, time Lava here and print its seconds."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("network", "test"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--batch", type=int, required=True)
    parser.add_argument("--lava", type=Path, help="any file in the folder of Lava's environment")
    parser.add_argument("--output", type=Path, help="CSV to write")
    options = parser.parse_args()
    network, spikes = read_integer_network(options.network), read_dataset(options.test).spikes
    if options.output is None:
        json.dump(time_lava(network, spikes, options.batch), sys.stdout)
        return
    import pandas as pd

    columns = ["implementation", "network", "steps", "samples", "threads", "unit", "value", "goal", "met"]
    table = pd.DataFrame(measure(options, network, spikes))[columns].astype({"threads": "Int64"})
    table.to_csv(options.output, index=False, float_format="%.5g")


if __name__ == "__main__":
    main()
