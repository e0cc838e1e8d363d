"""Estimate what a float network would take on every platform that says so, recurrent and delay-free baselines too."""

from delaysnn.core.dataset import read_dataset
from delaysnn.core.features import features
from delaysnn.core.job import job
from delaysnn.core.metrics import Metrics, write_metrics
from delaysnn.core.network import read_network
from delaysnn.core.network_checks import check_neurons
from delaysnn.core.traces import read_traces
from delaysnn.platforms import registered
from delaysnn.platforms.answers import check_estimates
from delaysnn.platforms.constants import read_basis

with job(snakemake) as provenance:
    test, traces = read_dataset(snakemake.input.test), read_traces(snakemake.input.traces)
    network = read_network(snakemake.input.network)
    check_neurons(
        network, snakemake.input.network, {name: registered()[name].neurons for name in snakemake.params.fitted}
    )
    cells, beyond = [], {}
    for name, fitted in snakemake.params.fitted.items():
        # Recurrence is priced everywhere, as of baselines.
        if not registered()[name].takes(network.neurons, features(network) - {"recurrent"}):
            continue
        basis = read_basis(snakemake.input.get(name), snakemake.input.published, fitted)
        found = registered()[name].estimate_floats(network, test.spikes, traces.layers, basis)
        check_estimates(registered()[name], found)
        cells += found.cells
        beyond |= found.outside_fit
    name, seed = snakemake.wildcards.network, int(snakemake.wildcards.seed)
    metrics = Metrics(name, seed, network.dataset, tuple(cells), {"outside_fit": beyond}, provenance)
    write_metrics(snakemake.output.metrics, metrics)
