"""Record the membranes of the word that figures show, as Loihi computes them."""

import numpy as np

from delaysnn.formats.dataset import read_dataset
from delaysnn.formats.membranes import Membranes, write_membranes
from delaysnn.formats.traces import first_right_sample, read_traces
from delaysnn.job import job
from delaysnn.loihi.fixed_point import membranes
from delaysnn.loihi.integer_network import read_integer_network

with job(snakemake) as provenance:
    test = read_dataset(snakemake.input.test)
    # Every platform shows the word that figures of the float network show.
    sample = first_right_sample(read_traces(snakemake.input.reference))
    layers = membranes(read_integer_network(snakemake.input.network), test.spikes.select(np.array([sample])))
    label = int(test.labels[sample])
    write_membranes(snakemake.output.membranes, Membranes(layers, sample, label, test.name, "loihi", provenance))
