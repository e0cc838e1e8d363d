"""Accuracy and costs on Loihi over delay levels kept and bits a weight, by the integer reference."""

import logging
from pathlib import Path

import numba
import yaml

from delaysnn.core.dataset import read_dataset
from delaysnn.core.errors import InputError
from delaysnn.core.job import job
from delaysnn.core.metrics import Cell, Metrics, write_metrics
from delaysnn.core.network import read_network
from delaysnn.core.traces import Traces, decide
from delaysnn.platforms.constants import read_constants
from delaysnn.platforms.loihi.conversion import convert
from delaysnn.platforms.loihi.cost import UNITS, calibrate, calibrated, count, counted
from delaysnn.platforms.loihi.fixed_point import simulate
from delaysnn.platforms.loihi.mapping import map_network

with job(snakemake) as provenance:
    numba.set_num_threads(snakemake.threads)
    constants, test = read_constants(snakemake.input.constants), read_dataset(snakemake.input.test)
    published = yaml.safe_load(Path(snakemake.input.published).read_text())
    lines = calibrate(published, constants, snakemake.params.fitted) if snakemake.params.fitted else {}
    cells = []
    for (keep, bits), path in zip(snakemake.params.settings, snakemake.input.networks, strict=True):
        network = convert(read_network(path), provenance)
        try:
            map_network(network, 1, constants, snakemake.params.excess)
            layers = simulate(network, test.spikes).layers
        except InputError as error:
            logging.info("left out: %s", error)
            continue
        accuracy = Traces(layers, test.labels, decide(layers[-1]), "loihi", provenance).accuracy
        counts, setting = count(network, test.spikes, layers), {"levels": keep, "bits": bits}
        cells.append(Cell("loihi_1core", "accuracy", "%", 100 * accuracy, samples=len(test), **setting))
        costs = {"calibrated": calibrated(counts, constants, lines), "counted": counted(counts, constants)}
        cells += [
            Cell("loihi_1core", quantity, UNITS[quantity], found[quantity], how, **setting)
            for how, found in costs.items()
            for quantity in ("energy", "memory")
            if quantity in found
        ]
    name, seed = snakemake.wildcards.network, int(snakemake.wildcards.seed)
    write_metrics(snakemake.output.metrics, Metrics(name, seed, test.name, tuple(cells), {}, provenance))
