"""The cost models' errors on networks left out of the fit."""

from delaysnn.core.job import job
from delaysnn.report.style import save_figure
from delaysnn.report.tables import read_table
from delaysnn.report.validation import draw_validation

with job(snakemake) as provenance:
    save_figure(
        draw_validation(read_table(snakemake.input.table)), snakemake.output.png, snakemake.output.svg, provenance
    )
