"""Paper Figure 8: membrane potentials of one sample on every platform."""

from delaysnn.core.job import job
from delaysnn.core.membranes import read_membranes
from delaysnn.report.membranes import draw_membranes
from delaysnn.report.style import save_figure

with job(snakemake) as provenance:
    platforms = [read_membranes(path) for path in snakemake.input.membranes]
    figure = draw_membranes(platforms, snakemake.params.network)
    save_figure(figure, snakemake.output.png, snakemake.output.svg, provenance)
