"""How full the delay queues are over a word."""

from delaysnn.formats.metrics import read_metrics
from delaysnn.job import job
from delaysnn.paper.occupancy import draw_occupancy
from delaysnn.paper.style import save_figure

with job(snakemake) as provenance:
    metrics = [read_metrics(path) for path in snakemake.input.metrics]
    save_figure(draw_occupancy(metrics), snakemake.output.png, snakemake.output.svg, provenance)
