"""Run the network in Seneca's number format over the test words."""

from delaysnn.formats.dataset import read_dataset
from delaysnn.formats.fidelity import compare
from delaysnn.formats.metrics import Metrics, write_metrics
from delaysnn.formats.network import read_network
from delaysnn.formats.traces import Traces, decide, read_traces, write_traces
from delaysnn.job import job
from delaysnn.seneca.inference import infer

with job(snakemake) as provenance:
    test = read_dataset(snakemake.input.test)
    layers = infer(read_network(snakemake.input.network), test.spikes)
    traces = Traces(layers, test.labels, decide(layers[-1]), "seneca", provenance)
    write_traces(snakemake.output.traces, traces)
    cells = tuple(compare(traces, read_traces(snakemake.input.reference)))
    name, seed = snakemake.wildcards.network, int(snakemake.wildcards.seed)
    details = {"samples": len(test)}
    write_metrics(snakemake.output.metrics, Metrics(name, seed, test.name, cells, details, provenance))
