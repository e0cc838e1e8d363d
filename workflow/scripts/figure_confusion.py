"""Paper Figure 6: confusion matrices on every platform."""

from delaysnn.formats.traces import read_traces
from delaysnn.job import job
from delaysnn.paper.confusion import draw_confusion
from delaysnn.paper.style import save_figure

with job(snakemake) as provenance:
    platforms = [[read_traces(path) for path in snakemake.input[name]] for name in snakemake.params.platforms]
    figure = draw_confusion(platforms, snakemake.params.dataset, snakemake.params.network)
    save_figure(figure, snakemake.output.png, snakemake.output.svg, provenance)
