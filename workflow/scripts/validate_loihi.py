"""Compare Loihi's cost model with the paper's cells: fitted, and each network left out of the fit."""

from pathlib import Path

import yaml

from delaysnn.core.job import job
from delaysnn.core.metrics import write_json
from delaysnn.costs.sensitivity import vary
from delaysnn.platforms.constants import read_constants
from delaysnn.platforms.loihi.cost import estimates_of_published, published_counts, validate

with job(snakemake):
    constants = read_constants(snakemake.input.constants)
    published = yaml.safe_load(Path(snakemake.input.published).read_text())
    fitted, largest = snakemake.params.fitted, snakemake.params.fitted[0]
    content = {
        "rows": validate(published, constants, fitted),
        "counts": {
            name: {"operations": published_counts(published, constants, name).synaptic_operations} for name in fitted
        },
        "sensitivity": {
            "network": largest,
            "rows": vary(lambda varied: estimates_of_published(published, varied, fitted, largest), constants),
        },
    }
    write_json(snakemake.output.rows, content)
