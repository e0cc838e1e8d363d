"""Paper Figure 8: membrane potentials of one word on every platform."""

from delaysnn.formats.membranes import read_membranes
from delaysnn.job import job
from delaysnn.paper.membranes import draw_membranes
from delaysnn.paper.style import save_figure

with job(snakemake) as provenance:
    platforms = [read_membranes(path) for path in snakemake.input.membranes]
    figure = draw_membranes(platforms, snakemake.params.network)
    save_figure(figure, snakemake.output.png, snakemake.output.svg, provenance)
