"""Bring in a network that was trained elsewhere."""

from delaysnn.core.dataset import read_dataset
from delaysnn.core.job import job
from delaysnn.core.network import write_network
from delaysnn.networks.importing import import_network
from delaysnn.networks.readers import About, read_with, reader_of

with job(snakemake) as provenance:
    source, params = snakemake.input.network, snakemake.params
    name, seed = snakemake.wildcards.network, int(snakemake.wildcards.seed)
    data = read_dataset(snakemake.input.train)
    about = About(data.spikes.n_steps, name, seed, data.name, params.layers, params.dt, params.readout)
    network = read_with(reader_of(source, params.format), source, about)
    network = import_network(network, source, data, name, seed, provenance)
    write_network(snakemake.output.network, network)
