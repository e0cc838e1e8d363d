"""The shipped network and samples through integers, delay queues and cost models to one page."""

import logging

import numba

from delaysnn.core.files import atomic
from delaysnn.core.job import job
from delaysnn.demo.example import read_example
from delaysnn.demo.page import render_page, savings
from delaysnn.demo.run import INTEGERS, run_example, run_queues
from delaysnn.platforms import registered
from delaysnn.platforms.constants import read_basis, read_constants

with job(snakemake):
    numba.set_num_threads(snakemake.threads)
    given, params = snakemake.input, snakemake.params
    example = read_example(given.network)
    bases = {
        name: read_basis(given[name], given.published, params.fitted[name], params.settings[name])
        for name in params.platforms
    }
    chips = run_example(example, bases)
    queues = run_queues(example, chips[INTEGERS].layers, int(read_constants(given.seneca)["queue_depth"]))
    setups = {setup.name: setup for name in params.platforms for setup in registered()[name].setups}
    with atomic(snakemake.output.page) as temporary:
        temporary.write_text(render_page(example, chips, queues, setups), encoding="utf-8")
    for chip in chips.values():
        logging.info("%s: %.0f %% of %d digits are right", chip.label, 100 * chip.accuracy, len(example.samples))
    logging.info("delay queues: %d events delivered, %d differences", queues.deliveries, queues.differences)
    for way, (hardware, software, saved) in savings(chips).items():
        found = (way, hardware, software, saved)
        logging.info("Seneca, %s: %s uJ with the queue in hardware, %s in software: %s %% less", *found)
