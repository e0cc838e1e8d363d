"""Play every test sample through the engine in Verilog; it must fire what the integer reference fires."""

from pathlib import Path

from delaysnn.core.dataset import read_dataset
from delaysnn.core.job import job
from delaysnn.core.metrics import Metrics, write_metrics
from delaysnn.core.network import read_network
from delaysnn.core.traces import read_traces
from delaysnn.core.yaml_file import read_yaml
from delaysnn.platforms import registered
from delaysnn.platforms.fpga.simulate import compare

with job(snakemake) as provenance:
    network, test = read_network(snakemake.input.network), read_dataset(snakemake.input.test)
    deployed = registered()["fpga"].deploy(network)
    rtl, depth = Path(snakemake.input.rtl[0]).parent, read_yaml(snakemake.input.constants)["queue_depth"]
    reference = read_traces(snakemake.input.reference).layers
    details = compare(deployed, test.spikes, reference, rtl, depth)
    metrics = Metrics(network.name, network.seed, test.name, (), details, provenance)
    write_metrics(snakemake.output.metrics, metrics)
