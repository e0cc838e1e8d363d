"""Compare Seneca's cost model with the paper's cells: fitted, and each network left out of the fit."""

from pathlib import Path

import yaml

from delaysnn.core.job import job
from delaysnn.core.metrics import write_json
from delaysnn.costs.sensitivity import vary
from delaysnn.platforms.constants import read_constants
from delaysnn.platforms.seneca.cost import asked, estimates_of_published, software_cycles, validate
from delaysnn.platforms.seneca.counts import published_counts

with job(snakemake):
    constants = read_constants(snakemake.input.constants)
    published = yaml.safe_load(Path(snakemake.input.published).read_text())
    fitted, largest = snakemake.params.fitted, snakemake.params.fitted[0]
    content = {
        "rows": validate(published, constants, fitted),
        "counts": {name: published_counts(published, name).totals() for name in fitted},
        "asked": asked(published, constants, fitted),
        "software": software_cycles(published, constants, fitted),
        "sensitivity": {
            "network": largest,
            "rows": vary(lambda varied: estimates_of_published(published, varied, fitted, largest), constants),
        },
    }
    write_json(snakemake.output.rows, content)
