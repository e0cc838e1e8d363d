"""Count what NeuroBench counts of every network on the test samples."""

from delaysnn.core.dataset import read_dataset
from delaysnn.core.job import job
from delaysnn.core.metrics import Cell, Metrics, write_metrics
from delaysnn.core.network import read_network
from delaysnn.core.traces import read_traces
from delaysnn.costs.neurobench import NEUROBENCH, count

with job(snakemake) as provenance:
    test = read_dataset(snakemake.input.test)
    for name, seed, network_file, traces_file, output in zip(
        snakemake.params.names,
        snakemake.params.seeds,
        snakemake.input.networks,
        snakemake.input.traces,
        snakemake.output.metrics,
        strict=True,
    ):
        traces = read_traces(traces_file)
        found = {"classification_accuracy": traces.accuracy}
        found |= count(read_network(network_file), test.spikes, traces.layers)
        cells = tuple(
            Cell("pytorch", quantity, unit, found[quantity], "counted") for quantity, (unit, _) in NEUROBENCH.items()
        )
        write_metrics(output, Metrics(name, seed, test.name, cells, {"samples": len(test)}, provenance))
