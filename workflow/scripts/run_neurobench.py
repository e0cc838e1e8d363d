"""Let NeuroBench itself count a network on the test samples, and compare it with our counts.

Runs in NeuroBench's own environment, so it is called by its path and takes arguments instead of Snakemake's object.
"""

import argparse
from pathlib import Path

from delaysnn.core.dataset import read_dataset
from delaysnn.core.job import logged, provenance
from delaysnn.core.metrics import Cell, Metrics, read_metrics, write_metrics
from delaysnn.core.network import read_network
from delaysnn.core.traces import read_traces
from delaysnn.costs.as_linear import measure
from delaysnn.costs.neurobench import NEUROBENCH, check


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("network", "test", "traces", "counted", "output", "log"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--code", required=True)
    return parser.parse_args()


def run(options: argparse.Namespace) -> None:
    test, traces, counted = read_dataset(options.test), read_traces(options.traces), read_metrics(options.counted)
    network = read_network(options.network)
    found = measure(network, test.spikes, traces.layers, traces.predictions, traces.labels)
    check(counted.network, {cell.quantity: cell.value for cell in counted.cells}, found)
    cells = tuple(Cell("pytorch", quantity, unit, found[quantity]) for quantity, (unit, _) in NEUROBENCH.items())
    inputs = (options.network, options.test, options.traces, options.counted)
    wildcards = {"network": counted.network, "seed": str(counted.seed)}
    made_by = provenance("run_neurobench", {"code": options.code}, wildcards, inputs)
    write_metrics(options.output, Metrics(counted.network, counted.seed, test.name, cells, {}, made_by))


if __name__ == "__main__":
    options = parse()
    with logged("run_neurobench", options.log):
        run(options)
