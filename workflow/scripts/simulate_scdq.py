"""Send the deployed network's spikes through the delay queues and compare every delivery with the dense product."""

import logging
from pathlib import Path

import numba
import yaml

from delaysnn.core.errors import InputError
from delaysnn.core.job import job
from delaysnn.core.metrics import Metrics, write_metrics
from delaysnn.core.network import read_network
from delaysnn.core.traces import read_traces
from delaysnn.queues.scdq import differences_from_oracles, measure, run_queue, summarise, useful_delays

with job(snakemake) as provenance:
    numba.set_num_threads(snakemake.threads)
    network, traces = read_network(snakemake.input.network), read_traces(snakemake.input.traces)
    depth = yaml.safe_load(Path(snakemake.input.constants).read_text())["queue_depth"]
    queues, runs, tables, differences = [], [], [], 0
    for index, layer in enumerate(network.layers[1:], 1):
        spikes, useful = traces.layers[index - 1], useful_delays(layer)
        run = run_queue(spikes, useful, depth)
        queues.append({"between": f"h{index} and layer {index + 1}", **summarise(run, useful)})
        runs.append(run)
        tables.append(useful)
        differences += differences_from_oracles(run, spikes, useful)
        logging.info("queue %d: at most %d of %d events", index, run.occupancy.max(), depth)
    if differences:
        raise InputError(f"The queue and the dense product differ in {differences} events; the simulator is wrong.")
    name, seed = snakemake.wildcards.network, int(snakemake.wildcards.seed)
    deliveries = sum(int(run.deliveries.sum()) for run in runs)
    counts = {"samples": len(traces.labels), "spikes": deliveries, "differences": differences}
    equality = [{"comparison": "scdq_simulator", **counts}]
    details = {"equality": equality, "queues": queues}
    write_metrics(
        snakemake.output.metrics,
        Metrics(name, seed, network.dataset, tuple(measure(runs, tables, traces.layers[:-1])), details, provenance),
    )
