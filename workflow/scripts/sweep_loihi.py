"""Accuracy and costs on one core of Loihi over delay levels kept and bits a weight, by the integer reference."""

import logging
from dataclasses import replace

import numba

from delaysnn.core.dataset import read_dataset
from delaysnn.core.errors import InputError
from delaysnn.core.job import job
from delaysnn.core.metrics import Cell, Metrics, write_metrics
from delaysnn.core.network import read_network
from delaysnn.core.traces import decide_by
from delaysnn.platforms.constants import read_basis
from delaysnn.platforms.loihi.platform import PLATFORM

with job(snakemake) as provenance:
    numba.set_num_threads(snakemake.threads)
    given, params, test = snakemake.input, snakemake.params, read_dataset(snakemake.input.test)
    on_core = {"cores": [1], "excess": params.excess}
    basis = read_basis(given.constants, given.published, params.fitted, on_core)
    cells = []
    for (keep, bits), path in zip(params.settings, given.networks, strict=True):
        deployed = PLATFORM.deploy(read_network(path))
        try:
            placed = PLATFORM.place(deployed, basis)
            run = PLATFORM.run(deployed, test.spikes)
        except InputError as error:
            logging.info("left out: %s", error)
            continue
        accuracy = 100 * float((decide_by(run.layers[-1], run.scores) == test.labels).mean())
        found = PLATFORM.estimate(PLATFORM.count(placed, test.spikes, run.layers), basis)
        costs = [cell for cell in found.cells if cell.quantity in ("energy", "memory")]
        measured = Cell("loihi_1core", "accuracy", "%", accuracy, samples=len(test))
        cells += [replace(cell, levels=keep, bits=bits) for cell in (measured, *costs)]
    name, seed = snakemake.wildcards.network, int(snakemake.wildcards.seed)
    write_metrics(snakemake.output.metrics, Metrics(name, seed, test.name, tuple(cells), {}, provenance))
