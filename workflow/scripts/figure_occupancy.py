"""How full the delay queues are over a sample."""

from delaysnn.core.job import job
from delaysnn.core.metrics import read_metrics
from delaysnn.report.occupancy import draw_occupancy
from delaysnn.report.style import save_figure

with job(snakemake) as provenance:
    metrics = [read_metrics(path) for path in snakemake.input.metrics]
    save_figure(draw_occupancy(metrics), snakemake.output.png, snakemake.output.svg, provenance)
