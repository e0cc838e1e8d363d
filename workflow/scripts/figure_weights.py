"""Paper Figure 1: weights over delays, before and after pruning."""

from delaysnn.core.job import job
from delaysnn.core.network import read_network
from delaysnn.report.style import save_figure
from delaysnn.report.weights import draw_weights

with job(snakemake) as provenance:
    figure = draw_weights(read_network(snakemake.input.dense), read_network(snakemake.input.pruned))
    save_figure(figure, snakemake.output.png, snakemake.output.svg, provenance)
