"""Run every delay structure on the deployed network's spikes."""

import numba

from delaysnn.core.dataset import read_dataset
from delaysnn.core.job import job
from delaysnn.core.metrics import Metrics, write_metrics
from delaysnn.core.network import read_network
from delaysnn.core.traces import read_traces
from delaysnn.core.yaml_file import read_yaml
from delaysnn.platforms.seneca.division import divide
from delaysnn.queues.compare import compare

with job(snakemake) as provenance:
    numba.set_num_threads(snakemake.threads)
    network, traces = read_network(snakemake.input.network), read_traces(snakemake.input.traces)
    constants = read_yaml(snakemake.input.constants)
    spikes = read_dataset(snakemake.input.test).spikes
    cells, details = compare(network, spikes, traces, constants, divide(network, constants))
    name, seed = snakemake.wildcards.network, int(snakemake.wildcards.seed)
    write_metrics(snakemake.output.metrics, Metrics(name, seed, network.dataset, tuple(cells), details, provenance))
