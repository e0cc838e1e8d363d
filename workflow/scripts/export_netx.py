"""Write a network of Loihi's integers as a file of NetX."""

from delaysnn.core.job import job
from delaysnn.networks.netx import write_netx
from delaysnn.platforms.loihi.integer_network import read_integer_network

with job(snakemake):
    write_netx(snakemake.output.network, read_integer_network(snakemake.input.network))
