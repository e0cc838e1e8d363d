"""Estimate energy, latency and memory of an inference on a platform."""

from delaysnn.core.arrays import write_npz
from delaysnn.core.dataset import read_dataset
from delaysnn.core.job import job
from delaysnn.core.metrics import Metrics, write_metrics
from delaysnn.core.network import read_network
from delaysnn.core.traces import read_traces
from delaysnn.costs.lines import warn_outside
from delaysnn.platforms import registered
from delaysnn.platforms.answers import check_estimates
from delaysnn.platforms.constants import read_basis

with job(snakemake) as provenance:
    platform = registered()[snakemake.wildcards.platform]
    given = snakemake.input
    basis = read_basis(given.constants, given.published, snakemake.params.fitted, snakemake.params.settings)
    test, traces = read_dataset(given.test), read_traces(given.traces)
    # Only what fits has a cost.
    placed = platform.place(platform.deploy(read_network(given.network)), basis)
    found = platform.estimate(platform.count(placed, test.spikes, traces.layers), basis)
    check_estimates(platform, found, len(test) if platform.by_sample else None)
    for setup, quantities in found.outside_fit.items():
        warn_outside(setup, quantities)
    name, seed = snakemake.wildcards.network, int(snakemake.wildcards.seed)
    details = {"outside_fit": found.outside_fit}
    write_metrics(snakemake.output.metrics, Metrics(name, seed, test.name, tuple(found.cells), details, provenance))
    if platform.by_sample:
        write_npz(snakemake.output.energies, {"energy_uj": found.energy_uj, "labels": traces.labels})
