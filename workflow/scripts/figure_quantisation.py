"""Paper Figure 9: accuracy over the bits of a weight."""

from delaysnn.core.job import job
from delaysnn.report.quantisation import draw_quantisation
from delaysnn.report.style import save_figure
from delaysnn.report.tables import read_table

with job(snakemake) as provenance:
    save_figure(
        draw_quantisation(read_table(snakemake.input.table)), snakemake.output.png, snakemake.output.svg, provenance
    )
