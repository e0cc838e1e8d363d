"""Estimate energy, latency and memory of an inference on Loihi, for every number of cores."""

from pathlib import Path

import yaml

from delaysnn.formats.dataset import read_dataset
from delaysnn.formats.metrics import Cell, Metrics, write_metrics
from delaysnn.formats.traces import read_traces
from delaysnn.job import job
from delaysnn.loihi.cost import calibrate, count
from delaysnn.loihi.integer_network import read_integer_network
from delaysnn.loihi.mapping import platform

with job(snakemake) as provenance:
    constants, published = (
        yaml.safe_load(Path(path).read_text()) for path in (snakemake.input.constants, snakemake.input.published)
    )
    test, traces = read_dataset(snakemake.input.test), read_traces(snakemake.input.traces)
    counts = count(read_integer_network(snakemake.input.network), test.spikes, traces.layers)
    model = calibrate(published, constants, snakemake.params.fitted)
    cells = tuple(
        Cell(platform(cores), quantity, unit, value)
        for cores in snakemake.params.cores
        for (quantity, unit), value in model.estimate(counts, cores).items()
    )
    name, seed = snakemake.wildcards.network, int(snakemake.wildcards.seed)
    details = {"synaptic_operations": counts.synaptic_operations, "estimated": True}
    write_metrics(snakemake.output.metrics, Metrics(name, seed, test.name, cells, details, provenance))
