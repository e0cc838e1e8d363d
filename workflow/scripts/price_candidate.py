"""Count what an inference of a network of the search takes on a chip, from validation samples."""

import logging

import numba

from delaysnn.core.dataset import read_dataset
from delaysnn.core.errors import InputError
from delaysnn.core.job import job
from delaysnn.core.metrics import Metrics, write_metrics
from delaysnn.core.network import read_network
from delaysnn.frontier.energy import count_energy
from delaysnn.frontier.space import network_of
from delaysnn.platforms import registered
from delaysnn.platforms.constants import read_basis

with job(snakemake) as provenance:
    numba.set_num_threads(snakemake.threads)
    given, params = snakemake.input, snakemake.params
    data, network = read_dataset(given.validation), read_network(given.network)
    basis = read_basis(given.constants, given.published, settings=params.chip)
    cells = ()
    try:
        cells = (count_energy(network, network_of(params.settings), data, registered()[params.platform], basis),)
        logging.info("%.3g uJ by %s", cells[0].value, cells[0].platform)
    except InputError as error:
        logging.info("left out: %s", error)
    metrics = Metrics(network.name, network.seed, data.name, cells, provenance=provenance)
    write_metrics(snakemake.output.metrics, metrics)
