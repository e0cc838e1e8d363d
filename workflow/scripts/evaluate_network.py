"""Run the float network on the test samples: accuracy, spikes, and traces to compare chips with."""

from delaysnn.core.dataset import read_dataset
from delaysnn.core.job import job
from delaysnn.core.metrics import Cell, Metrics, share, write_metrics
from delaysnn.core.network import read_network
from delaysnn.core.readout import SPIKES
from delaysnn.core.traces import write_traces
from delaysnn.platforms.fidelity import measure
from delaysnn.settings.training import Training
from delaysnn.training.evaluate import accuracy_as_trained, trace
from delaysnn.training.model import DelayNetwork

with job(snakemake) as provenance:
    test = read_dataset(snakemake.input.test)
    training = Training(**snakemake.params.training)
    network = read_network(snakemake.input.network)
    model = DelayNetwork.restore(network, training)
    traces = trace(model, test, provenance)
    dense = trace(DelayNetwork.restore(read_network(snakemake.input.dense), training), test, provenance)
    cells = [
        Cell("pytorch", "parameters", "synapses", network.parameters),
        *measure(traces),
        share("pytorch", "accuracy", dense.right, phase="dense"),
    ]
    if training.loss != "spike_count" and network.readout == SPIKES:
        trained = 100 * accuracy_as_trained(model, test, training.loss)
        cells.append(Cell("pytorch", "accuracy_membranes", "%", trained, samples=len(test)))
    write_traces(snakemake.output.traces, traces)
    details = {"samples": len(test)}
    name, seed = snakemake.wildcards.network, int(snakemake.wildcards.seed)
    write_metrics(snakemake.output.metrics, Metrics(name, seed, test.name, tuple(cells), details, provenance))
