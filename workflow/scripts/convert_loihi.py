"""Give a quantised network its integer form."""

from delaysnn.formats.network import read_network
from delaysnn.job import job
from delaysnn.loihi.conversion import convert
from delaysnn.loihi.integer_network import write_integer_network

with job(snakemake) as provenance:
    network = convert(read_network(snakemake.input.network), provenance)
    write_integer_network(snakemake.output.network, network)
