"""Run a network in Brian2Loihi and compare every spike with the integer reference.

Runs in Brian2Loihi's own environment, so it is called by its path and takes arguments instead of Snakemake's object.
"""

import argparse
from pathlib import Path

import numpy as np

from delaysnn.core.dataset import read_dataset
from delaysnn.core.job import logged, provenance
from delaysnn.core.metrics import Metrics, write_metrics
from delaysnn.core.traces import read_traces
from delaysnn.platforms.loihi.brian_graph import run_layer
from delaysnn.platforms.loihi.emulation import compare_emulator
from delaysnn.platforms.loihi.integer_network import read_integer_network


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("network", "test", "reference", "output", "log"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--samples", type=int, required=True, help="evenly spaced in the test")
    parser.add_argument("--code", required=True)
    return parser.parse_args()


def emulate(options: argparse.Namespace) -> None:
    network, test = read_integer_network(options.network), read_dataset(options.test)
    samples = np.linspace(0, len(test) - 1, min(options.samples, len(test))).astype(int)
    reference = [layer.select(samples) for layer in read_traces(options.reference).layers]
    row = compare_emulator(network, test.spikes.select(samples), reference, run_layer, "brian2loihi")
    settings = {"samples": options.samples, "code": options.code}
    inputs = (options.network, options.test, options.reference)
    made_by = provenance("emulate_loihi", settings, {"network": network.name, "seed": str(network.seed)}, inputs)
    write_metrics(options.output, Metrics(network.name, network.seed, test.name, (), {"equality": [row]}, made_by))


if __name__ == "__main__":
    options = parse()
    with logged("emulate_loihi", options.log):
        emulate(options)
