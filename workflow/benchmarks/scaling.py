"""What a training step costs when samples, time steps, delay levels or neurons double, each alone: time and memory.

Runs on random spikes at the rates of Heidelberg Digits: `python scaling.py --output scaling.csv`. A row is one size;
`times_base` is its time over that of the base size. Every size runs in a process of its own, for its peak of memory.
"""

import argparse
import json
import resource
import time
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import torch
from timing import medians, run_apart

from delaysnn.core.spike_trains import SpikeTrains
from delaysnn.data.channels import COCHLEA_CHANNELS
from delaysnn.training.kernels import use_threads
from delaysnn.training.layers import InputBatch
from delaysnn.training.model import DelayNetwork

CHANNELS, CLASSES, STRIDE = COCHLEA_CHANNELS, 20, 2
# Spikes a sample and time step (4808 in 64, measured on SHD regenerated).
SPIKES_A_STEP = 75
# So many steps that four times the levels still lie within a sample.
BASE = {"samples": 128, "steps": 128, "levels": 15, "neurons": 48}
FACTORS = (0.5, 1, 2, 4)
ROUNDS = 9
NEURONS = SimpleNamespace(threshold=0.3, surrogate_slope=10.0, decay=(0.6, 0.98))


def random_samples(samples: int, steps: int) -> SpikeTrains:
    """Draw input spikes of samples, as many as SHD has."""
    random = np.random.default_rng(0)
    # Sample by sample, so that nothing dense raises the peak of memory before training does.
    fired = [
        np.nonzero(random.random((steps, CHANNELS), np.float32) < SPIKES_A_STEP / CHANNELS) for _ in range(samples)
    ]
    offsets = np.cumsum([0, *(len(at) for at, _ in fired)])
    at, channels = (np.concatenate(part).astype(np.uint16) for part in zip(*fired, strict=True))
    return SpikeTrains(offsets, at, channels, steps, CHANNELS)


def measure(samples: int, steps: int, levels: int, neurons: int) -> tuple[float, float, float]:
    """Return median CPU milliseconds of a step (forward, backward, Adam), and megabytes at rest and at the peak."""
    use_threads(1)
    model = DelayNetwork([CHANNELS, neurons, neurons, CLASSES], [1, levels, levels], STRIDE, NEURONS, seed=0)
    optimiser = torch.optim.Adam(model.parameters(), lr=1e-3)
    batch = InputBatch.of(random_samples(samples, steps))
    labels = torch.arange(samples) % CLASSES
    at_rest = _peak_mb()

    def step() -> None:
        loss = torch.nn.functional.cross_entropy(model(batch)[-1][0].sum(dim=1), labels)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()

    # The first step compiles the kernels and draws memory.
    (seconds,) = medians(step, ROUNDS, [time.process_time], warm_up=1)
    return 1000 * seconds, at_rest, _peak_mb()


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def sizes() -> list[tuple[str, dict[str, int]]]:
    """Return what to measure: each axis alone, halved, doubled and doubled twice."""
    return [(axis, {**BASE, axis: int(BASE[axis] * factor)}) for axis in BASE for factor in FACTORS]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", type=Path, help="CSV to write")
    parser.add_argument("--size", type=int, nargs=4, help="measure this size alone and print it")
    options = parser.parse_args()
    if options.size:
        print(json.dumps(measure(*options.size)))
        return
    rows = []
    for axis, size in sizes():
        step_ms, at_rest, peak = run_apart(__file__, "--size", *size.values())
        rows.append({"axis": axis, **size, "step_ms": step_ms, "step_mb": peak - at_rest, "peak_mb": peak})
        print(rows[-1], flush=True)
    table = pd.DataFrame(rows)
    base = table.loc[(table[list(BASE)] == pd.Series(BASE)).all(axis=1)].groupby("axis")["step_ms"].first()
    table["times_base"] = table["step_ms"] / table["axis"].map(base)
    table.to_csv(options.output, index=False, float_format="%.5g")


if __name__ == "__main__":
    main()
