"""Record the membranes of the sample that figures show, as Loihi computes them."""

import numpy as np

from delaysnn.core.dataset import read_dataset
from delaysnn.core.job import job
from delaysnn.core.membranes import Membranes, write_membranes
from delaysnn.core.traces import first_right_sample, read_traces
from delaysnn.platforms.loihi.fixed_point import membranes
from delaysnn.platforms.loihi.integer_network import read_integer_network

with job(snakemake) as provenance:
    test = read_dataset(snakemake.input.test)
    # Every platform shows the sample that figures of the float network show.
    sample = first_right_sample(read_traces(snakemake.input.reference))
    layers = membranes(read_integer_network(snakemake.input.network), test.spikes.select(np.array([sample])))
    label = int(test.labels[sample])
    write_membranes(snakemake.output.membranes, Membranes(layers, sample, label, test.name, "loihi", provenance))
