"""Paper Figure 7: the spikes of one word in every layer."""

from delaysnn.formats.dataset import read_dataset
from delaysnn.formats.traces import read_traces
from delaysnn.job import job
from delaysnn.paper.spikes import draw_spikes
from delaysnn.paper.style import save_figure

with job(snakemake) as provenance:
    platforms = [read_traces(path) for path in snakemake.input.traces]
    figure = draw_spikes(read_dataset(snakemake.input.test), platforms, snakemake.params.network)
    save_figure(figure, snakemake.output.png, snakemake.output.svg, provenance)
