"""Networks with learned delays beside spiking baselines."""

from delaysnn.job import job
from delaysnn.paper.baselines import draw_baselines
from delaysnn.paper.style import save_figure
from delaysnn.paper.tables import read_table

with job(snakemake) as provenance:
    figure = draw_baselines(read_table(snakemake.input.table), snakemake.params.learned)
    save_figure(figure, snakemake.output.png, snakemake.output.svg, provenance)
