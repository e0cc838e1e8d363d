"""Paper Table III as a picture."""

from delaysnn.core.job import job
from delaysnn.report.energy import draw_energy
from delaysnn.report.style import save_figure
from delaysnn.report.tables import read_table

with job(snakemake) as provenance:
    save_figure(draw_energy(read_table(snakemake.input.table)), snakemake.output.png, snakemake.output.svg, provenance)
