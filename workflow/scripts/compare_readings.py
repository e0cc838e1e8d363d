"""Count what other readings of Loihi than the integer reference's change on the test samples."""

import logging

from delaysnn.core.dataset import read_dataset
from delaysnn.core.job import job
from delaysnn.core.metrics import Metrics, write_metrics
from delaysnn.core.traces import read_traces
from delaysnn.platforms.loihi.integer_network import read_integer_network
from delaysnn.platforms.loihi.readings import compare_readings

with job(snakemake) as provenance:
    network, test = read_integer_network(snakemake.input.network), read_dataset(snakemake.input.test)
    reference = read_traces(snakemake.input.reference).layers
    rows = compare_readings(network, test.spikes, test.labels, reference)
    for row in rows:
        logging.info(", ".join(f"{name} {value}" for name, value in row.items()))
    found = Metrics(network.name, network.seed, test.name, (), {"readings": rows}, provenance)
    write_metrics(snakemake.output.metrics, found)
