"""Choose the networks of the search that go on to its next round, by validation samples."""

import logging

from delaysnn.core.job import job
from delaysnn.core.metrics import read_metrics, write_json
from delaysnn.frontier.halving import choose, collect

with job(snakemake) as provenance:
    params = snakemake.params
    scored = collect(*(map(read_metrics, snakemake.input[name]) for name in ("metrics", "energies")))
    chosen = choose(scored, params.budgets, params.share)
    logging.info(
        "%d of %d networks go on; round %d: %d trainings, %d dense epochs each",
        *(len(chosen), len(scored), int(snakemake.wildcards.rung) + 1, len(chosen) * params.seeds, params.epochs),
    )
    write_json(snakemake.output.chosen, {"candidates": chosen, "provenance": provenance})
