"""Bring in a network that was trained elsewhere."""

from delaysnn.core.dataset import read_dataset
from delaysnn.core.job import job
from delaysnn.core.network import read_network, write_network
from delaysnn.networks.importing import import_network

with job(snakemake) as provenance:
    source = snakemake.input.network
    name, seed = snakemake.wildcards.network, int(snakemake.wildcards.seed)
    data = read_dataset(snakemake.input.train)
    network = import_network(read_network(source), source, data, name, seed, provenance)
    write_network(snakemake.output.network, network)
