"""Run the test samples on a platform, at the deployed width and, where it has several, at every other."""

import logging

import numba

from delaysnn.core.dataset import read_dataset
from delaysnn.core.job import job
from delaysnn.core.metrics import Metrics, share, write_metrics
from delaysnn.core.network import read_network
from delaysnn.core.traces import Traces, decide_by, read_traces, write_traces
from delaysnn.core.widths import show
from delaysnn.platforms import registered
from delaysnn.platforms.answers import check_run
from delaysnn.platforms.fidelity import compare

with job(snakemake) as provenance:
    numba.set_num_threads(snakemake.threads)
    platform = registered()[snakemake.wildcards.platform]
    test, reference = read_dataset(snakemake.input.test), read_traces(snakemake.input.reference)
    name, seed = snakemake.wildcards.network, int(snakemake.wildcards.seed)

    def decided(layers, label, scores, potentials=None):
        return Traces(layers, test.labels, decide_by(layers[-1], scores), label, provenance, scores, potentials)

    widths = []
    for bits, path in zip(snakemake.params.bits, snakemake.input.networks, strict=True):
        trained = read_network(path)
        run = platform.run(platform.deploy(trained), test.spikes)
        check_run(platform, run, trained, test.spikes)
        traces = decided(run.layers, platform.name, run.scores, run.potentials)
        logging.info("%s: %.1f %%", f"{show(bits)} bits" if bits else "accuracy", 100 * traces.accuracy)
        if bits:
            widths.append(share(platform.name, "accuracy", traces.right, bits=show(bits)))
        if bits in (None, snakemake.params.deployed):
            write_traces(snakemake.output.traces, traces)
            beside = [decided(layers, label, run.scores_beside.get(label)) for label, layers in run.beside.items()]
            cells = tuple(cell for each in (traces, *beside) for cell in compare(each, reference))
            details = {"samples": len(test), **run.details}
            write_metrics(snakemake.output.metrics, Metrics(name, seed, test.name, cells, details, provenance))
    if widths:
        write_metrics(snakemake.output.widths, Metrics(name, seed, test.name, tuple(widths), {}, provenance))
