"""Accuracy over energy of networks with delays, recurrence or neither."""

from delaysnn.core.job import job
from delaysnn.report.baseline_costs import draw_baseline_costs
from delaysnn.report.style import save_figure
from delaysnn.report.tables import read_table

with job(snakemake) as provenance:
    figure = draw_baseline_costs(read_table(snakemake.input.costs), read_table(snakemake.input.models))
    save_figure(figure, snakemake.output.png, snakemake.output.svg, provenance)
