"""Training on a GPU: our step and epoch, 8 networks at once, and other libraries' steps on the same card in one run.

Runs anywhere (`python gpu.py --output gpu.csv`); what cannot be measured is said, and leaves no row. Samples are
random, of the size of SHD. Our step makes its batch: it draws, varies and bins samples that lie in the GPU's memory. A
library's step is given its batch, dense floats on the card; it is measured as written and as a CUDA graph.
"""

import argparse
import faulthandler
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import torch
import yaml
from torch import Tensor

from delaysnn.core.dataset import Dataset
from delaysnn.core.spike_trains import SpikeTrains
from delaysnn.settings.training import Course, Phase
from delaysnn.training.model import DelayNetwork
from delaysnn.training.optimise import Run

CONFIG = Path(__file__).parents[2] / "config" / "config.yaml"
LEVELS, STRIDE, BATCH, STEPS, SUBSTEPS, CHANNELS, CLASSES = 30, 2, 128, 64, 4, 700, 20
TOPOLOGY = (CHANNELS, 48, 48, CLASSES)
EVENTS, SPREAD = 8000, 2500  # spikes a sample on fine steps: mean and deviation
SHD, SSC, TOGETHER = 8000, 75_000, 8
THRESHOLD, SCALE, DECAY, GAIN = 0.3, 10.0, 0.9, 0.3
PARTS = ("ours", "libraries", "large")
SECONDS = 60  # a library's at the most, imports and compilation included
LIBRARIES = ("SpikingJelly", "DCLS", "spyx", "snnTorch", "norse")


