"""Choose the most accurate network within each budget, by validation samples."""

import logging

from delaysnn.core.job import job
from delaysnn.core.metrics import read_metrics, write_json
from delaysnn.frontier.budgets import QUANTITIES
from delaysnn.frontier.halving import collect, winners

with job(snakemake) as provenance:
    scored = collect(*(map(read_metrics, snakemake.input[name]) for name in ("metrics", "energies")))
    best = winners(scored, snakemake.params.budgets)
    found = {each.name: each for each in scored}
    for key, own in best.items():
        for budget, name in own.items():
            if name is None:
                logging.warning("%s %s: no network of the last round is within that", budget, QUANTITIES[key].unit)
            else:
                what = (budget, QUANTITIES[key].unit, name, found[name].accuracy)
                logging.info("%s %s: %s, %.1f %% in validation", *what)
    write_json(snakemake.output.winners, {**best, "provenance": provenance})
