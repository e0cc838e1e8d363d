"""Synthesise the delay queues and count their gates by part."""

from pathlib import Path

import yaml

from delaysnn.formats.metrics import write_json
from delaysnn.job import job
from delaysnn.seneca.area import measure_area

with job(snakemake) as provenance:
    depth = yaml.safe_load(Path(snakemake.input.constants).read_text())["queue_depth"]
    sizes = {**snakemake.params.sizes, "depth": depth}
    rows = measure_area(Path(snakemake.input.rtl[0]).parent, sizes, snakemake.params.sweep)
    write_json(snakemake.output.area, {"sizes": sizes, "rows": rows, "provenance": provenance})
