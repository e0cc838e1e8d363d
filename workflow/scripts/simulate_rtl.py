"""Play the deployed networks' spikes through the delay queue's Verilog and its gates; both must equal the simulator."""

from pathlib import Path

from delaysnn.core.dataset import read_dataset
from delaysnn.core.job import job
from delaysnn.core.metrics import Metrics, write_metrics
from delaysnn.core.network import read_network
from delaysnn.core.traces import read_traces
from delaysnn.core.yaml_file import read_yaml
from delaysnn.queues.verilog.replay import replay

with job(snakemake) as provenance:
    networks = [read_network(path) for path in snakemake.input.networks]
    traces = [read_traces(path) for path in snakemake.input.traces]
    depth = read_yaml(snakemake.input.constants)["queue_depth"]
    rtl = Path(snakemake.input.rtl[0]).parent
    deployed, inputs = list(zip(networks, traces, strict=True)), read_dataset(snakemake.input.test).spikes
    compared = replay(deployed, inputs, rtl, depth, snakemake.params.samples)
    for path, network, details in zip(snakemake.output.metrics, networks, compared, strict=True):
        write_metrics(path, Metrics(network.name, network.seed, network.dataset, (), details, provenance))
