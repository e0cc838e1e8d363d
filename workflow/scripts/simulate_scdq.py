"""Send the deployed network's spikes through the delay queues and compare every delivery with the dense product."""

import logging
from pathlib import Path

import numba
import yaml

from delaysnn.errors import InputError
from delaysnn.formats.metrics import Metrics, write_metrics
from delaysnn.formats.network import read_network
from delaysnn.formats.traces import read_traces
from delaysnn.job import job
from delaysnn.seneca.scdq import expected_occupancy, run_queue, useful_delays

with job(snakemake) as provenance:
    numba.set_num_threads(snakemake.threads)
    network, traces = read_network(snakemake.input.network), read_traces(snakemake.input.traces)
    depth = yaml.safe_load(Path(snakemake.input.constants).read_text())["queue_depth"]
    queues, deliveries, differences = [], 0, 0
    for index, layer in enumerate(network.layers[1:]):
        useful, spikes = useful_delays(layer), traces.layers[index]
        run = run_queue(spikes, useful, depth)
        differences += int(run.differences.sum() + (run.occupancy != expected_occupancy(spikes, useful)).sum())
        deliveries += int(run.deliveries.sum())
        queues.append(
            {
                "between": f"h{index + 1} and layer {index + 2}",
                "useful_axons": int(useful.sum()),
                "pops_mean": float(run.pops.mean()),
                "deliveries_mean": float(run.deliveries.mean()),
                "occupancy_peak": int(run.occupancy.max()),
                "occupancy_mean": run.occupancy.mean(axis=0).tolist(),
                "occupancy_most": run.occupancy.max(axis=0).tolist(),
            }
        )
        logging.info(
            "queue %d: at most %d of %d events, %.0f pops a word", index, run.occupancy.max(), depth, run.pops.mean()
        )
    if differences:
        raise InputError(f"The queue and the dense product differ in {differences} events; the simulator is wrong.")
    name, seed = snakemake.wildcards.network, int(snakemake.wildcards.seed)
    equality = [
        {
            "comparison": "scdq_simulator",
            "samples": len(traces.labels),
            "spikes": deliveries,
            "differences": differences,
        }
    ]
    details = {"equality": equality, "queues": queues}
    write_metrics(snakemake.output.metrics, Metrics(name, seed, network.dataset, (), details, provenance))
