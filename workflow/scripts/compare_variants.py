"""Run the delay queue's variants on the deployed network's spikes."""

from pathlib import Path

import numba
import yaml

from delaysnn.core.errors import InputError
from delaysnn.core.job import job
from delaysnn.core.metrics import Cell, Metrics, write_metrics
from delaysnn.core.network import read_network
from delaysnn.core.traces import read_traces
from delaysnn.queues.scdq import useful_delays
from delaysnn.queues.variants import run_variants

with job(snakemake) as provenance:
    numba.set_num_threads(snakemake.threads)
    network, traces = read_network(snakemake.input.network), read_traces(snakemake.input.traces)
    depth = yaml.safe_load(Path(snakemake.input.constants).read_text())["queue_depth"]
    ports = [
        (spikes, useful_delays(layer)) for layer, spikes in zip(network.layers[1:], traces.layers[:-1], strict=True)
    ]
    cells, equality = [], []
    for name, run in run_variants(ports, depth).items():
        cells += [Cell(name, "pops", "events", run.pops), Cell(name, "peak", "events", run.peak)]
        counts = {"samples": len(traces.labels), "spikes": run.deliveries, "differences": run.differences}
        if run.differences:
            raise InputError(f"The variant {name} and the dense product differ in {run.differences} events.")
        # The published queue has a rule of its own; one ring of memory is that queue, sized otherwise.
        if name not in ("scdq", "single_fifo"):
            equality.append({"comparison": f"scdq_{name}", **counts})
    name, seed = snakemake.wildcards.network, int(snakemake.wildcards.seed)
    details = {"equality": equality}
    write_metrics(snakemake.output.metrics, Metrics(name, seed, network.dataset, tuple(cells), details, provenance))
