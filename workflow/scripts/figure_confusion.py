"""Paper Figure 6: confusion matrices on every platform."""

from delaysnn.core.job import job
from delaysnn.core.traces import read_traces
from delaysnn.report.confusion import draw_confusion
from delaysnn.report.style import save_figure

with job(snakemake) as provenance:
    platforms = [[read_traces(path) for path in snakemake.input[name]] for name in snakemake.params.platforms]
    figure = draw_confusion(platforms, snakemake.params.dataset, snakemake.params.network)
    save_figure(figure, snakemake.output.png, snakemake.output.svg, provenance)
