"""Run the network in Seneca's number format over the test samples, rounded at every addition, and once a step."""

from delaysnn.core.dataset import read_dataset
from delaysnn.core.job import job
from delaysnn.core.metrics import Metrics, write_metrics
from delaysnn.core.network import read_network
from delaysnn.core.traces import Traces, decide, read_traces, write_traces
from delaysnn.platforms.fidelity import compare
from delaysnn.platforms.seneca.inference import infer

with job(snakemake) as provenance:
    test = read_dataset(snakemake.input.test)
    network, reference = read_network(snakemake.input.network), read_traces(snakemake.input.reference)
    cells = []
    for platform, every_add in (("seneca", True), ("seneca_rounded_per_step", False)):
        layers = infer(network, test.spikes, every_add)
        traces = Traces(layers, test.labels, decide(layers[-1]), platform, provenance)
        if every_add:
            write_traces(snakemake.output.traces, traces)
        cells += compare(traces, reference)
    name, seed = snakemake.wildcards.network, int(snakemake.wildcards.seed)
    details = {"samples": len(test)}
    write_metrics(snakemake.output.metrics, Metrics(name, seed, test.name, tuple(cells), details, provenance))
