"""Give a quantised network its integer form on Loihi 2."""

from delaysnn.core.job import job
from delaysnn.core.network import read_network
from delaysnn.platforms.loihi.integer_network import write_integer_network
from delaysnn.platforms.loihi2.conversion import convert

with job(snakemake) as provenance:
    network = convert(read_network(snakemake.input.network), provenance)
    write_integer_network(snakemake.output.network, network)