def samples(count: int, seed: int = 0) -> Dataset:
    """Draw samples of SHD's size; beyond some hundred, the same ones again, each in memory of its own."""
    random = np.random.default_rng(seed)
    distinct = min(count, 500)
    sizes = np.clip(random.normal(EVENTS, SPREAD, distinct), EVENTS / 4, 2 * EVENTS).astype(np.int64)
    places = [np.sort(random.choice(STEPS * SUBSTEPS * CHANNELS, size, replace=False)) for size in sizes]
    flat = np.concatenate(places)
    again = -(-count // distinct)
    offsets = np.concatenate([[0], np.cumsum(np.tile(sizes, again)[:count])])
    steps, channels = (
        np.tile(each.astype(np.uint16), again)[: offsets[-1]] for each in (flat // CHANNELS, flat % CHANNELS)
    )
    fine = SpikeTrains(offsets, steps, channels, STEPS * SUBSTEPS, CHANNELS)
    labels = random.integers(0, CLASSES, count).astype(np.int16)
    # Nothing here reads the merged spikes but their size.
    nothing = np.zeros(0, np.uint16)
    merged = SpikeTrains(np.zeros(count + 1, np.int64), nothing, nothing, STEPS, CHANNELS)
    return Dataset(merged, labels, np.zeros_like(labels), "benchmark", CLASSES, 1 / STEPS, fine=fine)


def milliseconds(work: Callable[[], object], rounds: int = 20, warm_up: int = 3) -> float:
    """Return the median of the GPU's milliseconds for ``work``."""
    taken = []
    for turn in range(warm_up + rounds):
        start, end = (torch.cuda.Event(enable_timing=True) for _ in range(2))
        start.record()
        work()
        end.record()
        end.synchronize()
        if turn >= warm_up:
            taken.append(start.elapsed_time(end))
    return statistics.median(taken)


def networks(count: int, data: Dataset) -> tuple:
    """Return ``count`` networks as configured, ready to train on the card."""
    from delaysnn.training.gpu.loop import OnCard

    training = Course(**yaml.safe_load(CONFIG.read_text())["training"]).model_copy(update={"batch": BATCH})
    models = [DelayNetwork(TOPOLOGY, [1, LEVELS, LEVELS], STRIDE, training, seed).to("cuda") for seed in range(count)]
    runs = [Run(data, data, training, seed, Path("unused")) for seed in range(count)]
    return models, OnCard(models, runs, Phase(epochs=20, learning_rate=0.004))


def ours(rows: "Rows", data: Dataset, count: int, name: str, epochs: int) -> None:
    """Measure a step and whole epochs of ``count`` networks side by side."""
    from delaysnn.training.gpu.augment import Variation

    torch.cuda.reset_peak_memory_stats()
    started = time.perf_counter()
    _, loop = networks(count, data)
    torch.cuda.synchronize()
    rows.add("ours", f"{name}: samples to the card", time.perf_counter() - started, "s")
    started = time.perf_counter()
    loop.epoch(0, None)
    rows.add("ours", f"{name}: first epoch, kernels compiled", time.perf_counter() - started, "s")
    taken = []
    for epoch in range(1, epochs + 1):
        started = time.perf_counter()
        loss = loop.epoch(epoch, None)  # it waits for the loss
        taken.append(time.perf_counter() - started)
    print(f"loss {loss}", flush=True)
    rows.add("ours", f"{name}: epoch", statistics.median(taken), "s")

    def steps() -> None:
        loop._at.zero_()
        for _ in range(10):
            loop._graph.replay()

    rows.add("ours", f"{name}: step, its batch made", milliseconds(steps) / 10, "ms")
    table = loop._tables
    drawn = table.samples[0].flatten(), table.columns[0].flatten(0, 1), table.seeds[0].flatten()
    vary: Variation = loop._vary
    make = graph_of(lambda: vary(*drawn))
    rows.add("ours", f"{name}: batch alone", milliseconds(make), "ms")
    rows.add("ours", f"{name}: memory", torch.cuda.max_memory_allocated() / 1e9, "GB")


def kernels(data: Dataset) -> None:
    """Print which kernels a step takes its time for."""
    from torch.profiler import ProfilerActivity, profile

    _, loop = networks(1, data)
    loop.epoch(0, None)
    loop._at.zero_()
    with profile(activities=[ProfilerActivity.CUDA]) as recorded:
        for _ in range(5):
            loop._graph.replay()
        torch.cuda.synchronize()
    averages = recorded.key_averages()
    print(averages.table(sort_by="self_cuda_time_total", row_limit=20, max_name_column_width=60), flush=True)


def graph_of(work: Callable[[], object]) -> Callable[[], None]:
    """Capture ``work`` as a CUDA graph and return what replays it."""
    stream = torch.cuda.Stream()
    stream.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(stream):
        for _ in range(3):
            work()
    torch.cuda.current_stream().wait_stream(stream)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        work()
    return graph.replay


def roofline(rows: "Rows") -> None:
    """State what a step must compute and move, and what the card does of either."""
    tokens = BATCH * STEPS
    layers = list(zip(TOPOLOGY[:-1], TOPOLOGY[1:], (1, LEVELS, LEVELS), strict=True))
    # Two operations a weight and sample's step: forwards, by weights, and but for the first layer by spikes.
    flops = sum(
        2 * tokens * pre * post * levels * (3 if index else 2) for index, (pre, post, levels) in enumerate(layers)
    )
    weights = sum(pre * post * levels for pre, post, levels in layers)
    neurons = tokens * sum(TOPOLOGY[1:])
    # Events; dense input written and read twice; of each neuron current, spikes, membrane, and gradients of them,
    # written and read; weights, moments and gradients.
    moved = BATCH * EVENTS * 4 + 3 * tokens * CHANNELS + 2 * 4 * 5 * neurons + 4 * 7 * weights
    rows.add("ours", "operations a step", flops / 1e9, "GFLOP")
    rows.add("ours", "least bytes a step", moved / 1e6, "MB")
    source = torch.empty(2**29, dtype=torch.uint8, device="cuda")
    target = torch.empty_like(source)
    bandwidth = 2 * source.numel() / milliseconds(lambda: target.copy_(source)) / 1e6
    square = torch.randn(8192, 8192, device="cuda")
    half = square.bfloat16()
    torch.backends.cuda.matmul.allow_tf32 = True
    rates = {
        name: 2 * 8192**3 / milliseconds(lambda matrix=matrix: matrix @ matrix, rounds=5) / 1e9
        for name, matrix in (("tf32", square), ("bf16", half))
    }
    rows.add("card", "copy", bandwidth, "GB/s")
    for name, rate in rates.items():
        rows.add("card", f"product, {name}", rate, "TFLOP/s")
    # Spikes are exact in 11 bits; weights and gradients are multiplied as three products of parts.
    least = max(3 * flops / rates["tf32"] / 1e9, moved / bandwidth / 1e6)
    rows.add("card", "roofline of a step", least, "ms")


class Rows:
    """Measurements, written as they come: a run that is stopped leaves what it has."""

    def __init__(self, path: Path):
        self.path, self.rows = path, []

    def add(self, library: str, what: str, value: float, unit: str) -> None:
        card = torch.cuda.get_device_name() if torch.cuda.is_available() else ""
        self.rows.append({"library": library, "what": what, "value": value, "unit": unit, "card": card})
        print(f"{library:14} {what:48} {value:10.4g} {unit}", flush=True)
        self.write()

    def write(self) -> None:
        columns = ["library", "what", "value", "unit", "card"]
        pd.DataFrame(self.rows, columns=columns).to_csv(self.path, index=False, float_format="%.5g")


def weights_and_batch() -> tuple[list[Tensor], Tensor, Tensor]:
    """Return initial weights, a batch of spikes [time, batch, channel] and its labels, all on the processor."""
    neurons = SimpleNamespace(threshold=THRESHOLD, surrogate_slope=SCALE, decay=(DECAY, DECAY))
    model = DelayNetwork(TOPOLOGY, [1, LEVELS, LEVELS], STRIDE, neurons, seed=1)
    data = samples(BATCH)
    spikes = torch.from_numpy(data.fine.coarser(SUBSTEPS).dense()).float()
    return [weight.detach() for weight in model.weights], spikes, torch.from_numpy(data.labels.astype(np.int64))


def measure_library(library: str) -> None:
    """Measure one library's formulations and print a JSON line for each: name, milliseconds, how."""
    started = time.monotonic()
    # Where it is stopped, it says at what.
    faulthandler.dump_traceback_later(SECONDS - 5)
    if library == "spyx":
        from spyx_peer import measure

        return measure(*weights_and_batch(), STRIDE, DECAY, THRESHOLD, SCALE, GAIN)
    from peers import peers_of

    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = True
    torch.backends.cudnn.benchmark = True
    weights, spikes, labels = weights_and_batch()
    spikes, labels = spikes.cuda(), labels.cuda()
    models = peers_of(library, weights, STRIDE, DECAY, THRESHOLD, SCALE)
    print(f"{library}: imported and built after {time.monotonic() - started:.1f} s", flush=True)
    steps = {}
    # A convolution last: the search for its fastest algorithm takes longest.
    for formulation in sorted(models, key=lambda name: name == "convolution"):
        steps[formulation] = stepper(models[formulation].cuda(), spikes, labels)
        report(formulation, "as written", milliseconds(steps[formulation], rounds=5))
        print(f"{library}: {formulation} measured after {time.monotonic() - started:.1f} s", flush=True)
    # Last: a capture that fails may leave the process unusable.
    for formulation, step in steps.items():
        try:
            report(formulation, "as a CUDA graph", milliseconds(graph_of(step), rounds=5))
        except RuntimeError as error:
            print(f"{library}: {formulation}: no CUDA graph: {str(error).splitlines()[0]}", flush=True)


def report(formulation: str, how: str, value: float) -> None:
    """Print what was measured for the process that asked."""
    print(json.dumps({"formulation": formulation, "how": how, "ms": value}), flush=True)


def stepper(model: torch.nn.Module, spikes: Tensor, labels: Tensor) -> Callable[[], None]:
    """Return a function that trains ``model`` on a batch by the output spikes' counts."""
    optimiser = torch.optim.Adam(model.parameters(), lr=1e-3, fused=True, capturable=True)

    def step() -> None:
        loss = torch.nn.functional.cross_entropy(GAIN * model(spikes)[-1].sum(dim=0), labels)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()

    return step


def libraries(rows: Rows) -> None:
    """Measure each library in a process of its own, within its time."""
    for library in LIBRARIES:
        command = [sys.executable, __file__, "--library", library, "--output", os.devnull]
        how = ""
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False)
            found, said = done.stdout, done.stderr
            how = f"ended with {done.returncode}" if done.returncode else ""
        except subprocess.TimeoutExpired as stopped:
            found, said = ((each or b"").decode() for each in (stopped.stdout, stopped.stderr))
            how = f"stopped after {SECONDS} s"
        for line in found.splitlines():
            if line.startswith("{"):
                row = json.loads(line)
                rows.add(library, f"step, its batch given: {row['formulation']}, {row['how']}", row["ms"], "ms")
            elif line.startswith(library):
                print(line, flush=True)
        if how:
            print(f"{library}: not measured to the end, {how}:", *said.strip().splitlines()[-12:], sep="\n", flush=True)


def attempt(what: str, work: Callable[[], None]) -> None:
    """Do one part of the benchmark; one that fails is said and takes no other with it."""
    try:
        work()
    except Exception as error:
        print(f"{what}: not measured: {type(error).__name__}: {error}", flush=True)


def main() -> None:
    """Measure what this machine can, and write one row a value."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", type=Path, required=True, help="CSV to write")
    parser.add_argument("--library", choices=LIBRARIES, help="measure this library alone")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS, help="parts to measure, all by default")
    arguments = parser.parse_args()
    rows = Rows(arguments.output)
    rows.write()
    if not torch.cuda.is_available():
        print("no GPU: nothing of its training was measured", flush=True)
        return
    if arguments.library:
        return measure_library(arguments.library)
    if "ours" in arguments.only:
        data = samples(SHD)
        attempt("one network", lambda: ours(rows, data, 1, "1 network", epochs=5))
        attempt("roofline", lambda: roofline(rows))
        attempt("networks at once", lambda: ours(rows, data, TOGETHER, f"{TOGETHER} networks", epochs=3))
        attempt("kernels of a step", lambda: kernels(data))
    if "libraries" in arguments.only:
        libraries(rows)
    if "large" in arguments.only:
        attempt("samples of SSC", lambda: ours(rows, samples(SSC), 1, f"1 network, {SSC} samples", epochs=2))


if __name__ == "__main__":
    main()
