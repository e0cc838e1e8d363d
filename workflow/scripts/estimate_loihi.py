"""Estimate energy, latency and memory of an inference on Loihi, for every number of cores."""

from pathlib import Path

import yaml

from delaysnn.core.dataset import read_dataset
from delaysnn.core.job import job
from delaysnn.core.metrics import Cell, Metrics, write_metrics
from delaysnn.core.traces import read_traces
from delaysnn.costs.lines import warn_outside
from delaysnn.platforms.constants import read_constants
from delaysnn.platforms.loihi.cost import UNITS, calibrate, calibrated, count, counted, outside
from delaysnn.platforms.loihi.integer_network import read_integer_network
from delaysnn.platforms.loihi.mapping import platform

with job(snakemake) as provenance:
    constants = read_constants(snakemake.input.constants)
    published = yaml.safe_load(Path(snakemake.input.published).read_text())
    test, traces = read_dataset(snakemake.input.test), read_traces(snakemake.input.traces)
    counts = count(read_integer_network(snakemake.input.network), test.spikes, traces.layers)
    # Only the paper's chip has cells to fit a line to.
    lines = calibrate(published, constants, snakemake.params.fitted) if snakemake.params.fitted else {}
    cells = [Cell("loihi", "operations", "1", counts.synaptic_operations, "counted")]
    extrapolated = {}
    for cores in snakemake.params.cores:
        estimates = {"counted": counted(counts, constants), "calibrated": calibrated(counts, constants, lines, cores)}
        if cores > 1:
            # Counted one operation after the other, which is what one core does.
            del estimates["counted"]["latency"]
        cells += [
            Cell(platform(cores), quantity, UNITS[quantity], value, how)
            for how, values in estimates.items()
            for quantity, value in values.items()
        ]
        extrapolated[platform(cores)] = outside(counts, constants, lines, cores)
        warn_outside(platform(cores), extrapolated[platform(cores)])
    name, seed = snakemake.wildcards.network, int(snakemake.wildcards.seed)
    write_metrics(
        snakemake.output.metrics,
        Metrics(name, seed, test.name, tuple(cells), {"outside_fit": extrapolated}, provenance),
    )
