"""Paper Figure 5: the table that filters the delay queue's events."""

from delaysnn.core.job import job
from delaysnn.core.metrics import read_json
from delaysnn.report.event_flow import draw_filter
from delaysnn.report.style import save_figure

with job(snakemake) as provenance:
    save_figure(draw_filter(read_json(snakemake.input.events)), snakemake.output.png, snakemake.output.svg, provenance)
