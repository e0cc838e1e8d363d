"""Choose the most accurate network within each budget of memory, by validation samples."""

import logging

from delaysnn.core.job import job
from delaysnn.core.metrics import read_metrics, write_json
from delaysnn.frontier.halving import collect, winners

with job(snakemake) as provenance:
    budgets, scored = snakemake.params.budgets_kb, collect(map(read_metrics, snakemake.input.metrics))
    best = dict(zip(map("{:g}".format, budgets), winners(scored, budgets), strict=True))
    found = {each.name: each for each in scored}
    for budget, name in best.items():
        logging.info("%s kB: %s, %.1f %% in validation", budget, name, found[name].accuracy)
    write_json(snakemake.output.winners, {"budgets_kb": best, "provenance": provenance})
