"""Record the membranes of the sample that figures show, as a platform computes them."""

import numpy as np

from delaysnn.core.dataset import read_dataset
from delaysnn.core.job import job
from delaysnn.core.membranes import Membranes, write_membranes
from delaysnn.core.network import read_network
from delaysnn.core.traces import first_right_sample, read_traces
from delaysnn.platforms import registered

with job(snakemake) as provenance:
    platform = registered()[snakemake.wildcards.platform]
    test = read_dataset(snakemake.input.test)
    # Every platform shows the sample that figures of the float network show.
    sample = first_right_sample(read_traces(snakemake.input.reference))
    deployed = platform.deploy(read_network(snakemake.input.network))
    layers = platform.membranes(deployed, test.spikes.select(np.array([sample])))
    label = int(test.labels[sample])
    write_membranes(snakemake.output.membranes, Membranes(layers, sample, label, test.name, platform.name, provenance))
