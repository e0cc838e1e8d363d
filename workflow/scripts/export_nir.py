"""Write the float network as a NIR graph."""

from delaysnn.core.job import job
from delaysnn.core.network import read_network
from delaysnn.networks.nir_graph import to_nir, write_nir

with job(snakemake):
    network = read_network(snakemake.input.network)
    write_nir(snakemake.output.graph, to_nir(network, snakemake.params.step_s))
