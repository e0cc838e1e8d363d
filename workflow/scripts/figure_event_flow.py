"""Paper Figure 3: the delay queue's events over three time steps."""

from delaysnn.core.job import job
from delaysnn.core.metrics import read_json
from delaysnn.report.event_flow import draw_event_flow
from delaysnn.report.style import save_figure

with job(snakemake) as provenance:
    save_figure(
        draw_event_flow(read_json(snakemake.input.events)), snakemake.output.png, snakemake.output.svg, provenance
    )
