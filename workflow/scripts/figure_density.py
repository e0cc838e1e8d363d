"""Memory of every way to delay spikes over the share of neurons that fire."""

from delaysnn.core.job import job
from delaysnn.core.metrics import read_metrics
from delaysnn.report.density import draw_density
from delaysnn.report.style import save_figure

with job(snakemake) as provenance:
    metrics = [read_metrics(path) for path in snakemake.input.metrics]
    save_figure(draw_density(metrics), snakemake.output.png, snakemake.output.svg, provenance)
