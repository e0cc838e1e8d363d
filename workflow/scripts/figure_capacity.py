"""Paper Figure 11: what delay queues must hold."""

from pathlib import Path

import yaml

from delaysnn.core.job import job
from delaysnn.core.metrics import read_json
from delaysnn.report.capacity import draw_capacity
from delaysnn.report.style import save_figure

with job(snakemake) as provenance:
    tops = yaml.safe_load(Path(snakemake.input.published).read_text())["capacity_references"]["figure_11_tops"]
    figure = draw_capacity(read_json(snakemake.input.capacity)["curves"], tops)
    save_figure(figure, snakemake.output.png, snakemake.output.svg, provenance)
