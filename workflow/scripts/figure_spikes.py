"""Paper Figure 7: the spikes of one sample in every layer."""

from delaysnn.core.dataset import read_dataset
from delaysnn.core.job import job
from delaysnn.core.traces import read_traces
from delaysnn.report.spikes import draw_spikes
from delaysnn.report.style import save_figure

with job(snakemake) as provenance:
    platforms = [read_traces(path) for path in snakemake.input.traces]
    figure = draw_spikes(read_dataset(snakemake.input.test), platforms, snakemake.params.network)
    save_figure(figure, snakemake.output.png, snakemake.output.svg, provenance)
