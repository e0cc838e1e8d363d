"""Synthesise the delay queues and count their gates by part."""

from pathlib import Path

from delaysnn.core.job import job
from delaysnn.core.metrics import write_json
from delaysnn.core.yaml_file import read_yaml
from delaysnn.queues.verilog.area import measure_area

with job(snakemake) as provenance:
    depth = read_yaml(snakemake.input.constants)["queue_depth"]
    sizes = {**snakemake.params.sizes, "depth": depth}
    rows = measure_area(Path(snakemake.input.rtl[0]).parent, sizes, snakemake.params.sweep)
    write_json(snakemake.output.area, {"sizes": sizes, "rows": rows, "provenance": provenance})
