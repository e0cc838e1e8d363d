"""How many samples a second are read, binned and written, beside tonic's data set with its transform ToFrame.

tonic reads every sample anew and makes dense frames, at the same time steps; it writes nothing.
"""

import argparse
import tempfile
from collections.abc import Callable
from pathlib import Path

import pandas as pd
from timing import medians
from tonic.datasets import SHD
from tonic.transforms import ToFrame

from delaysnn.core.dataset import Dataset, write_dataset
from delaysnn.data.binning import bin_events
from delaysnn.data.channels import COCHLEA_CHANNELS
from delaysnn.data.events import read_events

STEPS, DURATION_S = 64, 1.0
# tonic is measured on fewer samples.
FEW, ROUNDS = 200, 7
GOAL = 2000.0


def ours(events: Path, folder: Path) -> int:
    """Read, bin and write all samples, and return how many."""
    samples = read_events(events, COCHLEA_CHANNELS)
    spikes = bin_events(samples, STEPS, DURATION_S).spikes
    n_classes = 1 + int(samples.labels.max())
    write_dataset(
        folder / "samples.npz",
        Dataset(spikes, samples.labels, samples.speakers, "benchmark", n_classes, DURATION_S / STEPS),
    )
    return len(samples)


def as_tonic_keeps_it(events: Path, folder: Path) -> SHD:
    """Return tonic's SHD of other samples: it looks for a zip, which it does not open, and the file out of it."""
    place = folder / "SHD"
    place.mkdir()
    (place / SHD.train_zip).touch()
    (place / SHD.train_zip).with_suffix("").symlink_to(events.resolve())
    return SHD(str(folder), transform=ToFrame(SHD.sensor_size, n_time_bins=STEPS))


def tonic(data: SHD) -> int:
    """Bin a few samples, and return how many."""
    count = min(FEW, len(data))
    for sample in range(count):
        data[sample]
    return count


def rate(work: Callable[[], int]) -> dict[str, float]:
    """Return how many samples ``work`` takes, and medians of samples a second; the first round compiles."""
    samples = work()
    wall, cpu = medians(work, ROUNDS)
    return {"samples": samples, "samples_a_second": samples / wall, "samples_a_cpu_second": samples / cpu}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=Path, required=True, help="HDF5 in SHD's layout")
    parser.add_argument("--output", type=Path, required=True, help="CSV to write")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        data = as_tonic_keeps_it(options.events, Path(folder))
        own = rate(lambda: ours(options.events, Path(folder)))
        theirs = rate(lambda: tonic(data))
    rows = [
        {"implementation": "tonic: read, ToFrame"} | theirs,
        {"implementation": "ours: read, bin, write"} | own | {"goal": GOAL, "met": own["samples_a_second"] >= GOAL},
    ]
    table = pd.DataFrame(rows)
    table.insert(4, "times_tonic", table["samples_a_second"] / theirs["samples_a_second"])
    table.to_csv(options.output, index=False, float_format="%.5g")


if __name__ == "__main__":
    main()
