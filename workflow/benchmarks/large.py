"""What each phase takes a sample for a network of 512-512 with five of 30 delays a pair: CPU time, memory and disk.

`python large.py --events train.h5 --output large.csv`, of events in SHD's layout. Weights are random, since only how
many neurons fire matters. Every phase runs in a process of its own, for its peak of memory. `ssc_hours` are hours of a
core for the 105,829 samples of SSC: 75,466 are trained on in as many epochs as config/config.yaml has, 20,382 tested.
"""

import argparse
import json
import resource
import tempfile
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numba
import numpy as np
import pandas as pd
from timing import run_apart

from delaysnn.core.arrays import read_npz
from delaysnn.core.dataset import Dataset, read_dataset, write_dataset
from delaysnn.core.network import Layer, Network
from delaysnn.core.spike_trains import SpikeTrains
from delaysnn.core.traces import Traces, write_traces
from delaysnn.data.binning import bin_events
from delaysnn.data.channels import COCHLEA_CHANNELS
from delaysnn.data.events import read_events
from delaysnn.platforms import registered
from delaysnn.platforms.constants import read_basis
from delaysnn.queues.compare import compare

ROOT = Path(__file__).parents[2]
STEPS, DURATION_S, CLASSES, HIDDEN, KEPT = 64, 1.0, 35, 512, 5
LEVELS = tuple(range(0, 60, 2))
TRAIN, VALIDATION, TEST = 75_466, 9_981, 20_382
EPOCHS = 40 + 15 + 5
BATCH = 128


def random_network() -> Network:
    """Return a quantised network of whose hidden neurons a tenth and a fifth fire in a step."""
    random = np.random.default_rng(0)
    sizes = (COCHLEA_CHANNELS, HIDDEN, HIDDEN, CLASSES)
    layers = []
    for index, (pre, post) in enumerate(pairwise(sizes)):
        levels, kept, width = (LEVELS, KEPT, 0.04) if index else ((0,), 1, 0.03)
        weights, scale = np.zeros((len(levels), pre, post)), 0.4 / 127
        chosen = np.argsort(random.random(weights.shape), axis=0)[:kept]
        np.put_along_axis(weights, chosen, random.normal(0, width, chosen.shape), axis=0)
        weights = (scale * np.clip(np.rint(weights / scale), -127, 127)).astype(np.float32)
        decay = random.choice(np.linspace(0.6, 0.98, 10), post).astype(np.float32)
        layers.append(Layer(weights, levels, decay, np.full(post, 0.3, np.float32), scale, 8))
    return Network(tuple(layers), STEPS, "512", 1, "benchmark")


def prepare(name: str, folder: Path, few: int) -> Callable[[], object]:
    """Return what a phase does, with what it needs in memory and its compiled code ready."""
    network = random_network()
    spikes = read_dataset(folder / "test.npz").spikes.select(np.arange(few))
    if name == "train":
        return training(spikes)
    if name == "pytorch":
        chip = registered()["pytorch"]
        deployed = chip.deploy(network)
        return lambda: chip.run(deployed, spikes)
    chip_name, _, phase = name.partition("_")
    chip = registered()[chip_name]
    on = {"cores": ["fewest"], "excess": {}} if chip_name == "loihi" else {}
    basis = read_basis(
        ROOT / f"config/hardware/{chip_name}.yaml", ROOT / "config/published.yaml", ["48", "32", "24"], on
    )
    placed = chip.place(chip.deploy(network), basis)
    if phase == "run":
        return lambda: keep(folder, chip_name, chip.run(placed, spikes).layers)
    layers = tuple(layer.select(np.arange(len(spikes))) for layer in kept(folder, chip_name))
    if phase == "costs":
        return lambda: chip.estimate(chip.count(placed, spikes, layers), basis)
    traces = Traces(layers, np.zeros(len(spikes), int), np.zeros(len(spikes), int), "seneca", {})
    constants = basis.constants | {"queue_depth": 1 << 14}
    return lambda: compare(network, spikes, traces, constants, placed.parts)


def keep(folder: Path, name: str, layers: tuple[SpikeTrains, ...]) -> None:
    """Write spikes for the phases that follow; not compressed, so that it takes no time of the phase."""
    arrays = [layer.to_arrays(f"layer{index}") for index, layer in enumerate(layers)]
    np.savez(folder / f"{name}.npz", **{key: array for layer in arrays for key, array in layer.items()})


