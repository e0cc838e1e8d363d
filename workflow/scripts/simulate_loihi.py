"""Run the integer reference over the test samples, at the deployed width and at every other."""

import logging

import numba

from delaysnn.core.dataset import read_dataset
from delaysnn.core.job import job
from delaysnn.core.metrics import Metrics, share, write_metrics
from delaysnn.core.traces import Traces, decide, read_traces, write_traces
from delaysnn.platforms.fidelity import compare
from delaysnn.platforms.loihi.fixed_point import simulate
from delaysnn.platforms.loihi.integer_network import read_integer_network

with job(snakemake) as provenance:
    numba.set_num_threads(snakemake.threads)
    test, reference = read_dataset(snakemake.input.test), read_traces(snakemake.input.reference)
    name, seed = snakemake.wildcards.network, int(snakemake.wildcards.seed)
    sweep = []
    for bits, path in zip(snakemake.params.bits, snakemake.input.networks, strict=True):
        simulation = simulate(read_integer_network(path), test.spikes)
        traces = Traces(simulation.layers, test.labels, decide(simulation.layers[-1]), "loihi", provenance)
        sweep.append(share("loihi", "accuracy", traces.right, bits=bits))
        logging.info(
            "%d bits: %.1f %%; up to %.1f %% of an accumulator's range used, up to %.2f %% of potentials saturate",
            *(bits, 100 * traces.accuracy, 100 * max(simulation.accumulated), 100 * max(simulation.saturated)),
        )
        if bits == snakemake.params.deployed:
            write_traces(snakemake.output.traces, traces)
            used = {"accumulated": simulation.accumulated, "saturated": simulation.saturated}
            details = {"samples": len(test), **used}
            cells = tuple(compare(traces, reference))
            write_metrics(snakemake.output.metrics, Metrics(name, seed, test.name, cells, details, provenance))
    write_metrics(snakemake.output.sweep, Metrics(name, seed, test.name, tuple(sweep), {}, provenance))
