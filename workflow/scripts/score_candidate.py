"""Score a winner of the search on the test samples."""

from delaysnn.core.dataset import read_dataset
from delaysnn.core.job import job
from delaysnn.core.metrics import Metrics, write_metrics
from delaysnn.core.network import read_network
from delaysnn.frontier.training import score
from delaysnn.settings.training import Phases

with job(snakemake) as provenance:
    test, network = read_dataset(snakemake.input.test), read_network(snakemake.input.network)
    cell = score(network, test, Phases(**snakemake.params.training))
    metrics = Metrics(network.name, network.seed, test.name, (cell,), provenance=provenance)
    write_metrics(snakemake.output.metrics, metrics)
