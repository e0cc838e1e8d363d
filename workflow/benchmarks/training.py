"""A training epoch from data on disk, ours and other libraries', on the same samples in one interleaved run.

Runs in the peers' environment (envs/peers): `python training.py --events train.h5 --output epochs.csv`.
"""

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import torch
from peers import peers
from torch import Tensor

from delaysnn.core.dataset import Dataset, read_dataset, write_dataset
from delaysnn.core.spike_trains import SpikeTrains
from delaysnn.data.binning import bin_events
from delaysnn.data.channels import COCHLEA_CHANNELS
from delaysnn.data.events import read_events
from delaysnn.training.kernels import use_threads
from delaysnn.training.layers import InputBatch
from delaysnn.training.model import DelayNetwork

LEVELS, STRIDE, BATCH = 30, 2, 128
THRESHOLD, SCALE, DECAY, GAIN = 0.3, 10.0, 0.9, 0.3
OURS = ("ours", "compiled event kernels")


def dense(trains: SpikeTrains) -> Tensor:
    """Return what the libraries train on: float spikes [time, batch, channel]."""
    spikes = torch.zeros(trains.n_steps, len(trains), trains.n_neurons)
    index = (trains.steps.astype(np.int64), trains.samples, trains.neurons.astype(np.int64))
    spikes[tuple(map(torch.from_numpy, index))] = 1
    return spikes


def epoch(path: Path, step: Callable[[SpikeTrains, np.ndarray, Tensor], None], random: np.random.Generator) -> None:
    """Read the samples, shuffle them, and take one optimiser step a batch."""
    data = read_dataset(path)
    labels = torch.from_numpy(data.labels.astype(np.int64))
    order = random.permutation(len(data))
    for first in range(0, len(order) - BATCH + 1, BATCH):
        samples = order[first : first + BATCH]
        step(data.spikes, samples, labels[torch.from_numpy(samples)])


def stepper(
    model: torch.nn.Module, counts: Callable[[SpikeTrains, np.ndarray], Tensor]
) -> Callable[[SpikeTrains, np.ndarray, Tensor], None]:
    """Return a function that trains ``model`` on some samples by the output spikes' counts [batch, class]."""
    optimiser = torch.optim.Adam(model.parameters(), lr=1e-3, fused=True)

    def step(trains: SpikeTrains, samples: np.ndarray, labels: Tensor) -> None:
        loss = torch.nn.functional.cross_entropy(GAIN * counts(trains, samples), labels)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()

    return step


def contenders(hidden: int) -> dict[tuple[str, str], tuple[Callable, Callable]]:
    """Return each contender's training step, and its spikes a sample in every layer for given samples."""
    neurons = SimpleNamespace(threshold=THRESHOLD, surrogate_slope=SCALE, decay=(DECAY, DECAY))
    ours = DelayNetwork([COCHLEA_CHANNELS, hidden, hidden, 20], [1, LEVELS, LEVELS], STRIDE, neurons, seed=1)
    weights = [weight.detach() for weight in ours.weights]

    def our_rates(trains: SpikeTrains) -> list[float]:
        return [float(fired.sum()) / len(trains) for fired, _ in ours(InputBatch.of(trains))]

    def our_counts(trains: SpikeTrains, samples: np.ndarray) -> Tensor:
        return ours(InputBatch.of(trains, samples))[-1][0].sum(dim=1)

    found = {OURS: (stepper(ours, our_counts), our_rates)}
    for name, model in peers(weights, STRIDE, DECAY, THRESHOLD, SCALE).items():

        def rates(trains: SpikeTrains, model=model) -> list[float]:
            return [float(fired.sum()) / len(trains) for fired in model(dense(trains))]

        def counts(trains: SpikeTrains, samples: np.ndarray, model=model) -> Tensor:
            return model(dense(trains.select(samples)))[-1].sum(dim=0)

        found[name] = (stepper(model, counts), rates)
    return found


def measure(data: Dataset, threads: int, rounds: int, folder: Path) -> list[dict]:
    """Train every contender for some epochs, taking turns, and return medians of a sample's time."""
    path = folder / "samples.npz"
    write_dataset(path, data)
    fighters = contenders(hidden=48)
    samples = len(data) // BATCH * BATCH
    first = data.spikes.select(np.arange(BATCH))
    with torch.no_grad():
        rates = {name: spikes(first) for name, (_, spikes) in fighters.items()}
    times: dict = {name: [] for name in fighters}
    for turn in range(rounds + 1):
        for name, (step, _) in fighters.items():
            use_threads(threads) if name == OURS else torch.set_num_threads(threads)
            wall, cpu = time.perf_counter(), time.process_time()
            epoch(path, step, np.random.default_rng(turn))
            # The first turn warms caches and compilers up.
            if turn:
                times[name].append((time.perf_counter() - wall, time.process_time() - cpu))
        print(f"{data.spikes.n_steps} steps, {threads} threads: turn {turn} of {rounds}", flush=True)
    rows = []
    for (library, formulation), taken in times.items():
        wall, cpu = (1000 * statistics.median(column) / samples for column in zip(*taken, strict=True))
        spikes = rates[library, formulation]
        rows.append(
            {"library": library, "formulation": formulation, "steps": data.spikes.n_steps, "threads": threads}
            | {"wall_ms_a_sample": wall, "cpu_ms_a_sample": cpu}
            | {f"spikes_layer{layer}": count for layer, count in enumerate(spikes)}
        )
    return rows


def main() -> None:
    """Measure at 64 and 100 steps, on one and on two threads, and write one row a contender."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=Path, required=True, help="HDF5 in SHD's layout")
    parser.add_argument("--output", type=Path, required=True, help="CSV to write")
    parser.add_argument("--samples", type=int, default=1280)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--duration", type=float, default=1.0, help="seconds that the steps cover")
    arguments = parser.parse_args()
    events = read_events(arguments.events, COCHLEA_CHANNELS)
    samples = np.random.default_rng(0).permutation(len(events))[: arguments.samples]
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for n_steps in (64, 100):
            spikes = bin_events(events, n_steps, arguments.duration).spikes.select(samples)
            labels, speakers = events.labels[samples], events.speakers[samples]
            data = Dataset(spikes, labels, speakers, "benchmark", 20, arguments.duration / n_steps)
            for threads in (1, min(2, os.cpu_count() or 1)):
                rows += measure(data, threads, arguments.rounds, Path(folder))
    table = pd.DataFrame(rows)
    ours = table[table["library"] == OURS[0]].set_index(["steps", "threads"])["wall_ms_a_sample"]
    own = ours.loc[list(zip(table["steps"], table["threads"], strict=True))].to_numpy()
    table.assign(ratio=table["wall_ms_a_sample"] / own).to_csv(arguments.output, index=False, float_format="%.5g")


if __name__ == "__main__":
    main()
