"""How long 60,000 samples of N-MNIST take from tonic's files to spike trains, and how much memory.

Measured on drawn samples of N-MNIST's size and format, in two numbers of them, and extrapolated by a straight line.
Reading and binning are processes of their own, as in the workflow.
"""

import argparse
import json
import os
import resource
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd
from timing import run_apart

from delaysnn.core.dataset import Dataset, write_dataset
from delaysnn.core.sensor import count_channels
from delaysnn.data.binning import bin_events
from delaysnn.data.event_sets import SETS, Reading, read_set
from delaysnn.data.events import read_events, write_events
from delaysnn.data.splits import split_samples

# Events a sample, of which N-MNIST has about 4,200, and steps as data.time_steps and data.substeps have them.
EVENTS, STEPS, SUBSTEPS, DURATION_S = 4200, 64, 4, 0.3
# Samples that are drawn, those that are measured, and N-MNIST's own number.
DRAWN, MEASURED, WHOLE = 1000, (1000, 4000), 60_000
# tonic takes a folder with fewer files for one to unpack.
FILES = 10_000
GOAL_S, GOAL_MB = 600, 4000


def draw(folder: Path) -> None:
    """Write samples as N-MNIST has them; further files are links to them."""
    random = np.random.default_rng(1)
    (folder / "NMNIST/Train").mkdir(parents=True)
    (folder / "NMNIST/train.zip").touch()
    for place in range(FILES):
        path = folder / f"NMNIST/Train/{place % 10}/{place:05}.bin"
        path.parent.mkdir(exist_ok=True)
        if place >= DRAWN:
            os.link(folder / f"NMNIST/Train/{place % 10}/{place % DRAWN:05}.bin", path)
            continue
        times = np.sort(random.integers(0, round(1e6 * DURATION_S), EVENTS))
        x, y, polarity = (random.integers(0, end, EVENTS) for end in SETS["NMNIST"].sensor)
        fields = (x, y, polarity << 7 | times >> 16, times >> 8 & 255, times & 255)
        path.write_bytes(np.stack(fields, axis=1).astype(np.uint8).tobytes())


def read(folder: Path, samples: int) -> None:
    write_events(folder / "train.h5", read_set("NMNIST", "train", folder, Reading(0, DURATION_S, most=samples)))


def bin_all(folder: Path, samples: int) -> None:
    """Do what the workflow's script does; a sixth as many samples are the test, as in N-MNIST."""
    train = read_events(folder / "train.h5", count_channels(SETS["NMNIST"].sensor))
    given = {"train": train, "test": train.select(np.arange(samples // 6))}
    files = dict.fromkeys(given, "drawn")
    parts, _ = split_samples(given, (), (), published=True, files=files, share=0.1, seed=1)
    del given, train
    for name, events in parts.items():
        spikes = bin_events(events, STEPS * SUBSTEPS, DURATION_S).spikes
        about = (events.labels, events.speakers, "benchmark", 10, DURATION_S / STEPS)
        write_dataset(folder / f"{name}.npz", Dataset(spikes.coarser(SUBSTEPS), *about, fine=spikes))


JOBS = {"read": read, "bin": bin_all}


def measure(job: str, folder: Path, samples: int) -> None:
    """Print the seconds and megabytes that a job takes."""
    wall, cpu = time.perf_counter(), time.process_time()
    JOBS[job](folder, samples)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
    print(json.dumps([time.perf_counter() - wall, time.process_time() - cpu, peak]))


def main() -> None:
    if sys.argv[1] in JOBS:
        measure(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]))
        return
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", type=Path, required=True, help="CSV to write")
    options = parser.parse_args()
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        draw(Path(folder))
        found = {job: [run_apart(__file__, job, folder, samples) for samples in MEASURED] for job in JOBS}
    for job, taken in found.items():
        # Once more where the first compiled.
        slopes = (np.array(taken[1]) - taken[0]) / (MEASURED[1] - MEASURED[0])
        whole = taken[0] + slopes * (WHOLE - MEASURED[0])
        rows.append({"job": job, "samples": WHOLE, **dict(zip(("wall_s", "cpu_s", "peak_mb"), whole, strict=True))})
    table = pd.DataFrame(rows)
    table["how"] = f"extrapolated from {MEASURED[0]} and {MEASURED[1]} samples of {EVENTS} events"
    table["goal"] = f"below {GOAL_S} s together, below {GOAL_MB} MB each"
    table["met"] = table["wall_s"].sum() < GOAL_S and table["peak_mb"].max() < GOAL_MB
    table.to_csv(options.output, index=False, float_format="%.4g")


if __name__ == "__main__":
    main()