def kept(folder: Path, name: str) -> tuple[SpikeTrains, ...]:
    """Return the spikes that :func:`keep` wrote."""
    path = folder / f"{name}.npz"
    arrays = read_npz(path)
    layers = {key.partition("_")[0] for key in arrays}
    return tuple(SpikeTrains.from_arrays(arrays, f"layer{index}", path) for index in range(len(layers)))


def training(spikes: SpikeTrains) -> Callable[[], object]:
    """Return a step of training (forward, backward, Adam) for each batch of some samples."""
    import torch

    from delaysnn.training.kernels import use_threads
    from delaysnn.training.layers import InputBatch
    from delaysnn.training.model import DelayNetwork

    class Neurons:
        threshold, surrogate_slope, decay = 0.3, 10.0, (0.6, 0.98)

    use_threads(1)
    sizes = [COCHLEA_CHANNELS, HIDDEN, HIDDEN, CLASSES]
    model = DelayNetwork(sizes, [1, len(LEVELS), len(LEVELS)], 2, Neurons, seed=0)
    optimiser = torch.optim.Adam(model.parameters(), lr=1e-3)

    def work() -> None:
        for first in range(0, len(spikes), BATCH):
            samples = np.arange(first, min(first + BATCH, len(spikes)))
            batch, labels = InputBatch.of(spikes.select(samples)), torch.arange(len(samples)) % CLASSES
            loss = torch.nn.functional.cross_entropy(model(batch)[-1][0].sum(dim=1), labels)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()

    return work


# Samples measured of each, and how many SSC has of them: those that are trained on in every epoch, or those tested.
PHASES = {
    "train": (BATCH, TRAIN * EPOCHS),
    "pytorch": (200, TEST),
    "loihi_run": (1000, TEST),
    "loihi_costs": (1000, TEST),
    "seneca_run": (200, TEST),
    "seneca_costs": (50, TEST),
    "seneca_queues": (20, TEST),
}


def measure(name: str, folder: Path) -> dict[str, float]:
    """Return CPU milliseconds a sample of a phase, behind a first round of two samples, and its peak of memory."""
    few = min(PHASES[name][0], len(read_dataset(folder / "test.npz")))
    numba.set_num_threads(1)
    prepare(name, folder, 2)()
    work = prepare(name, folder, few)
    begin = time.process_time()
    work()
    cpu = time.process_time() - begin
    return {
        "samples": few,
        "cpu_ms": 1e3 * cpu / few,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def bin_samples(events: Path, samples: int, folder: Path) -> dict[str, float]:
    """Read, bin and write samples; return as :func:`measure` does, and kilobytes a sample that are written."""
    begin = time.process_time()
    found = read_events(events, COCHLEA_CHANNELS)
    spikes = bin_events(found, STEPS, DURATION_S).spikes.select(np.arange(min(samples, len(found))))
    taken = time.process_time() - begin
    labels = np.arange(len(spikes)) % CLASSES
    data = Dataset(spikes, labels, np.zeros(len(spikes), int), "benchmark", CLASSES, DURATION_S / STEPS)
    write_dataset(folder / "test.npz", data)
    size = (folder / "test.npz").stat().st_size
    return {"samples": len(found), "cpu_ms": 1e3 * taken / len(found), "disk_kb": size / 1e3 / len(spikes)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=Path, help="HDF5 in SHD's layout")
    parser.add_argument("--samples", type=int, default=1000, help="of the events, that are binned and run")
    parser.add_argument("--output", type=Path, help="CSV to write")
    parser.add_argument("--phase", nargs=2, help="measure this phase alone, in this folder, and print it")
    options = parser.parse_args()
    if options.phase:
        print(json.dumps(measure(options.phase[0], Path(options.phase[1]))))
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        rows = [
            {"phase": "bin", "of_ssc": TRAIN + VALIDATION + TEST} | bin_samples(options.events, options.samples, folder)
        ]
        for phase, (_, of_ssc) in PHASES.items():
            rows.append({"phase": phase, "of_ssc": of_ssc} | run_apart(__file__, "--phase", phase, folder))
            print(rows[-1], flush=True)
        layers = kept(folder, "loihi")
        nothing = np.zeros(len(layers[0]), int)
        write_traces(folder / "traces.npz", Traces(layers, nothing, nothing, "loihi", {}))
        rows[3]["disk_kb"] = (folder / "traces.npz").stat().st_size / 1e3 / len(layers[0])
    table = pd.DataFrame(rows)
    table["ssc_hours"] = table["cpu_ms"] * table["of_ssc"] / 3.6e6
    table.to_csv(options.output, index=False, float_format="%.5g")


if __name__ == "__main__":
    main()
