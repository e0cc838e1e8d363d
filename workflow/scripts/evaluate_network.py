"""Run the float network on the test words: accuracy, spikes, and traces to compare chips with."""

from delaysnn.formats.dataset import read_dataset
from delaysnn.formats.fidelity import measure
from delaysnn.formats.metrics import Cell, Metrics, write_metrics
from delaysnn.formats.network import read_network
from delaysnn.formats.traces import write_traces
from delaysnn.job import job
from delaysnn.training.evaluate import trace
from delaysnn.training.model import DelayNetwork

with job(snakemake) as provenance:
    test = read_dataset(snakemake.input.test)
    settings = snakemake.params.training
    network = read_network(snakemake.input.network)
    traces = trace(DelayNetwork.restore(network, settings), test, provenance)
    dense = trace(DelayNetwork.restore(read_network(snakemake.input.dense), settings), test, provenance)
    cells = [
        Cell("pytorch", "parameters", "synapses", network.parameters),
        *measure(traces),
        Cell("pytorch", "accuracy_dense", "%", 100 * dense.accuracy),
    ]
    write_traces(snakemake.output.traces, traces)
    details = {"samples": len(test)}
    name, seed = snakemake.wildcards.network, int(snakemake.wildcards.seed)
    write_metrics(snakemake.output.metrics, Metrics(name, seed, test.name, tuple(cells), details, provenance))
