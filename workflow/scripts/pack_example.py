"""A trained network and the first test samples, small enough to be shipped with the repository."""

from delaysnn.core.dataset import read_dataset
from delaysnn.core.job import job
from delaysnn.core.network import read_network
from delaysnn.core.traces import read_traces
from delaysnn.data.events import read_events
from delaysnn.demo.example import pack_example

with job(snakemake):
    given, params = snakemake.input, snakemake.params
    test = read_dataset(given.test)
    classes = list(read_events(given.events, channels=test.spikes.n_neurons).keys)
    traces = read_traces(given.traces)
    pack_example(snakemake.output.network, read_network(given.network), test, traces, classes, params.samples)
