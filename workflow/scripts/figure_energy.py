"""Paper Table III as a picture."""

from delaysnn.job import job
from delaysnn.paper.energy import draw_energy
from delaysnn.paper.style import save_figure
from delaysnn.paper.tables import read_table

with job(snakemake) as provenance:
    save_figure(draw_energy(read_table(snakemake.input.table)), snakemake.output.png, snakemake.output.svg, provenance)
