"""Networks with learned delays beside spiking baselines."""

from delaysnn.core.job import job
from delaysnn.report.baselines import draw_baselines
from delaysnn.report.style import save_figure
from delaysnn.report.tables import read_table

with job(snakemake) as provenance:
    figure = draw_baselines(read_table(snakemake.input.table), snakemake.params.learned)
    save_figure(figure, snakemake.output.png, snakemake.output.svg, provenance)
