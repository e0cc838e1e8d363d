"""Accuracy over the delay levels that pruning keeps."""

from delaysnn.core.job import job
from delaysnn.report.levels import draw_levels
from delaysnn.report.style import save_figure
from delaysnn.report.tables import read_table

with job(snakemake) as provenance:
    figure = draw_levels(read_table(snakemake.input.table), snakemake.params.kept, snakemake.params.all_levels)
    save_figure(figure, snakemake.output.png, snakemake.output.svg, provenance)
